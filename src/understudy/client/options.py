"""What a take and an element are asked for with, and the request bodies that say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from understudy.client.media import Media
from understudy.client.records import Element

ElementId = int | str | Element


class TakeOptions(TypedDict, total=False):
    """The options of a take, all of them optional.

    orientation: `video` (default): the character takes the driver's facing; `image`: it keeps the
    picture's. mode: `std` (default, 720p) or `pro` (1080p). model: a name of the server's
    capability map, the server's default if left out. prompt: at most 2500 characters. sound: keep
    the clip's (default). watermark: make a watermarked file as well. element: a character of the
    library. callback_url: is told of every change of status. external_task_id: your own id, unique
    within the account; one is made up if left out.
    """

    orientation: Literal["video", "image"]
    mode: Literal["std", "pro"]
    model: str
    prompt: str
    sound: bool
    watermark: bool
    element: ElementId
    callback_url: str
    external_task_id: str


class ElementOptions(TypedDict, total=False):
    """What an element is made of: `frontal` with 1 to 3 `others`, or a `clip`.

    tags: of `o_101` ... `o_108`. callback_url, external_task_id: as for a take.
    """

    frontal: Media
    others: Sequence[Media]
    clip: Media
    tags: Sequence[str]
    callback_url: str
    external_task_id: str


def take_body(image: str | None, video: str, options: TakeOptions) -> dict[str, Any]:
    """The body of a create request; image and video as the contract takes them."""
    body: dict[str, Any] = {
        "image_url": image,
        "video_url": video,
        "character_orientation": options.get("orientation", "video"),
        "mode": options.get("mode", "std"),
        "keep_original_sound": "yes" if options.get("sound", True) else "no",
        "model_name": options.get("model"),
        "prompt": options.get("prompt"),
        "callback_url": options.get("callback_url"),
        "external_task_id": options.get("external_task_id"),
    }
    if "element" in options:
        body["element_list"] = [{"element_id": element_id(options["element"])}]
    if options.get("watermark"):
        body["watermark_info"] = {"enabled": True}
    return _without_none(body)


def element_body(
    name: str,
    description: str,
    options: ElementOptions,
    *,
    frontal: str | None,
    others: Sequence[str],
    clip: str | None,
) -> dict[str, Any]:
    """The body of an element's create request; pictures and clip as the contract takes them."""
    body: dict[str, Any] = {
        "element_name": name,
        "element_description": description,
        "reference_type": "image_refer" if clip is None else "video_refer",
        "callback_url": options.get("callback_url"),
        "external_task_id": options.get("external_task_id"),
    }
    if clip is not None:
        body["element_video_list"] = {"refer_videos": [{"video_url": clip}]}
    else:
        body["element_image_list"] = _without_none(
            {"frontal_image": frontal, "refer_images": [{"image_url": other} for other in others]}
        )
    if options.get("tags"):
        body["tag_list"] = [{"tag_id": tag} for tag in options["tags"]]
    return _without_none(body)


def element_id(element: ElementId) -> int | str:
    """The id of an element that is given as itself or by its id."""
    return element.id if isinstance(element, Element) else element


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value is not None}
