"""One attempt at a task: fetch its inputs, run the take, publish its results or store why not."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import aclosing
from pathlib import Path
from typing import Any

import structlog

from understudy.errors import InputRefused
from understudy.tasks.db.repository import transitions
from understudy.tasks.files.localize import Localizer
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt_context import (
    AttemptContext,
    JobCrashed,
    LeaseLost,
    write_outcome,
)
from understudy.tasks.queue.progress_writer import Reporter
from understudy.tasks.queue.publishing import clear_up, publish
from understudy.tasks.records import Task
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Progressed, Refused, as_refusal
from understudy.tasks.workers.questions import TakeArguments

GIVEN_UP = "Internal error: the task failed several times"
_FIRST_WAIT_MS = 2_000
"""Before the second attempt; doubled for each one after it."""
_LONGEST_WAIT_MS = 60_000
"""A fault that lasts longer, such as a full disk, uses up the attempts within minutes."""

log = structlog.get_logger(__name__)


async def run_attempt(context: AttemptContext, task: Task) -> None:
    """Run one attempt at a claimed task; its outcome is always stored in the row.

    When it is cancelled, the task goes back to the queue and no failure is counted.
    """
    workspace = context.scratch / f"{task.id}-{task.attempt}"
    fence = (task.id, task.attempt)
    structlog.contextvars.bind_contextvars(task=str(task.id), attempt=task.attempt)
    log.info("task claimed", failures=task.failures)
    context.observer.waited((task.updated_at - task.not_before) / 1000)
    try:
        await asyncio.to_thread(_make_anew, workspace)
        await _run(context, task, workspace)
    except InputRefused as refusal:
        log.info("task refused", reason=refusal.message)
        context.observer.ended("refused")
        await write_outcome(
            context,
            transitions.fail,
            context.write_payload,
            *fence,
            message=refusal.message,
            now=now_ms(),
        )
    except LeaseLost:
        log.info("lease lost")
        context.observer.ended("lease_lost")
    except asyncio.CancelledError:
        now = now_ms()
        row = await write_outcome(
            context,
            transitions.retry,
            context.write_payload,
            *fence,
            not_before=now,
            failed=False,
            now=now,
        )
        outcome = "lease_lost" if row is None else "put_back"
        log.info("task stopped", outcome=outcome)
        context.observer.ended(outcome)
        raise
    except Exception as error:
        await fail_or_retry(context, task, error)
    finally:
        # A server that is stopped now waits until the attempt has cleaned up.
        clearing = asyncio.create_task(clear_up(context, task, workspace))
        try:
            await asyncio.shield(clearing)
        except asyncio.CancelledError:
            await clearing
            raise
        structlog.contextvars.unbind_contextvars("task", "attempt")


async def fail_or_retry(context: AttemptContext, task: Task, error: Exception | str) -> None:
    """Record that an attempt failed, though its inputs are fine."""
    fence, now = (task.id, task.attempt), now_ms()
    reason = {"exc_info": error} if isinstance(error, Exception) else {"reason": error}
    if task.failures + 1 >= context.max_attempts:
        log.error("task given up", task=str(task.id), failures=task.failures + 1, **reason)
        context.observer.ended("failed")
        await write_outcome(
            context, transitions.fail, context.write_payload, *fence, message=GIVEN_UP, now=now
        )
        return
    wait = min(_FIRST_WAIT_MS * 2**task.failures, _LONGEST_WAIT_MS)
    log.warning("task will be retried", task=str(task.id), wait_ms=wait, **reason)
    context.observer.ended("retried")
    await write_outcome(
        context,
        transitions.retry,
        context.write_payload,
        *fence,
        not_before=now + wait,
        failed=True,
        now=now,
    )


async def _run(context: AttemptContext, task: Task, workspace: Path) -> None:
    arguments = await _arguments(context, task, workspace)
    job = Job(
        task_id=task.id,
        attempt=task.attempt,
        function="take",
        arguments=arguments,
        workspace=workspace,
    )
    reporter = Reporter(context, task)
    async with aclosing(context.executor.run(job)) as running:
        async for message in running:
            if isinstance(message, Progressed):
                await reporter.tell(message)
            elif isinstance(message, Refused):
                raise as_refusal(message)
            elif isinstance(message, Crashed):
                await reporter.check()
                raise JobCrashed(message.reason)
            else:
                await publish(context, task, workspace, message.value)
                return
    raise JobCrashed("the executor lost the job")


async def _arguments(context: AttemptContext, task: Task, workspace: Path) -> dict[str, Any]:
    """The arguments of the job, once its files have been brought to the workspace."""
    localizer = Localizer(
        storage=context.storage,
        fetcher=context.fetcher,
        seconds=context.fetch_seconds,
        folder=workspace,
    )
    media = await localizer.media(task.request)
    arguments = TakeArguments(request=task.request.take, media=media, workspace=workspace)
    return arguments.to_json()


def _make_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
