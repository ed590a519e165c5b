"""What every attempt needs, and the exceptions that end one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from understudy.media.output.content_credentials import SigningIdentity
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database, DatabaseUnavailable
from understudy.tasks.db.repository.callbacks import WritePayload
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.storage import Storage
from understudy.tasks.observer import Observer, Unobserved
from understudy.tasks.records import Task
from understudy.tasks.workers.executor import Executor

_WRITE_TRIES = 60
"""With a second between them, a minute: a restart of PostgreSQL takes less."""
_WRITE_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class LeaseLost(Exception):  # noqa: N818 - a state
    """The task is no longer this attempt's: it was cancelled, or another attempt has it."""


class JobCrashed(Exception):  # noqa: N818 - a state
    """The worker failed; the message goes to the log."""


@dataclass(slots=True)
class Machine:
    """What this machine lacked at the last attempt, in a few words; None when nothing."""

    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptContext:
    """What every attempt needs.

    scratch: a folder for temporary files. price: from a task and its output seconds to thousandths
    of units. write_payload: writes callbacks' bodies. slot_limit: how many tasks of one account may
    run at once, where it has no limit of its own; None: any number. identity: who signs results;
    it stays here, for workers read what strangers send.
    """

    database: Database
    storage: Storage
    fetcher: Fetcher
    keyring: Keyring
    executor: Executor
    write_payload: WritePayload
    price: Callable[[Task, float], int]
    scratch: Path
    fetch_seconds: float
    max_attempts: int
    slot_limit: int | None = None
    identity: SigningIdentity | None = None
    observer: Observer = field(default_factory=Unobserved)
    machine: Machine = field(default_factory=Machine)


async def write_outcome(
    context: AttemptContext, work: Callable[..., Task | None], *args: Any, **kw: Any
) -> Any:
    """Write how an attempt ended; wait while the database is unavailable.

    A commit whose answer was lost is repeated and has no effect: every transition checks the lease.
    """
    for left in reversed(range(_WRITE_TRIES)):
        try:
            return await asyncio.shield(context.database.write(work, *args, **kw))
        except DatabaseUnavailable as error:
            if not left:
                raise
            log.warning("database unavailable", reason=str(error))
            await asyncio.sleep(_WRITE_WAIT_SECONDS)
    return None
