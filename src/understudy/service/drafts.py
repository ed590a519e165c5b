"""A create request before its media are checked, whichever design it came through."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.media.limits import Orientation
from understudy.service.models import Model
from understudy.take.options import TakeRequest

ELEMENT_ORIENTATION: Orientation = "video"
"""What a take with an element has, whatever its client asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a client asked for.

    model: of the capability map, with its prices. take: the options. picture: a URL or base64.
    clip: a URL; None only in what is to be inspected. picture_field, clip_field: what the design
    calls them, for messages. picture_max_bytes: the design's limit. asked_orientation: with an
    element the take's own may differ.
    """

    model: Model
    take: TakeRequest
    clip: str | None
    picture: str | None
    picture_max_bytes: int
    picture_field: str
    clip_field: str
    element_id: int | None
    callback_url: str | None
    external_id: str | None
    asked_orientation: Orientation

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the take does otherwise than its client asked, in sentences."""
        if self.asked_orientation == self.take.orientation:
            return ()
        return (
            f"character_orientation: '{self.asked_orientation}' was asked for; "
            "with an element the take has the video's orientation",
        )
