"""What a take and an element are asked for with, and the request bodies that say so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Literal, TypedDict
from urllib.parse import quote

from understudy_client.media import Media
from understudy_client.records import Element

ElementId = int | str | Element
TAKES = "/v1/videos/motion-control"

# What the tasks design calls models and modes; a model that an operator added goes by its path.
_ELEMENT_MODEL = "kling-v3"
_PATHS = {"kling-v2-6": "kling-2.6", "kling-v3": "kling-3.0"}
_RESOLUTIONS = {"std": "720p", "pro": "1080p"}


_ADDITIONS = (
    "background",
    "output_format",
    "loop",
    "driver",
    "motion_strength",
    "motion_parts",
    "motion_smoothing",
    "motion_camera",
)


class MotionParts(TypedDict, total=False):
    """Whether trunk and limbs, head, fingers, and mouth and eyes follow the person, and whether the
    character goes where the person goes; all of it if left out."""

    body: bool
    head: bool
    hands: bool
    face: bool
    travel: bool


class TakeOptions(TypedDict, total=False):
    """The options of a take, all of them optional.

    orientation: `video` (default): the character takes the driver's facing; `image`: it keeps the
    picture's. mode: `std` (default, 720p) or `pro` (1080p). model: a name of the server's
    capability map, the server's default if left out. prompt: at most 2500 characters. sound: keep
    the clip's (default). watermark: make a watermarked file as well. element: a character of the
    library. background: `keep` (default), `transparent`, a colour such as `#00b140`, or `clip` for
    the clip's own scene, which some models can draw the character in. output_format: `mp4`
    (default), `webm`, `mov`, `webp` or `gif`; all but `mp4` can be transparent. loop: close the
    motion. driver: of several people the one with this number, or at this point (`0.7,0.4`, shares
    of width and height). motion_strength: per cent, 0 to 150. motion_parts: what does not follow
    the person, such as `{"face": False}`. motion_smoothing: seconds, 0 to 0.5. motion_camera:
    move the camera as the clip's. callback_url: is told of every change of status.
    external_task_id: your own id, unique within the account; one is made up if left out.
    """

    orientation: Literal["video", "image"]
    mode: Literal["std", "pro"]
    model: str
    prompt: str
    sound: bool
    watermark: bool
    element: ElementId
    background: str
    output_format: Literal["mp4", "webm", "mov", "webp", "gif"]
    loop: bool
    driver: int | str
    motion_strength: int
    motion_parts: MotionParts
    motion_smoothing: float
    motion_camera: bool
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


def take_call(image: str | None, video: str, options: TakeOptions) -> tuple[str, dict[str, Any]]:
    """The path and the body of a create request; image and video as the contract takes them.

    The legacy design asks for a picture. Where an element stands for it, the tasks design is used.
    """
    if image is not None or "element" not in options:
        return TAKES, take_body(image, video, options)
    contents: list[dict[str, Any]] = [
        {"type": "video", "url": video},
        {"type": "element", "element_id": element_id(options["element"])},
    ]
    if options.get("prompt"):
        contents.append({"type": "prompt", "text": options["prompt"]})
    around: dict[str, Any] = {
        "callback_url": options.get("callback_url"),
        "external_task_id": options.get("external_task_id"),
    }
    if options.get("watermark"):
        around["watermark_info"] = {"enabled": True}
    model = options.get("model", _ELEMENT_MODEL)
    body = {
        "contents": contents,
        "settings": {
            "character_orientation": options.get("orientation", "video"),
            "audio": "original" if options.get("sound", True) else "off",
            "resolution": _RESOLUTIONS.get(mode := options.get("mode", "std"), mode),
            **_additions(options),
        },
        "options": _without_none(around),
    }
    return f"/motion-control/{quote(_PATHS.get(model, model), safe='')}", body


def _additions(options: TakeOptions) -> dict[str, Any]:
    """Those of the options that Kling's API does not have."""
    return {name: options.get(name) for name in _ADDITIONS if options.get(name) is not None}


def under_an_id(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The body of a create with an external id, made up where it has none; and that id."""
    made_up = {"external_task_id": f"understudy-{uuid.uuid4().hex}"}
    if "contents" not in body:
        named = made_up | body
        return named, named["external_task_id"]
    named = made_up | body["options"]
    return body | {"options": named}, named["external_task_id"]


def take_body(image: str | None, video: str | None, options: TakeOptions) -> dict[str, Any]:
    """The body of a create or inspect request in the legacy design."""
    stands_in = image is None and "element" in options
    body: dict[str, Any] = {
        "image_url": image,
        "video_url": video,
        "character_orientation": options.get("orientation", "video"),
        "mode": options.get("mode", "std"),
        "keep_original_sound": "yes" if options.get("sound", True) else "no",
        "model_name": options.get("model", _ELEMENT_MODEL if stands_in else None),
        "prompt": options.get("prompt"),
        "callback_url": options.get("callback_url"),
        "external_task_id": options.get("external_task_id"),
        **_additions(options),
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
