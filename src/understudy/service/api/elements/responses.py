"""Responses of the element library."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from understudy.library.presets import OWNER
from understudy.service.api.motion_control import STATUS_WORDS, Created, TaskInfo
from understudy.tasks.files.client_urls import open_url
from understudy.tasks.files.links import Links
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Source, Status, StoredElement

TAGS = {
    "o_101": "Hottest",
    "o_102": "Character",
    "o_103": "Animal",
    "o_104": "Item",
    "o_105": "Costume",
    "o_106": "Scene",
    "o_107": "Effect",
    "o_108": "Others",
}
_PRESET_OWNER = "kling"


class ImageUrl(TypedDict):
    """A picture's URL."""

    image_url: str


class VideoUrl(TypedDict):
    """A clip's URL."""

    video_url: str


class Images(TypedDict):
    """An element's pictures."""

    frontal_image: NotRequired[str]
    refer_images: list[ImageUrl]


class Videos(TypedDict):
    """An element's clip."""

    refer_videos: list[VideoUrl]


class TagRecord(TypedDict):
    """A kind of element."""

    tag_id: str
    tag_name: str


class ElementRecord(TypedDict):
    """An element."""

    element_id: int
    element_name: str
    element_description: str
    reference_type: Literal["image_refer", "video_refer"]
    element_image_list: Images
    element_video_list: Videos
    tag_list: list[TagRecord]
    owned_by: str
    status: Literal["succeed", "deleted"]


class ElementResult(TypedDict):
    """The element that a task made."""

    elements: list[ElementRecord]


class Record(TypedDict):
    """A task of the library."""

    task_id: str
    task_status: Literal["submitted", "processing", "succeed", "failed"]
    task_status_msg: str
    task_info: TaskInfo
    task_result: NotRequired[ElementResult]
    created_at: int
    updated_at: int


def created(element: StoredElement) -> Created:
    """The response to a create."""
    return {
        "task_id": str(element.id),
        "task_status": "submitted",
        "task_info": _info(element),
        "created_at": element.created_at,
        "updated_at": element.updated_at,
    }


def record(element: StoredElement, links: Links) -> Record:
    """An element's task as a response."""
    written: Record = {
        "task_id": str(element.id),
        "task_status": STATUS_WORDS[element.status],  # type: ignore[typeddict-item]
        "task_status_msg": element.message,
        "task_info": _info(element),
        "created_at": element.created_at,
        "updated_at": element.updated_at,
    }
    if element.status is Status.SUCCEEDED and element.element_id is not None:
        written["task_result"] = {"elements": [_element(element, element.element_id, links)]}
    return written


def _element(element: StoredElement, element_id: int, links: Links) -> ElementRecord:
    pictures = [url_of(source, links) for source in element.images]
    images: Images = {"refer_images": [{"image_url": picture} for picture in pictures[1:]]}
    if pictures:
        images["frontal_image"] = pictures[0]
    return {
        "element_id": element_id,
        "element_name": element.name,
        "element_description": element.description,
        "reference_type": element.reference_type,
        "element_image_list": images,
        "element_video_list": {
            "refer_videos": [{"video_url": url_of(source, links)} for source in element.videos]
        },
        "tag_list": [{"tag_id": tag, "tag_name": TAGS[tag]} for tag in element.tags],
        "owned_by": owner_of(element),
        "status": "succeed" if element.deleted_at is None else "deleted",
    }


def owner_of(element: StoredElement) -> str:
    """Whose an element is, in the contract's words."""
    return _PRESET_OWNER if element.account_id == OWNER else str(element.account_id)


def url_of(source: Source, links: Links) -> str:
    """Where an element's picture or clip can be read."""
    if source.key is not None:
        return links.element(source.key, now=now_ms())
    return "" if source.url is None else open_url(links.keyring, source.url)


def _info(element: StoredElement) -> TaskInfo:
    return {} if element.external_id is None else {"external_task_id": element.external_id}
