"""One attempt at a task: inputs, the take, its results published, or why not."""

from __future__ import annotations

import asyncio
import math
import secrets
import shutil
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from understudy.errors import InputRefused
from understudy.tasks.database import Database, DatabaseUnavailable
from understudy.tasks.executor import Executor, Job
from understudy.tasks.fetching import Fetcher
from understudy.tasks.ids import now_ms
from understudy.tasks.inputs import have_at_hand
from understudy.tasks.messages import Crashed, Progressed, Refused, as_refusal
from understudy.tasks.observing import Observer, Unobserved
from understudy.tasks.records import Result, Source, Task
from understudy.tasks.repository import tasks, transitions
from understudy.tasks.repository.transitions import Announce
from understudy.tasks.storage import Storage, StorageUnavailable

GIVEN_UP = "Internal error: the task was tried several times and given up"
MAX_OUTPUT_SECONDS = 3600.0
_FIRST_WAIT_MS = 2_000
_LONGEST_WAIT_MS = 60_000
_PROGRESS_SECONDS = 1.0
_WRITE_TRIES = 60
_WRITE_WAIT_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Overtaken(Exception):  # noqa: N818 - a state
    """The task is no longer this attempt's: it was cancelled, or another attempt has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What attempts are made with.

    scratch: a folder for files on the way. price: thousandths of units for a task's output of so
    many seconds. announce: writes callbacks' bodies.
    """

    database: Database
    storage: Storage
    fetcher: Fetcher
    executor: Executor
    announce: Announce
    price: Callable[[Task, float], int]
    scratch: Path
    fetch_seconds: float
    max_attempts: int
    observer: Observer = field(default_factory=Unobserved)


async def run_attempt(shop: Workshop, task: Task) -> None:
    """Bring a claimed task as far as it goes; whatever happens, the row says so afterwards.

    When it is cancelled, the task goes back to the queue and no failure is counted.
    """
    workspace = shop.scratch / f"{task.id}-{task.attempt}"
    fence = (task.id, task.attempt)
    structlog.contextvars.bind_contextvars(task=str(task.id), attempt=task.attempt)
    log.info("task claimed", failures=task.failures)
    shop.observer.waited((task.updated_at - task.not_before) / 1000)
    try:
        await asyncio.to_thread(_make_anew, workspace)
        await _run(shop, task, workspace)
    except InputRefused as refusal:
        log.info("task refused", reason=refusal.message)
        shop.observer.ended("refused")
        await _write(
            shop, transitions.fail, shop.announce, *fence, message=refusal.message, now=now_ms()
        )
    except Overtaken:
        log.info("task overtaken")
        shop.observer.ended("overtaken")
    except asyncio.CancelledError:
        now = now_ms()
        row = await _write(
            shop, transitions.retry, shop.announce, *fence, not_before=now, failed=False, now=now
        )
        outcome = "overtaken" if row is None else "put_back"
        log.info("task stopped", outcome=outcome)
        shop.observer.ended(outcome)
        raise
    except Exception as error:
        await fail_or_retry(shop, task, error)
    finally:
        # Whoever stops the server between the end and this waits for it.
        clearing = asyncio.create_task(_clear_up(shop, task, workspace))
        try:
            await asyncio.shield(clearing)
        except asyncio.CancelledError:
            await clearing
            raise
        structlog.contextvars.unbind_contextvars("task", "attempt")


async def fail_or_retry(shop: Workshop, task: Task, error: Exception | str) -> None:
    """Note that an attempt failed by no fault of its inputs."""
    fence, now = (task.id, task.attempt), now_ms()
    reason = {"exc_info": error} if isinstance(error, Exception) else {"reason": error}
    if task.failures + 1 >= shop.max_attempts:
        log.error("task given up", task=str(task.id), failures=task.failures + 1, **reason)
        shop.observer.ended("failed")
        await _write(shop, transitions.fail, shop.announce, *fence, message=GIVEN_UP, now=now)
        return
    wait = min(_FIRST_WAIT_MS * 2**task.failures, _LONGEST_WAIT_MS)
    log.warning("task tried again", task=str(task.id), wait_ms=wait, **reason)
    shop.observer.ended("retried")
    await _write(
        shop,
        transitions.retry,
        shop.announce,
        *fence,
        not_before=now + wait,
        failed=True,
        now=now,
    )


class _JobCrashed(Exception):  # noqa: N818
    """The worker failed; the message is for the log."""


async def _run(shop: Workshop, task: Task, workspace: Path) -> None:
    arguments = await _gather(shop, task, workspace)
    job = Job(
        task_id=task.id,
        attempt=task.attempt,
        function="take",
        arguments=arguments,
        workspace=workspace,
    )
    reporter = _Reporter(shop, task)
    async with aclosing(shop.executor.run(job)) as running:
        async for message in running:
            if isinstance(message, Progressed):
                await reporter.tell(message)
            elif isinstance(message, Refused):
                raise as_refusal(message)
            elif isinstance(message, Crashed):
                await reporter.check()
                raise _JobCrashed(message.reason)
            else:
                await _publish(shop, task, workspace, message.value)
                return
    raise _JobCrashed("the executor lost the job")


async def _gather(shop: Workshop, task: Task, workspace: Path) -> dict[str, Any]:
    request = task.request

    async def bring(source: Source, name: str, field: str) -> str:
        path = await have_at_hand(
            source,
            workspace / name,
            field=field,
            storage=shop.storage,
            fetcher=shop.fetcher,
            seconds=shop.fetch_seconds,
        )
        return str(path)

    element = {
        "images": [
            await bring(source, f"element-image-{place}", "element_list")
            for place, source in enumerate(request.element_images)
        ],
        "videos": [
            await bring(source, f"element-video-{place}", "element_list")
            for place, source in enumerate(request.element_videos)
        ],
    }
    picture = request.picture
    return {
        "picture": None if picture is None else await bring(picture, "picture", "image_url"),
        "picture_max_bytes": None if picture is None else picture.max_bytes,
        "clip": await bring(request.clip, "clip", "video_url"),
        "element": element,
        "workspace": str(workspace),
        "orientation": request.orientation,
        "mode": request.mode,
        "prompt": request.prompt,
        "sound": request.sound,
        "watermark": request.watermark,
        "engine": request.engine,
        "model": request.model,
    }


class _Reporter:
    """Writes progress to the row, once a second at most and at every new stage."""

    def __init__(self, shop: Workshop, task: Task) -> None:
        self._shop = shop
        self._task = task
        self._stage = "open"
        self._stage_began = asyncio.get_running_loop().time()
        self._told_at = -math.inf
        self._preview: bytes | None = None

    async def tell(self, message: Progressed) -> None:
        """Write it, if it is time to. Raises Overtaken."""
        self._preview = message.preview or self._preview
        now = asyncio.get_running_loop().time()
        if message.stage == self._stage and now < self._told_at + _PROGRESS_SECONDS:
            return
        self._told_at = now
        preview, self._preview = self._preview, None
        if message.stage != self._stage:
            log.info("task stage", stage=message.stage)
            self._shop.observer.staged(self._stage, now - self._stage_began)
            self._stage, self._stage_began = message.stage, now
        try:
            held = await self._shop.database.write(
                transitions.report_progress,
                self._task.id,
                self._task.attempt,
                stage=message.stage,
                percent=int(message.fraction * 100),
                preview=preview,
                now=now_ms(),
            )
        except DatabaseUnavailable as error:
            log.warning("progress not written", reason=str(error))
            return
        if not held:
            raise Overtaken

    async def check(self) -> None:
        """Raise Overtaken when the task is no longer this attempt's."""
        if not await self._shop.database.read(
            transitions.is_held, self._task.id, self._task.attempt
        ):
            raise Overtaken


async def _publish(shop: Workshop, task: Task, workspace: Path, value: dict[str, Any]) -> None:
    seconds = value.get("seconds")
    if not isinstance(seconds, float | int) or not 0 < seconds <= MAX_OUTPUT_SECONDS:
        raise _JobCrashed("the take does not say how long its video is")
    video_id = secrets.token_hex(16)
    prefix = _results(task)
    names = {
        "video": ("video.mp4", f"{video_id}.mp4"),
        "watermarked": ("video.watermarked.mp4", f"{video_id}.watermarked.mp4"),
        "cover": ("cover.jpg", f"{video_id}.jpg"),
        "performance": ("performance.npz", f"{video_id}.performance.npz"),
        "report": ("report.json", f"{video_id}.json"),
    }
    keys: dict[str, str] = {}
    for part, (made, name) in names.items():
        path = workspace / made
        # A worker that a hostile file took over might leave a link to a file of the server's.
        if path.is_file() and not path.is_symlink():
            await shop.storage.put_or_move(prefix + name, path)
            keys[part] = prefix + name
    if "video" not in keys or (task.request.watermark and "watermarked" not in keys):
        raise _JobCrashed("the take left no video")
    result = Result(video_id=video_id, duration_ms=round(seconds * 1000), **keys)
    done = await _write(
        shop,
        transitions.succeed,
        shop.announce,
        task.id,
        task.attempt,
        result=result,
        units=shop.price(task, float(seconds)),
        now=now_ms(),
    )
    if done is None and not await shop.database.read(tasks.is_published, task.id, prefix):
        raise Overtaken
    log.info("task succeeded", seconds=seconds)
    shop.observer.ended("succeeded")


def _results(task: Task) -> str:
    return f"results/{task.id}/{task.attempt}/"


async def _clear_up(shop: Workshop, task: Task, workspace: Path) -> None:
    """Delete what an attempt leaves on the way, its results too unless they are published."""
    await asyncio.to_thread(shutil.rmtree, workspace, ignore_errors=True)
    try:
        if not await shop.database.read(tasks.is_published, task.id, _results(task)):
            await shop.storage.delete_all(_results(task).rstrip("/"))
    except (DatabaseUnavailable, StorageUnavailable) as error:
        log.warning("results not looked after", reason=str(error))


async def _write(shop: Workshop, work: Callable[..., Task | None], *args: Any, **kw: Any) -> Any:
    """Write how an attempt ended, waiting out a database that is away for a while.

    A commit whose answer was lost is tried again and finds itself done: every transition is fenced.
    """
    for left in reversed(range(_WRITE_TRIES)):
        try:
            return await asyncio.shield(shop.database.write(work, *args, **kw))
        except DatabaseUnavailable as error:
            if not left:
                raise
            log.warning("database unavailable", reason=str(error))
            await asyncio.sleep(_WRITE_WAIT_SECONDS)
    return None


def _make_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
