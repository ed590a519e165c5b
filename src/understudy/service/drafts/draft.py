"""A create request before its media are checked, whichever design it came through."""

from __future__ import annotations

from dataclasses import dataclass

from understudy.media.limits import ClipLimits, Orientation, clip_limits
from understudy.service.models import Model
from understudy.take.options import ELEMENT_TURNS, TakeRequest, orientation_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a client asked for.

    model: of the capability map, with its prices. take: the options. picture: a URL or base64.
    clip: a URL; None only in what is to be inspected. background: the URL of a picture or clip that
    is to be behind the character. picture_field, clip_field: what the design
    calls them, for messages. picture_max_bytes: the design's limit.
    """

    model: Model
    take: TakeRequest
    clip: str | None
    picture: str | None
    background: str | None = None
    picture_max_bytes: int
    picture_field: str
    clip_field: str
    element_id: int | None
    callback_url: str | None
    external_id: str | None

    @property
    def orientation(self) -> Orientation:
        """The orientation that the take has, whatever its client asked for."""
        return orientation_taken(self.take.orientation, element=self.element_id is not None)

    @property
    def clip_limits(self) -> ClipLimits:
        """The limits of the clip: the model's length where it has one, else the contract's."""
        return clip_limits(self.orientation, self.model.max_seconds)

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the take does otherwise than its client asked, in sentences."""
        return () if self.orientation == self.take.orientation else (ELEMENT_TURNS,)
