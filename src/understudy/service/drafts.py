"""A create request before its media are looked at, whichever design it came through."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.media.limits import Mode, Orientation
from understudy.service.models import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a client asked for.

    picture: a URL or base64. clip: None only in what is to be inspected. picture_field, clip_field:
    what the design calls them, for messages.
    """

    model: Model
    orientation: Orientation
    mode: Mode
    clip: str | None
    picture: str | None
    picture_max_bytes: int
    picture_field: str
    clip_field: str
    prompt: str
    sound: bool
    watermark: bool
    element_id: int | None
    callback_url: str | None
    external_id: str | None
