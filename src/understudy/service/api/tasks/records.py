"""What clients of the tasks design read."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from understudy.service.api.motion_control import Progress, seconds
from understudy.service.models import show_units
from understudy.tasks.files.links import Links
from understudy.tasks.records import Status, Task


class Created(TypedDict):
    """A task just made."""

    id: str
    status: Literal["submitted"]
    message: Literal[""]
    create_time: int
    update_time: int
    external_id: NotRequired[str]


class Output(TypedDict):
    """A result; its URLs are signed and expire."""

    type: Literal["video"]
    id: str
    url: str
    watermark_url: NotRequired[str]
    duration: str


class Billing(TypedDict):
    """What was paid; of a failed task the amount alone, which is 0."""

    charge_type: NotRequired[Literal["unit"]]
    package_type: NotRequired[Literal["video"]]
    amount: str


class Record(TypedDict):
    """A task."""

    id: str
    status: Literal["submitted", "processing", "succeeded", "failed"]
    message: str
    create_time: int
    update_time: int
    external_id: NotRequired[str]
    outputs: list[Output]
    billing: list[Billing]
    progress: Progress
    cover_url: NotRequired[str]
    notes: NotRequired[list[str]]


def created(task: Task) -> Created:
    """The answer to a create."""
    answer: Created = {
        "id": str(task.id),
        "status": "submitted",
        "message": "",
        "create_time": task.created_at,
        "update_time": task.updated_at,
    }
    if task.external_id is not None:
        answer["external_id"] = task.external_id
    return answer


def record(task: Task, links: Links) -> Record:
    """A task as this design's clients read it."""
    written: Record = {
        "id": str(task.id),
        "status": task.status.value,
        "message": task.message,
        "create_time": task.created_at,
        "update_time": task.updated_at,
        "outputs": [],
        "billing": [],
        "progress": {"stage": task.stage, "percent": task.percent},
    }
    if task.request.notes:
        written["notes"] = list(task.request.notes)
    if task.external_id is not None:
        written["external_id"] = task.external_id
    if task.status is Status.SUCCEEDED and task.result is not None:
        output: Output = {
            "type": "video",
            "id": task.result.video_id,
            "url": links.result(task, task.result.video),
            "duration": seconds(task.result.duration_ms),
        }
        if task.result.watermarked is not None:
            output["watermark_url"] = links.result(task, task.result.watermarked)
        if task.result.cover is not None:
            written["cover_url"] = links.result(task, task.result.cover)
        written["outputs"] = [output]
        written["billing"] = [
            {
                "charge_type": "unit",
                "package_type": "video",
                "amount": show_units(task.units_charged),
            }
        ]
    if task.status is Status.FAILED:
        written["billing"] = [{"amount": "0"}]
    return written
