"""`understudy serve`: the API, the studio and the workers in one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from understudy.cli.faults import FAULT, REFUSED
from understudy.cli.stores import reporting_unfit_stores

if TYPE_CHECKING:
    from understudy.settings import Settings

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The service's folder [./understudy-data]."),
]


def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on [8000].")] = None,
    data: DataOption = None,
) -> None:
    """Serve the Motion Control API until stopped.

    The first start creates an account `default` and writes its keys to credentials.json in the data
    folder. For all settings (UNDERSTUDY_... variables or understudy.toml) see
    docs/configuration.md.
    """
    settings = read_settings(host=host, port=port, data=data)
    # Imported here, so that the other commands start fast.
    from understudy.service.lifetime import check_stores
    from understudy.service.server import serve as run_server
    from understudy.studio import routes
    from understudy.tasks.accounts.credentials import CREDENTIALS_FILE
    from understudy.weights.folder import FOLDER_VARIABLE

    if settings.weights_dir is not None:
        # The takes' processes know the folder by the variable alone.
        os.environ[FOLDER_VARIABLE] = str(settings.weights_dir)

    def tell(url: str) -> None:
        typer.echo(f"Understudy is running at {url} (API: {url}/docs)")
        credentials = settings.data / CREDENTIALS_FILE
        if credentials.exists():
            typer.echo(f"Keys of the account `default`: {credentials}")
        typer.echo("Press Ctrl-C to stop.")

    with reporting_unfit_stores(settings):
        check_stores(settings)
    try:
        run_server(settings, more_routes=routes(), on_ready=tell)
    except OSError as error:
        typer.echo(f"understudy: cannot listen on {settings.host}: {error.strerror}", err=True)
        raise typer.Exit(FAULT) from None


def read_settings(**options: object) -> Settings:
    """The settings under a command's options (None: not given); ends the command if unfit."""
    from pydantic import ValidationError

    from understudy.settings import Settings

    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            name = ".".join(map(str, problem["loc"]))
            typer.echo(f"understudy: setting {name}: {problem['msg']}", err=True)
    except (OSError, ValueError) as error:
        typer.echo(f"understudy: settings: {error}", err=True)
    raise typer.Exit(REFUSED)
