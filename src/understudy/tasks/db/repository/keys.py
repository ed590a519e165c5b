"""The keys that accounts sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from understudy.tasks.db.schema import access_keys, accounts, api_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The owner of a key. secret: of an access key, encrypted."""

    account_id: int
    account: str
    active: bool
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """The part of a key that may be shown. name: an API key's last characters, or an access key."""

    kind: str
    name: str
    created_at: int
    revoked_at: int | None


def add_api_key(
    connection: sa.Connection, account_id: int, *, digest: str, hint: str, now: int
) -> None:
    """Store an API key by its digest; hint: its last characters, to tell keys apart by."""
    connection.execute(
        api_keys.insert().values(digest=digest, account_id=account_id, hint=hint, created_at=now)
    )


def add_access_key(
    connection: sa.Connection, account_id: int, *, access_key: str, sealed: str, now: int
) -> None:
    """Store an access key with its sealed secret key."""
    connection.execute(
        access_keys.insert().values(
            access_key=access_key, account_id=account_id, secret=sealed, created_at=now
        )
    )


_API_KEY_OWNER = (
    sa.select(accounts.c.id, accounts.c.name, accounts.c.active)
    .join(api_keys, api_keys.c.account_id == accounts.c.id)
    .where(api_keys.c.digest == sa.bindparam("digest"), api_keys.c.revoked_at.is_(None))
)
_ACCESS_KEY_OWNER = (
    sa.select(accounts.c.id, accounts.c.name, accounts.c.active, access_keys.c.secret)
    .join(access_keys, access_keys.c.account_id == accounts.c.id)
    .where(
        access_keys.c.access_key == sa.bindparam("access_key"), access_keys.c.revoked_at.is_(None)
    )
)


def api_key_owner(connection: sa.Connection, digest: str) -> Owner | None:
    """The owner of the API key with this digest; None if it is unknown or revoked."""
    row = connection.execute(_API_KEY_OWNER, {"digest": digest}).first()
    return None if row is None else Owner(account_id=row[0], account=row[1], active=row[2])


def access_key_owner(connection: sa.Connection, access_key: str) -> Owner | None:
    """The owner of an access key; None if it is unknown or revoked."""
    row = connection.execute(_ACCESS_KEY_OWNER, {"access_key": access_key}).first()
    if row is None:
        return None
    return Owner(account_id=row[0], account=row[1], active=row[2], secret=row[3])


def list_keys(connection: sa.Connection, account_id: int) -> list[KeyInfo]:
    """The account's keys, revoked ones too, oldest first."""
    found = [
        KeyInfo(kind="api_key", name=row.hint, created_at=row.created_at, revoked_at=row.revoked_at)
        for row in _of(connection, api_keys, account_id)
    ]
    found += [
        KeyInfo(
            kind="access_key",
            name=row.access_key,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in _of(connection, access_keys, account_id)
    ]
    return sorted(found, key=lambda key: key.created_at)


def revoke(connection: sa.Connection, account_id: int, name: str, *, now: int) -> int:
    """Revoke the account's keys with this ending, or this access key; returns how many."""
    ended = 0
    for table, column in ((api_keys, api_keys.c.hint), (access_keys, access_keys.c.access_key)):
        done = connection.execute(
            table.update()
            .where(table.c.account_id == account_id, column == name, table.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        ended += done.rowcount
    return ended


def _of(connection: sa.Connection, table: sa.Table, account_id: int) -> sa.CursorResult[Any]:
    return connection.execute(sa.select(table).where(table.c.account_id == account_id))
