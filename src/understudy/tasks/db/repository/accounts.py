"""Accounts and their units.

A task's units are reserved when it is created and charged or released when it ends, each in the
transaction that changes the task. Both limits are conditions of the update itself, so simultaneous
creates cannot exceed them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from understudy.tasks.db.repository.rows import Row
from understudy.tasks.db.schema import accounts
from understudy.tasks.records import Account


class ConcurrencyReached(Exception):  # noqa: N818 - a state
    """The account has reached its limit of unfinished tasks."""


class UnitsUsedUp(Exception):  # noqa: N818 - a state
    """The account does not have enough units left."""


class NameTaken(Exception):  # noqa: N818 - a state
    """There is another account of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecrets:
    """An account's callback secrets as they are stored, and until when the previous one signs."""

    current: str | None
    previous: str | None
    previous_until: int | None

    def valid_at(self, now: int) -> tuple[str, ...]:
        """The secrets that sign now, the current one first."""
        still = (self.previous_until or 0) > now
        found = (self.current, self.previous if still else None)
        return tuple(secret for secret in found if secret is not None)


_RESERVE = (
    accounts.update()
    .where(
        accounts.c.id == sa.bindparam("account"),
        accounts.c.active_tasks
        < sa.func.coalesce(accounts.c.concurrency_limit, sa.bindparam("limit", type_=sa.Integer)),
        sa.or_(
            accounts.c.units_total.is_(None),
            accounts.c.units_total - accounts.c.units_used - accounts.c.units_reserved
            >= sa.bindparam("units", type_=sa.BigInteger),
        ),
    )
    .values(
        active_tasks=accounts.c.active_tasks + 1,
        units_reserved=accounts.c.units_reserved + sa.bindparam("units", type_=sa.BigInteger),
    )
    .returning(accounts.c.priority)
)


def reserve(connection: sa.Connection, account_id: int, units: int, limit: int) -> int:
    """Reserve a place among the account's unfinished tasks, and units (thousandths); returns the
    priority of its tasks.

    limit: the concurrency limit of accounts that have none of their own.
    Raises TooManyTasks, UnitsUsedUp.
    """
    values = {"account": account_id, "units": units, "limit": limit}
    priority: int | None = connection.execute(_RESERVE, values).scalar()
    if priority is None:
        account = get(connection, account_id)
        most = limit if account.concurrency_limit is None else account.concurrency_limit
        if account.active_tasks >= most:
            raise ConcurrencyReached(str(most))
        raise UnitsUsedUp
    return priority


def check_room(connection: sa.Connection, account_id: int, units: int, limit: int) -> None:
    """Raise as `reserve` would, without reserving anything."""
    account = get(connection, account_id)
    most = limit if account.concurrency_limit is None else account.concurrency_limit
    if account.active_tasks >= most:
        raise ConcurrencyReached(str(most))
    if account.units_left is not None and account.units_left < units:
        raise UnitsUsedUp


_SETTLE = (
    accounts.update()
    .where(accounts.c.id == sa.bindparam("account"))
    .values(
        active_tasks=accounts.c.active_tasks - 1,
        units_reserved=accounts.c.units_reserved - sa.bindparam("held", type_=sa.BigInteger),
        units_used=accounts.c.units_used + sa.bindparam("charged", type_=sa.BigInteger),
    )
)


def settle(connection: sa.Connection, account_id: int, *, held: int, charged: int) -> None:
    """Release a task's place and reserved units, and charge its cost (0 for a refund)."""
    connection.execute(_SETTLE, {"account": account_id, "held": held, "charged": charged})


def insert(connection: sa.Connection, account: Account, sealed_secret: str) -> None:
    """Store a new account. Raises NameTaken."""
    try:
        connection.execute(
            accounts.insert().values(**asdict(account), callback_secret=sealed_secret)
        )
    except IntegrityError as error:
        raise NameTaken(account.name) from error


_GET = sa.select(accounts).where(accounts.c.id == sa.bindparam("id"))


def get(connection: sa.Connection, account_id: int) -> Account:
    """The account of this id, which must exist."""
    return _to_account(connection.execute(_GET, {"id": account_id}).one())


def find(connection: sa.Connection, name: str) -> Account | None:
    """The account of this name."""
    row = connection.execute(sa.select(accounts).where(accounts.c.name == name)).first()
    return None if row is None else _to_account(row)


def every(connection: sa.Connection) -> list[Account]:
    """All accounts, oldest first."""
    rows = connection.execute(sa.select(accounts).order_by(accounts.c.id))
    return [_to_account(row) for row in rows]


def set_units(connection: sa.Connection, account_id: int, left: int | None, *, now: int) -> None:
    """Set the units left to `left` thousandths, in addition to reserved ones; None: unlimited."""
    total = None if left is None else accounts.c.units_used + accounts.c.units_reserved + left
    connection.execute(
        accounts.update()
        .where(accounts.c.id == account_id)
        .values(units_total=total, units_set_at=now)
    )


def change(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    account_id: int,
    *,
    active: bool | None = None,
    concurrency_limit: int | None = None,
    slot_limit: int | None = None,
    priority: int | None = None,
) -> None:
    """Close or reopen an account, set its own limits, and the priority of the tasks that it
    creates from now on; None: no change.
    """
    values: dict[str, Any] = {
        "active": active,
        "concurrency_limit": concurrency_limit,
        "slot_limit": slot_limit,
        "priority": priority,
    }
    values = {name: value for name, value in values.items() if value is not None}
    if values:
        connection.execute(accounts.update().where(accounts.c.id == account_id).values(**values))


def sealed_secrets(connection: sa.Connection, account_id: int) -> SealedSecrets:
    """The account's callback secrets as they are stored."""
    row = connection.execute(
        sa.select(
            accounts.c.callback_secret,
            accounts.c.previous_callback_secret,
            accounts.c.previous_callback_secret_until,
        ).where(accounts.c.id == account_id)
    ).one()
    return SealedSecrets(current=row[0], previous=row[1], previous_until=row[2])


def newest_sealed_secret(connection: sa.Connection) -> str | None:
    """The callback secret of the newest account that has one, as it is stored."""
    secret: str | None = connection.execute(
        sa.select(accounts.c.callback_secret)
        .where(accounts.c.callback_secret.is_not(None))
        .order_by(accounts.c.id.desc())
        .limit(1)
    ).scalar()
    return secret


def rotate_secret(
    connection: sa.Connection, account_id: int, sealed: str, *, previous_until: int
) -> None:
    """Replace the callback secret; the old one also signs until `previous_until` (ms)."""
    connection.execute(
        accounts.update()
        .where(accounts.c.id == account_id)
        .values(
            previous_callback_secret=accounts.c.callback_secret,
            previous_callback_secret_until=previous_until,
            callback_secret=sealed,
        )
    )


def _to_account(row: Row) -> Account:
    return Account(**{field.name: getattr(row, field.name) for field in fields(Account)})
