"""The outbox: callback events, written in the same transaction as the change they report."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, fields
from typing import Literal

import sqlalchemy as sa

from understudy.tasks.db.repository.due import is_due
from understudy.tasks.db.repository.rows import to_event
from understudy.tasks.db.schema import callback_events
from understudy.tasks.ids import TASK_BITS, IdMaker
from understudy.tasks.records import CallbackEvent, StoredElement, Task, Try

KEPT_TRIES = 20
LONGEST_WAIT_MS = 2 * 3_600_000
"""Over what an event is put off before its next try, jitter included."""
WritePayload = Callable[[Task], str]
"""Writes the body of the callback that tells of a task as it now is."""
WriteElementPayload = Callable[[StoredElement], str]
"""Writes the body of the callback that tells of an element as it now is."""

_make_id = IdMaker(TASK_BITS)

_COLUMNS = [callback_events.c[field.name] for field in fields(CallbackEvent)]


def tell_task(
    connection: sa.Connection, write_payload: WritePayload, task: Task, *, now: int
) -> None:
    """Store a callback event for a task's current status, if the client gave a callback URL."""
    if task.request.callback_url is not None:
        insert(
            connection,
            account_id=task.account_id,
            subject=task.id,
            seq=task.revision,
            url=task.request.callback_url,
            told=task.status,
            body=write_payload(task),
            now=now,
        )


def tell_element(
    connection: sa.Connection,
    write_payload: WriteElementPayload,
    element: StoredElement,
    *,
    now: int,
) -> None:
    """As `tell_task`, of an element."""
    if element.callback_url is not None:
        insert(
            connection,
            account_id=element.account_id,
            subject=element.id,
            seq=element.revision,
            url=element.callback_url,
            told=element.status,
            body=write_payload(element),
            now=now,
        )


def insert(  # noqa: PLR0913 - one for each column
    connection: sa.Connection,
    *,
    account_id: int,
    subject: int,
    seq: int,
    url: str,
    told: str,
    body: str,
    now: int,
) -> None:
    """Store an event to deliver. seq: orders the events of one subject. told: the status to
    report."""
    connection.execute(
        callback_events.insert().values(
            id=_make_id(),
            account_id=account_id,
            subject=subject,
            seq=seq,
            url=url,
            body=body,
            told=told,
            status="pending",
            tries=0,
            log=[],
            created_at=now,
            next_try_at=now,
        )
    )


def is_plain(body: str) -> bool:
    """Whether a body is not sealed: a JSON object, as versions before this one kept them."""
    return body.startswith("{")


def has_plain(connection: sa.Connection) -> bool:
    """Whether there are bodies that are not sealed: the oldest event's is one of them."""
    oldest = sa.select(callback_events.c.body).order_by(callback_events.c.id).limit(1)
    body = connection.execute(oldest).scalar()
    return body is not None and is_plain(body)


def seal_plain(connection: sa.Connection, seal: Callable[[str], str]) -> int:
    """Seal the bodies that are kept plain; how many there were."""
    plain = sa.select(callback_events.c.id, callback_events.c.body).where(
        callback_events.c.body.startswith("{")
    )
    rows = connection.execute(plain).all()
    for row in rows:
        connection.execute(
            callback_events.update()
            .where(callback_events.c.id == row.id)
            .values(body=seal(row.body))
        )
    return len(rows)


def due(
    connection: sa.Connection,
    *,
    now: int,
    limit: int,
    subjects: Collection[int] = (),
    accounts: Collection[int] = (),
) -> list[CallbackEvent]:
    """Events to deliver now, the longest due first; of one subject only the first undelivered one.

    subjects, accounts: to skip.
    """
    earlier = callback_events.alias()
    waits = sa.exists().where(
        earlier.c.subject == callback_events.c.subject,
        earlier.c.seq < callback_events.c.seq,
        earlier.c.status == "pending",
    )
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(
            callback_events.c.status == "pending",
            is_due(
                callback_events.c.tries,
                callback_events.c.next_try_at,
                now=now,
                longest_wait=LONGEST_WAIT_MS,
            ),
            ~waits,
            callback_events.c.subject.not_in(subjects),
            callback_events.c.account_id.not_in(accounts),
        )
        .order_by(callback_events.c.next_try_at, callback_events.c.id)
        .limit(limit)
    )
    return [to_event(row) for row in rows]


def note_try(
    connection: sa.Connection,
    event: CallbackEvent,
    tried: Try,
    *,
    status: Literal["delivered", "pending", "abandoned"],
    next_try_at: int,
) -> None:
    """Record the outcome of an attempt: delivered, to be retried, or given up."""
    log = [asdict(entry) for entry in (*event.log, tried)][-KEPT_TRIES:]
    connection.execute(
        callback_events.update()
        .where(callback_events.c.id == event.id, callback_events.c.status == "pending")
        .values(
            tries=callback_events.c.tries + 1,
            log=log,
            status=status,
            next_try_at=next_try_at,
            ended_at=None if status == "pending" else tried.at,
        )
    )


def send_again(connection: sa.Connection, account_id: int, event_id: int, *, now: int) -> bool:
    """Make one of the account's events pending again, due now; False if there is none."""
    done = connection.execute(
        callback_events.update()
        .where(callback_events.c.id == event_id, callback_events.c.account_id == account_id)
        .values(status="pending", next_try_at=now, ended_at=None)
    )
    return bool(done.rowcount)


def forget(connection: sa.Connection, *, before: int, limit: int) -> int:
    """Delete up to `limit` events that were created before `before` (ms) and are not pending."""
    old = (
        sa.select(callback_events.c.id)
        .where(callback_events.c.id < before << TASK_BITS, callback_events.c.status != "pending")
        .limit(limit)
    )
    done = connection.execute(
        callback_events.delete().where(callback_events.c.id.in_(old.scalar_subquery()))
    )
    return done.rowcount


def of_account(
    connection: sa.Connection, account_id: int, *, offset: int, limit: int
) -> list[CallbackEvent]:
    """The account's events, newest first."""
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(callback_events.c.account_id == account_id)
        .order_by(callback_events.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [to_event(row) for row in rows]


def find(connection: sa.Connection, account_id: int, event_id: int) -> CallbackEvent | None:
    """The account's event of this id."""
    row = connection.execute(
        sa.select(*_COLUMNS).where(
            callback_events.c.id == event_id, callback_events.c.account_id == account_id
        )
    ).first()
    return None if row is None else to_event(row)


def of_subject(connection: sa.Connection, account_id: int, subject: int) -> list[CallbackEvent]:
    """The events of one of the account's tasks or elements, in order."""
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(callback_events.c.account_id == account_id, callback_events.c.subject == subject)
        .order_by(callback_events.c.seq)
    )
    return [to_event(row) for row in rows]
