"""`understudy account`: manage the accounts of the service, their keys and units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from understudy.cli.faults import REFUSED
from understudy.cli.serve import DataOption, read_settings
from understudy.cli.stores import is_missing, reporting_unfit_stores
from understudy.cli.table import print_table

if TYPE_CHECKING:
    import sqlalchemy as sa

    from understudy.tasks.accounts.keyring import Keyring
    from understudy.tasks.db.database import Database
    from understudy.tasks.records import Account

accounts_app = typer.Typer(
    name="account",
    help="Create and list accounts; manage their keys and units.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]


ConcurrencyOption = Annotated[
    int | None, typer.Option("--concurrency", min=1, help="Limit on its unfinished tasks.")
]
SlotsOption = Annotated[
    int | None, typer.Option("--slots", min=1, help="Limit on its tasks that run at once.")
]
PriorityOption = Annotated[
    int | None,
    typer.Option(
        "--priority",
        min=-1000,
        max=1000,
        help="Its tasks run before those of accounts with a lower number; new accounts have 0.",
    ),
]


@accounts_app.command()
def create(
    name: NameArgument,
    concurrency: ConcurrencyOption = None,
    slots: SlotsOption = None,
    priority: PriorityOption = None,
    data: DataOption = None,
) -> None:
    """Create an account and print its keys, which are shown only once."""
    from understudy.tasks.accounts.credentials import open_account
    from understudy.tasks.db.repository.accounts import NameTaken

    if not name.strip() or len(name) > 200 or not name.isprintable():
        _refuse("NAME must have 1 to 200 characters, and no control characters")
    with _opened(data, makes=True) as (database, keyring):
        try:
            made = database.write_now(
                open_account,
                keyring,
                name,
                concurrency_limit=concurrency,
                slot_limit=slots,
                priority=priority or 0,
            )
        except NameTaken:
            _refuse(f"an account named {name} already exists")
    typer.echo(made.to_json(), nl=False)


@accounts_app.command("list")
def list_accounts(data: DataOption = None) -> None:
    """List the accounts with their units and unfinished tasks."""
    from understudy.tasks.db.repository import accounts

    with _opened(data) as (database, _):
        every = database.read_now(accounts.every)
    rows = [("NAME", "UNITS LEFT", "UNITS USED", "UNFINISHED", "PRIORITY", "STATE", "CREATED")]
    rows += [
        (
            account.name,
            _units(account.units_left),
            _units(account.units_used),
            str(account.active_tasks),
            str(account.priority),
            "open" if account.active else "closed",
            _day(account.created_at),
        )
        for account in every
    ]
    print_table(rows)


@accounts_app.command()
def keys(  # noqa: PLR0913 - one parameter per option
    name: NameArgument,
    new_api_key: Annotated[
        bool, typer.Option("--new-api-key", help="Create another API key and print it.")
    ] = False,
    new_access_key: Annotated[
        bool,
        typer.Option("--new-access-key", help="Create another access key and print it."),
    ] = False,
    rotate_callback_secret: Annotated[
        bool,
        typer.Option(
            "--rotate-callback-secret",
            help="Create a new callback secret; the old one stays valid for seven days.",
        ),
    ] = False,
    at_once: Annotated[
        bool,
        typer.Option("--at-once", help="With a new callback secret: the old one ends now."),
    ] = False,
    revoke: Annotated[
        str | None,
        typer.Option("--revoke", metavar="KEY", help="Revoke a key, by its name in the list."),
    ] = None,
    data: DataOption = None,
) -> None:
    """List an account's keys, create new ones or revoke old ones."""
    from understudy.tasks.accounts import credentials
    from understudy.tasks.db.repository import keys as stored
    from understudy.tasks.ids import now_ms

    with _opened(data) as (database, keyring):
        account = _find(database, name)

        def change(connection: sa.Connection) -> list[tuple[str, str]]:
            made = []
            if new_api_key:
                made.append(("api_key", credentials.add_api_key(connection, account.id)))
            if new_access_key:
                pair = credentials.add_access_key(connection, keyring, account.id)
                made += zip(("access_key", "secret_key"), pair, strict=True)
            if rotate_callback_secret:
                secret = credentials.rotate_callback_secret(
                    connection, keyring, account.id, at_once=at_once
                )
                made.append(("callback_secret", secret))
            if revoke and not stored.revoke(connection, account.id, revoke, now=now_ms()):
                _refuse(f"{name} has no valid key {revoke}")
            return made

        for kind, value in database.write_now(change):
            typer.echo(f"{kind}: {value}")
        rows = [("KIND", "KEY", "CREATED", "REVOKED")]
        for key in database.read_now(stored.list_keys, account.id):
            ended = "" if key.revoked_at is None else _day(key.revoked_at)
            rows.append((key.kind.replace("_", " "), key.name, _day(key.created_at), ended))
    print_table(rows)


@accounts_app.command()
def units(
    name: NameArgument,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="Units to leave the account, or `unlimited`.")
    ],
    data: DataOption = None,
) -> None:
    """Set how many units an account has left."""
    from understudy.tasks.db.repository import accounts
    from understudy.tasks.ids import now_ms

    left = None if amount == "unlimited" else _read_units(amount)
    with _opened(data) as (database, _):
        account = _find(database, name)
        database.write_now(accounts.set_units, account.id, left, now=now_ms())
    typer.echo(f"{name}: {_units(left)} units left")


@accounts_app.command()
def limits(
    name: NameArgument,
    concurrency: ConcurrencyOption = None,
    slots: SlotsOption = None,
    priority: PriorityOption = None,
    data: DataOption = None,
) -> None:
    """Set an account's limits and its priority, for the tasks that it creates from now on."""
    from understudy.tasks.db.repository import accounts

    with _opened(data) as (database, _):
        account = _find(database, name)
        database.write_now(
            accounts.change,
            account.id,
            concurrency_limit=concurrency,
            slot_limit=slots,
            priority=priority,
        )
        now = _find(database, name)
    typer.echo(
        f"{name}: unfinished tasks: {_limit(now.concurrency_limit)}; "
        f"running at once: {_limit(now.slot_limit)}; priority: {now.priority}"
    )


@accounts_app.command()
def close(name: NameArgument, data: DataOption = None) -> None:
    """Refuse all requests of an account until it is opened again."""
    _set_active(name, data, active=False)


@accounts_app.command("open")
def open_again(name: NameArgument, data: DataOption = None) -> None:
    """Reopen a closed account."""
    _set_active(name, data, active=True)


def _set_active(name: str, data: DataOption, *, active: bool) -> None:
    from understudy.tasks.db.repository import accounts

    with _opened(data) as (database, _):
        database.write_now(accounts.change, _find(database, name).id, active=active)
    typer.echo(f"{name}: {'open' if active else 'closed'}")


@contextmanager
def _opened(data: DataOption, *, makes: bool = False) -> Iterator[tuple[Database, Keyring]]:
    """The service's database and keys. makes: also where there is no service yet."""
    settings = read_settings(data=data)
    from understudy.tasks.accounts.keyring import load_keyring
    from understudy.tasks.db.database import Database
    from understudy.tasks.db.migrations import migrate

    configured = settings.secret_key.get_secret_value() if settings.secret_key else None
    with reporting_unfit_stores(settings):
        if not makes and is_missing(settings):
            _refuse(f"no service has run in '{settings.data}'; name its folder with --data")
        database = Database(settings.resolved_database_url)
        try:
            migrate(database)
            yield database, load_keyring(configured, settings.data)
        finally:
            database.close()


def _find(database: Database, name: str) -> Account:
    from understudy.tasks.db.repository import accounts

    account = database.read_now(accounts.find, name)
    if account is None:
        _refuse(f"no account is named {name}")
    return account


def _read_units(amount: str) -> int:
    try:
        thousandths = Decimal(amount) * 1000
        fits = 0 <= thousandths < 10**15 and thousandths == int(thousandths)
    except InvalidOperation:
        fits = False
    if not fits:
        _refuse(f"AMOUNT is {amount}; use a number with at most three decimals, or `unlimited`")
    return int(thousandths)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"understudy: {sentence}", err=True)
    raise typer.Exit(REFUSED)


def _limit(most: int | None) -> str:
    return "the server's limit" if most is None else f"at most {most}"


def _units(thousandths: int | None) -> str:
    if thousandths is None:
        return "unlimited"
    return format((Decimal(thousandths) / 1000).normalize(), "f")


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d")
