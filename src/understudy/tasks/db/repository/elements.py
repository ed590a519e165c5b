"""The element library. Making an element is a small task of its own, with a lease like a take's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from understudy.tasks.db.repository import callbacks
from understudy.tasks.db.repository.callbacks import WriteElementPayload as WritePayload
from understudy.tasks.db.repository.due import is_due
from understudy.tasks.db.repository.rows import pack, to_element
from understudy.tasks.db.repository.tasks import ExternalIdTaken, is_task_id
from understudy.tasks.db.schema import elements
from understudy.tasks.ids import first_task_id
from understudy.tasks.records import Source, Status, StoredElement

RETRY_MS = 10_000
"""For which an element is put off after a failure that is not the input's fault."""


def insert(connection: sa.Connection, write_payload: WritePayload, element: StoredElement) -> None:
    """Store a new element and note its callback. Raises ExternalIdTaken."""
    if element.external_id is not None and _by_external_id(
        connection, element.account_id, element.external_id
    ):
        raise ExternalIdTaken(element.external_id)
    values = {field.name: getattr(element, field.name) for field in fields(element)}
    values |= {
        "images": [pack(source) for source in element.images],
        "videos": [pack(source) for source in element.videos],
        "tags": list(element.tags),
    }
    try:
        connection.execute(elements.insert().values(**values))
    except IntegrityError as error:
        raise ExternalIdTaken(element.external_id) from error
    callbacks.tell_element(connection, write_payload, element, now=element.created_at)


def find(connection: sa.Connection, account_id: int, reference: str) -> StoredElement | None:
    """The account's element of this task id or, if there is none, of this external id."""
    if is_task_id(reference):
        row = connection.execute(
            sa.select(elements).where(
                elements.c.id == int(reference), elements.c.account_id == account_id
            )
        ).first()
        if row is not None:
            return to_element(row)
    return None if "\0" in reference else _by_external_id(connection, account_id, reference)


def find_usable(
    connection: sa.Connection, account_id: int, element_id: int
) -> StoredElement | None:
    """The account's finished element of this id, unless it was deleted."""
    row = connection.execute(sa.select(elements).where(_usable(account_id, element_id))).first()
    return None if row is None else to_element(row)


def page(
    connection: sa.Connection, account_id: int, *, offset: int, limit: int
) -> list[StoredElement]:
    """The account's elements that are not deleted, newest first."""
    rows = connection.execute(
        sa.select(elements)
        .where(elements.c.account_id == account_id, elements.c.deleted_at.is_(None))
        .order_by(elements.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [to_element(row) for row in rows]


def find_many(
    connection: sa.Connection,
    account_id: int,
    *,
    ids: Sequence[int] = (),
    external_ids: Sequence[str] = (),
) -> list[StoredElement]:
    """The account's elements of these tasks' ids, in no order; others are left out."""
    wanted = elements.c.id.in_(ids) if ids else elements.c.external_id.in_(external_ids)
    rows = connection.execute(
        sa.select(elements).where(elements.c.account_id == account_id, wanted)
    )
    return [to_element(row) for row in rows]


def older(  # noqa: PLR0913 - one for each condition
    connection: sa.Connection,
    account_id: int,
    *,
    before_id: int,
    since: int,
    statuses: Sequence[Status],
    limit: int,
) -> list[StoredElement]:
    """The account's elements asked for at `since` (ms) or later, also those deleted, newest first,
    of tasks' ids under `before_id`.
    """
    query = (
        sa.select(elements)
        .where(
            elements.c.account_id == account_id,
            elements.c.id < before_id,
            elements.c.id >= first_task_id(since),
        )
        .order_by(elements.c.id.desc())
        .limit(limit)
    )
    if statuses:
        query = query.where(elements.c.status.in_(statuses))
    return [to_element(row) for row in connection.execute(query)]


def delete(
    connection: sa.Connection, account_id: int, element_id: int, *, now: int
) -> StoredElement | None:
    """Delete an element from the library; None if it does not exist."""
    row = connection.execute(
        elements.update()
        .where(_usable(account_id, element_id))
        .values(deleted_at=now, updated_at=now)
        .returning(elements)
    ).first()
    return None if row is None else to_element(row)


def claim(
    connection: sa.Connection, write_payload: WritePayload, *, now: int, busy: Collection[int] = ()
) -> StoredElement | None:
    """Claim the element that has waited longest to be made; None if none is due.

    busy: accounts of which no more are made now.
    """
    waiting = (
        sa.select(elements.c.id)
        .where(
            elements.c.status == Status.SUBMITTED,
            elements.c.account_id.not_in(busy),
            is_due(elements.c.attempt, elements.c.not_before, now=now, longest_wait=RETRY_MS),
        )
        .order_by(elements.c.not_before, elements.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return _change(
        connection,
        write_payload,
        sa.and_(elements.c.id == waiting, elements.c.status == Status.SUBMITTED),
        now,
        status=Status.PROCESSING,
        attempt=elements.c.attempt + 1,
    )


def succeed(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    write_payload: WritePayload,
    element: StoredElement,
    *,
    element_id: int,
    images: Sequence[Source],
    videos: Sequence[Source],
    now: int,
) -> StoredElement | None:
    """Store a finished element; None if the attempt has lost its lease."""
    return _change(
        connection,
        write_payload,
        _held(element),
        now,
        status=Status.SUCCEEDED,
        element_id=element_id,
        images=[pack(source) for source in images],
        videos=[pack(source) for source in videos],
        finished_at=now,
    )


def fail(
    connection: sa.Connection,
    write_payload: WritePayload,
    element: StoredElement,
    *,
    message: str,
    now: int,
) -> StoredElement | None:
    """Mark an element as failed; None if the attempt has lost its lease."""
    return _change(
        connection,
        write_payload,
        _held(element),
        now,
        status=Status.FAILED,
        message=message,
        finished_at=now,
    )


def retry(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    write_payload: WritePayload,
    element: StoredElement,
    *,
    not_before: int,
    failed: bool,
    now: int,
) -> StoredElement | None:
    """Put an element back in the queue; None if the attempt has lost its lease."""
    return _change(
        connection,
        write_payload,
        _held(element),
        now,
        status=Status.SUBMITTED,
        not_before=not_before,
        failures=elements.c.failures + int(failed),
    )


def processing(connection: sa.Connection) -> list[StoredElement]:
    """Every element that is being made."""
    rows = connection.execute(sa.select(elements).where(elements.c.status == Status.PROCESSING))
    return [to_element(row) for row in rows]


def oldest_unfinished(connection: sa.Connection) -> int | None:
    """When (ms) the oldest unfinished element was requested; None if there is none."""
    live = elements.c.status.in_([Status.SUBMITTED, Status.PROCESSING])
    return connection.execute(sa.select(sa.func.min(elements.c.created_at)).where(live)).scalar()


def unpurged(connection: sa.Connection, *, before: int, limit: int) -> list[int]:
    """Elements deleted, or failed, before `before` (ms), whose files are still kept."""
    ended = sa.or_(
        elements.c.deleted_at < before,
        sa.and_(elements.c.status == Status.FAILED, elements.c.finished_at < before),
    )
    rows = connection.execute(
        sa.select(elements.c.id).where(ended, elements.c.purged_at.is_(None)).limit(limit)
    )
    return list(rows.scalars())


def note_purged(connection: sa.Connection, element_task_id: int, *, now: int) -> None:
    """Note that an element's files are deleted."""
    connection.execute(
        elements.update().where(elements.c.id == element_task_id).values(purged_at=now)
    )


def _by_external_id(
    connection: sa.Connection, account_id: int, external_id: str
) -> StoredElement | None:
    row = connection.execute(
        sa.select(elements).where(
            elements.c.account_id == account_id, elements.c.external_id == external_id
        )
    ).first()
    return None if row is None else to_element(row)


def _usable(account_id: int, element_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        elements.c.element_id == element_id,
        elements.c.account_id == account_id,
        elements.c.status == Status.SUCCEEDED,
        elements.c.deleted_at.is_(None),
    )


def _held(element: StoredElement) -> sa.ColumnElement[bool]:
    return sa.and_(
        elements.c.id == element.id,
        elements.c.attempt == element.attempt,
        elements.c.status == Status.PROCESSING,
    )


def _change(
    connection: sa.Connection,
    write_payload: WritePayload,
    which: sa.ColumnElement[bool],
    now: int,
    **values: Any,
) -> StoredElement | None:
    row = connection.execute(
        elements.update()
        .where(which)
        .values(updated_at=now, revision=elements.c.revision + 1, **values)
        .returning(elements)
    ).first()
    if row is None:
        return None
    element = to_element(row)
    callbacks.tell_element(connection, write_payload, element, now=now)
    return element
