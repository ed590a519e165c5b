"""One attempt at a task: fetch its inputs, run the take, publish its results or store why not."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import structlog

from understudy.errors import InputRefused, MachineFault, machine_fault
from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.db.repository import transitions
from understudy.tasks.db.repository.turns import LONGEST_WAIT_MS
from understudy.tasks.files.localize import Localizer
from understudy.tasks.files.storage import StorageUnavailable
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt_context import (
    AttemptContext,
    JobCrashed,
    LeaseLost,
    write_outcome,
)
from understudy.tasks.queue.progress_writer import ProgressWriter
from understudy.tasks.queue.publishing import clear_up, publish
from understudy.tasks.records import Task
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Progressed, Refused, as_refusal
from understudy.tasks.workers.questions import TakeArguments

GIVEN_UP = "Internal error: the task failed several times"
_FIRST_WAIT_MS = 2_000
"""Before the second attempt; doubled for each one after it."""
MACHINE_PATIENCE_MS = 24 * 3_600_000
"""For so long after its creation a task is put back while the machine is at fault. It ends at last,
because what one take alone needs may be more than the machine has."""

log = structlog.get_logger(__name__)


async def run_attempt(context: AttemptContext, task: Task, *, attached: bool = False) -> None:
    """Run one attempt at a claimed task; its outcome is always stored in the row.

    attached: the executor holds its job already, since before this controller led.
    When it is cancelled, the task goes back to the queue and no failure is counted.
    """
    workspace = context.scratch / f"{task.id}-{task.attempt}"
    fence = (task.id, task.attempt)
    structlog.contextvars.bind_contextvars(task=str(task.id), attempt=task.attempt)
    log.info("task claimed", failures=task.failures)
    # A clock that was set back meanwhile makes it less than nothing.
    context.observer.waited(max(task.updated_at - task.not_before, 0) / 1000)
    try:
        if task.request.unknown:
            # While a newer version replaces this one, its tasks may come here.
            needed = ", ".join(task.request.unknown)
            await put_back(context, task, f"only a newer version knows its options: {needed}")
            return
        await asyncio.to_thread(_make_anew, workspace)
        await _run(context, task, workspace, attached=attached)
    except InputRefused as refusal:
        context.machine.fault = None
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
        await _put_back_stopped(context, task)
        raise
    except Exception as error:
        await _end_failed(context, task, error)
    else:
        context.machine.fault = None
    finally:
        # A server that is stopped now waits until the attempt has cleaned up.
        clearing = asyncio.create_task(clear_up(context, task, workspace))
        try:
            await asyncio.shield(clearing)
        except asyncio.CancelledError:
            await clearing
            raise
        structlog.contextvars.unbind_contextvars("task", "attempt")


async def _put_back_stopped(context: AttemptContext, task: Task) -> None:
    """Put a task back whose attempt was stopped: it may be claimed again at once."""
    fence, now = (task.id, task.attempt), now_ms()
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


async def _end_failed(context: AttemptContext, task: Task, error: Exception) -> None:
    """Record that an attempt failed: it counts unless the machine is at fault."""
    lacking = _lacking(error)
    context.machine.fault = lacking
    if lacking is None:
        await fail_or_retry(context, task, error)
    else:
        await put_back(context, task, lacking)


def _lacking(error: Exception) -> str | None:
    """What the machine lacks, if that is why an attempt failed."""
    if isinstance(error, StorageUnavailable):
        return machine_fault(error) or f"the storage does not respond ({error})"
    if isinstance(error, DatabaseUnavailable):
        return f"the database does not respond ({error})"
    return machine_fault(error)


async def put_back(context: AttemptContext, task: Task, lacking: str) -> None:
    """Put a task back after an attempt that the machine failed; it does not count as a failure.

    lacking: what the machine, or this version, lacks.
    """
    fence, now = (task.id, task.attempt), now_ms()
    if now - task.created_at > MACHINE_PATIENCE_MS:
        await fail_or_retry(context, task, lacking)
        return
    wait = min(_FIRST_WAIT_MS * 2 ** min(task.attempt - 1, 10), LONGEST_WAIT_MS)
    log.warning("task waits for the machine", task=str(task.id), wait_ms=wait, reason=lacking)
    context.observer.ended("put_back")
    await write_outcome(
        context,
        transitions.retry,
        context.write_payload,
        *fence,
        not_before=now + wait,
        failed=False,
        now=now,
    )


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
    wait = min(_FIRST_WAIT_MS * 2**task.failures, LONGEST_WAIT_MS)
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


async def _run(context: AttemptContext, task: Task, workspace: Path, *, attached: bool) -> None:
    job = Job(
        task_id=task.id,
        attempt=task.attempt,
        function="take",
        arguments={},
        workspace=workspace,
        engine=task.request.take.engine,
    )
    if not attached:
        job = await _with_inputs(context, task, job)
    progress = ProgressWriter(context, task)
    async with aclosing(context.executor.run(job)) as running:
        async for message in running:
            if isinstance(message, Progressed):
                await progress.tell(message)
            elif isinstance(message, Refused):
                raise as_refusal(message)
            elif isinstance(message, Crashed):
                await progress.check()
                if message.machine is not None:
                    log.warning("worker lacks something", reason=message.reason)
                    raise MachineFault(message.machine)
                raise JobCrashed(message.reason)
            else:
                await publish(context, task, workspace, message.value)
                return
    raise JobCrashed("the executor lost the job")


async def _with_inputs(context: AttemptContext, task: Task, job: Job) -> Job:
    """The job with its arguments, once its files have been brought to its workspace."""
    localizer = Localizer(
        storage=context.storage,
        fetcher=context.fetcher,
        keyring=context.keyring,
        seconds=context.fetch_seconds,
        folder=job.workspace,
    )
    media = await localizer.media(task.request)
    arguments = TakeArguments(request=task.request.take, media=media, workspace=job.workspace)
    return replace(job, arguments=arguments.to_json(), inputs=media.paths)


def _make_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
