"""Opening the service's database and keys from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from understudy.cli.faults import FAULT, REFUSED

if TYPE_CHECKING:
    from understudy.settings import Settings


def is_missing(settings: Settings) -> bool:
    """Whether the SQLite file of a service is not there, which opening it would make."""
    path = _sqlite_file(settings)
    return path is not None and not path.is_file()


@contextmanager
def reporting_unfit_stores(settings: Settings) -> Iterator[None]:
    """End the command with one sentence where database, keys or folder cannot be used.

    The status is that of a refused option, and that of a fault for a database that may come back.
    """
    from understudy.media.output.content_credentials import CannotSign
    from understudy.tasks.accounts.keyring import KeyUnfit
    from understudy.tasks.db.database import DatabaseUnavailable, DatabaseUnfit

    place = _sqlite_file(settings)
    try:
        yield
    except OSError as error:
        about = f" '{error.filename}'" if error.filename else ""
        _end(f"the folder '{settings.data}' cannot be used: {error.strerror}{about}", REFUSED)
    except (KeyUnfit, CannotSign) as error:
        _end(str(error), REFUSED)
    except DatabaseUnfit as error:
        named = "" if place is None else f" '{place}'"
        _end(f"the database{named} cannot be used: {error}", REFUSED)
    except DatabaseUnavailable as error:
        if place is None or "locked" in str(error):
            _end(f"the database does not respond: {error}", FAULT)
        _end(f"the database '{place}' cannot be used: {error}", REFUSED)


def _sqlite_file(settings: Settings) -> Path | None:
    """Where the database lies; None when it is not SQLite's."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.resolved_database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _end(sentence: str, status: int) -> None:
    typer.echo(f"understudy: {sentence}", err=True)
    raise typer.Exit(status) from None
