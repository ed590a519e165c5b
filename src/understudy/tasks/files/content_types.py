"""The content type of a stored file: by its name, else by its first bytes."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from understudy.media import file_types
from understudy.tracking.formats import FORMATS

BY_FORMAT = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
"""Of the formats that are taken."""

_BY_SUFFIX = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    **{form.suffix: form.media_type for form in FORMATS.values()},
}


def content_type(key: str, content: Path | bytes) -> str:
    """The content type of a key's file; reads a few bytes if the name does not show it."""
    known = _BY_SUFFIX.get(PurePosixPath(key).suffix)
    if known is not None:
        return known
    if isinstance(content, bytes):
        head = content[: file_types.HEAD_BYTES]
    else:
        with content.open("rb") as file:
            head = file.read(file_types.HEAD_BYTES)
    return BY_FORMAT.get(file_types.name_format(head), "application/octet-stream")
