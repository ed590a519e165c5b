"""The files that clients upload."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import sqlalchemy as sa

from understudy.tasks.db.repository.rows import to_upload
from understudy.tasks.db.schema import uploads
from understudy.tasks.records import Upload

NOTED_WITHIN_MS = 60_000
"""How late the note of an upload's last use may be: creates do not write it each time."""


def insert(connection: sa.Connection, upload: Upload) -> None:
    """Store an upload."""
    connection.execute(uploads.insert().values(**asdict(upload)))


_FIND = sa.select(uploads).where(
    uploads.c.id == sa.bindparam("id"),
    uploads.c.account_id == sa.bindparam("account_id"),
    uploads.c.purged_at.is_(None),
)


def find(connection: sa.Connection, account_id: int, upload_id: str) -> Upload | None:
    """The account's upload of this id."""
    if "\0" in upload_id:
        return None
    row = connection.execute(_FIND, {"id": upload_id, "account_id": account_id}).first()
    return None if row is None else to_upload(row)


_TOUCH = (
    uploads.update()
    .where(uploads.c.id == sa.bindparam("upload"), uploads.c.purged_at.is_(None))
    .values(used_at=sa.bindparam("now"))
)


def touch(connection: sa.Connection, upload_ids: Iterable[str], *, now: int) -> bool:
    """Mark uploads as used, so that they are kept as long as the tasks that use them.

    False if one of them no longer exists.
    """
    return all(
        connection.execute(_TOUCH, {"upload": upload_id, "now": now}).rowcount
        for upload_id in upload_ids
    )


def purge_unused(connection: sa.Connection, *, before: int, now: int, limit: int) -> list[Upload]:
    """Hide uploads last used before `before` (ms); returns every hidden one, to be deleted."""
    old = (
        sa.select(uploads.c.id)
        .where(uploads.c.used_at < before, uploads.c.purged_at.is_(None))
        .limit(limit)
    )
    connection.execute(
        uploads.update().where(uploads.c.id.in_(old.scalar_subquery())).values(purged_at=now)
    )
    rows = connection.execute(
        sa.select(uploads).where(uploads.c.used_at < before, uploads.c.purged_at.is_not(None))
    )
    return [to_upload(row) for row in rows]


def delete(connection: sa.Connection, upload_id: str) -> None:
    """Delete the row of an upload whose file was deleted."""
    connection.execute(uploads.delete().where(uploads.c.id == upload_id))
