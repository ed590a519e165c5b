"""Responses of the legacy design."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from understudy.service.models import show_units
from understudy.tasks.files.links import Links
from understudy.tasks.queue.expected_wait import QueuePlace
from understudy.tasks.records import Status, Task

STATUS_WORDS = {
    Status.SUBMITTED: "submitted",
    Status.PROCESSING: "processing",
    Status.SUCCEEDED: "succeed",
    Status.FAILED: "failed",
}


class TaskInfo(TypedDict):
    """Your own id."""

    external_task_id: NotRequired[str]


class Created(TypedDict):
    """A new task."""

    task_id: str
    task_status: Literal["submitted"]
    task_info: TaskInfo
    created_at: int
    updated_at: int


class Video(TypedDict):
    """A result; its URLs are signed and expire."""

    id: str
    url: str
    watermark_url: NotRequired[str]
    duration: str


class TaskResult(TypedDict):
    """The results."""

    videos: list[Video]


class Watermark(TypedDict):
    """Whether a watermarked copy was requested."""

    enabled: bool


class BalanceDeduction(TypedDict):
    """Money charged: none."""

    quota: str
    list_price: str


class Progress(TypedDict):
    """Progress of a take; an addition to Kling's API."""

    stage: str
    percent: int


class Queue(TypedDict):
    """Where a waiting task stands; an addition to Kling's API.

    position: 1 comes next. length: of the whole queue. wait_seconds: what it is expected to wait
    from now on; null when not known.
    """

    position: int
    length: int
    wait_seconds: int | None


class Record(TypedDict):
    """A task."""

    task_id: str
    task_status: Literal["submitted", "processing", "succeed", "failed"]
    task_status_msg: str
    task_info: TaskInfo
    task_result: NotRequired[TaskResult]
    watermark_info: Watermark
    final_unit_deduction: NotRequired[str]
    final_balance_deduction: NotRequired[BalanceDeduction]
    created_at: int
    updated_at: int
    progress: Progress
    queue: NotRequired[Queue]
    cover_url: NotRequired[str]
    notes: NotRequired[list[str]]


def created(task: Task) -> Created:
    """The response to a create."""
    return {
        "task_id": str(task.id),
        "task_status": "submitted",
        "task_info": _info(task),
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def record(task: Task, links: Links, place: QueuePlace | None = None) -> Record:
    """A task as a response of this design; place: in the queue, if it waits there."""
    written: Record = {
        "task_id": str(task.id),
        "task_status": STATUS_WORDS[task.status],  # type: ignore[typeddict-item]
        "task_status_msg": task.message,
        "task_info": _info(task),
        "watermark_info": {"enabled": task.request.take.watermark},
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "progress": {"stage": task.stage, "percent": task.percent},
    }
    if place is not None:
        written["queue"] = queue(place)
    if task.request.notes:
        written["notes"] = list(task.request.notes)
    if task.status is Status.SUCCEEDED and task.result is not None:
        video: Video = {
            "id": task.result.video_id,
            "url": links.result(task, task.result.video),
            "duration": seconds(task.result.duration_ms),
        }
        if task.result.watermarked is not None:
            video["watermark_url"] = links.result(task, task.result.watermarked)
        written["task_result"] = {"videos": [video]}
        if task.result.cover is not None:
            written["cover_url"] = links.result(task, task.result.cover)
        written["final_unit_deduction"] = show_units(task.units_charged)
        written["final_balance_deduction"] = {"quota": "0", "list_price": "0"}
    return written


def queue(place: QueuePlace) -> Queue:
    """A place in the queue as a response shows it."""
    wait = None if place.seconds is None else round(place.seconds)
    return {"position": place.position, "length": place.length, "wait_seconds": wait}


def seconds(milliseconds: int) -> str:
    """A duration as the contract writes it: 9066 is "9.066"."""
    return str(milliseconds / 1000)


def _info(task: Task) -> TaskInfo:
    return {} if task.external_id is None else {"external_task_id": task.external_id}
