"""Responses of the tasks design."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from understudy.service.api import elements
from understudy.service.api.motion_control import Progress, Queue, queue, seconds
from understudy.service.models import show_units
from understudy.tasks.files.links import Links
from understudy.tasks.queue.expected_wait import QueuePlace
from understudy.tasks.records import Status, StoredElement, Task


class Created(TypedDict):
    """A new task."""

    id: str
    status: Literal["submitted"]
    message: Literal[""]
    create_time: int
    update_time: int
    external_id: NotRequired[str]


class VideoOutput(TypedDict):
    """A video; its URLs are signed and expire."""

    type: Literal["video"]
    id: str
    url: str
    watermark_url: NotRequired[str]
    duration: str


class Reference(TypedDict):
    """A picture or the clip of an element; its URL is signed and expires."""

    type: Literal["image", "video"]
    role: Literal["frontal", "refer"]
    url: str


class OutputTag(TypedDict):
    """A kind of element."""

    id: int
    name: str
    description: str


class ElementOutput(TypedDict):
    """An element."""

    type: Literal["element"]
    id: str
    name: str
    description: str
    element_type: Literal["multi_image_elements", "video_character_elements"]
    references: list[Reference]
    owned_by: str
    status: Literal["succeeded", "deleted"]
    tags: list[OutputTag]


Output = Annotated[VideoOutput | ElementOutput, Field(discriminator="type")]


class Billing(TypedDict):
    """Units charged; for a failed task only the amount, which is 0."""

    charge_type: NotRequired[Literal["unit"]]
    package_type: NotRequired[Literal["video"]]
    amount: str


class Record(TypedDict):
    """A task; of one that made an element there is no progress."""

    id: str
    status: Literal["submitted", "processing", "succeeded", "failed"]
    message: str
    create_time: int
    update_time: int
    external_id: NotRequired[str]
    outputs: list[Output]
    billing: list[Billing]
    progress: NotRequired[Progress]
    queue: NotRequired[Queue]
    cover_url: NotRequired[str]
    notes: NotRequired[list[str]]


def created(task: Task) -> Created:
    """The response to a create."""
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


def record(task: Task, links: Links, place: QueuePlace | None = None) -> Record:
    """A task as a response of this design; place: in the queue, if it waits there."""
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
    if place is not None:
        written["queue"] = queue(place)
    if task.request.notes:
        written["notes"] = list(task.request.notes)
    if task.external_id is not None:
        written["external_id"] = task.external_id
    if task.status is Status.SUCCEEDED and task.result is not None:
        output: VideoOutput = {
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


def element_record(element: StoredElement, links: Links) -> Record:
    """An element's task as this design's clients read it."""
    written: Record = {
        "id": str(element.id),
        "status": element.status.value,
        "message": element.message,
        "create_time": element.created_at,
        "update_time": element.updated_at,
        "outputs": [],
        "billing": [],
    }
    if element.external_id is not None:
        written["external_id"] = element.external_id
    if element.status is Status.SUCCEEDED and element.element_id is not None:
        written["outputs"] = [_element(element, element.element_id, links)]
    if element.status is Status.FAILED:
        written["billing"] = [{"amount": "0"}]
    return written


def _element(element: StoredElement, element_id: int, links: Links) -> ElementOutput:
    references: list[Reference] = [
        {
            "type": "image",
            "role": "refer" if place else "frontal",
            "url": elements.url_of(source, links),
        }
        for place, source in enumerate(element.images)
    ]
    references += [
        {"type": "video", "role": "refer", "url": elements.url_of(source, links)}
        for source in element.videos
    ]
    by_images = element.reference_type == "image_refer"
    return {
        "type": "element",
        "id": str(element_id),
        "name": element.name,
        "description": element.description,
        "element_type": "multi_image_elements" if by_images else "video_character_elements",
        "references": references,
        "owned_by": elements.owner_of(element),
        "status": "succeeded" if element.deleted_at is None else "deleted",
        "tags": [
            # The legacy design's `o_102` is the number 102 here.
            {"id": int(tag.removeprefix("o_")), "name": elements.TAGS[tag], "description": ""}
            for tag in element.tags
        ],
    }
