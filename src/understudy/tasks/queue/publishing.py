"""A take's outputs: stored and published by the task's row, or deleted."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from understudy.media.output.content_credentials import SigningIdentity
from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.db.repository import tasks, transitions
from understudy.tasks.files.storage import StorageUnavailable
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt_context import (
    AttemptContext,
    JobCrashed,
    LeaseLost,
    write_outcome,
)
from understudy.tasks.records import Result, Task

MAX_OUTPUT_SECONDS = 3600.0
"""Far above any take; a worker that a hostile file took over could claim anything."""

log = structlog.get_logger(__name__)


async def publish(
    context: AttemptContext, task: Task, workspace: Path, value: dict[str, Any]
) -> None:
    """Store a take's outputs from its workspace, and end its task as succeeded at its price.

    value: what the take returned. Raises JobCrashed when value or files are not acceptable, and
    LeaseLost.
    """
    seconds = value.get("seconds")
    if not isinstance(seconds, float | int) or not 0 < seconds <= MAX_OUTPUT_SECONDS:
        raise JobCrashed("the take does not give its video's duration")
    video_id = secrets.token_hex(16)
    prefix = _results(task)
    ending = task.request.take.format
    names = {
        "video": (f"video.{ending}", f"{video_id}.{ending}"),
        "watermarked": (f"video.watermarked.{ending}", f"{video_id}.watermarked.{ending}"),
        "cover": ("cover.jpg", f"{video_id}.jpg"),
        "performance": ("performance.npz", f"{video_id}.performance.npz"),
        "report": ("report.json", f"{video_id}.json"),
    }
    keys: dict[str, str] = {}
    for part, (made, name) in names.items():
        path = workspace / made
        # A worker taken over by a hostile file might leave a link to one of the server's files.
        if path.is_file() and not path.is_symlink():
            if context.identity is not None:
                await asyncio.to_thread(_sign, path, task, context.identity)
            await context.storage.put_or_move(prefix + name, path)
            keys[part] = prefix + name
    if "video" not in keys or (task.request.take.watermark and "watermarked" not in keys):
        raise JobCrashed("the take left no video")
    result = Result(video_id=video_id, duration_ms=round(seconds * 1000), **keys)
    done = await write_outcome(
        context,
        transitions.succeed,
        context.write_payload,
        task.id,
        task.attempt,
        result=result,
        units=context.price(task, float(seconds)),
        now=now_ms(),
    )
    if done is None and not await context.database.read(tasks.is_published, task.id, prefix):
        raise LeaseLost
    log.info("task succeeded", seconds=seconds)
    context.observer.ended("succeeded")


def _sign(path: Path, task: Task, identity: SigningIdentity) -> None:
    """Sign a result that can be signed, as what its unsigned mark says. Raises JobCrashed."""
    # They load codecs, which a server that signs nothing does without.
    from understudy.media.output.content_credentials import CannotSign, sign_in_place, signable
    from understudy.media.output.provenance import Provenance
    from understudy.media.output.xmp import read_xmp

    if not signable(path):
        return
    stated = read_xmp(path)
    engine = task.request.take.engine
    provenance = Provenance(tool=stated.tool or "Understudy", engine=engine)
    if stated.source_type == "trainedAlgorithmicMedia":
        provenance = replace(provenance, source_type="trainedAlgorithmicMedia")
    try:
        sign_in_place(path, provenance, identity)
    except CannotSign as error:
        raise JobCrashed(str(error)) from error


def _results(task: Task) -> str:
    return f"results/{task.id}/{task.attempt}/"


async def clear_up(context: AttemptContext, task: Task, workspace: Path) -> None:
    """Delete an attempt's temporary files, and its results unless they are published."""
    await asyncio.to_thread(shutil.rmtree, workspace, ignore_errors=True)
    try:
        if not await context.database.read(tasks.is_published, task.id, _results(task)):
            await context.storage.delete_all(_results(task).rstrip("/"))
    except (DatabaseUnavailable, StorageUnavailable) as error:
        log.warning("unpublished results not deleted", reason=str(error))
