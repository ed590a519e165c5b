"""How well a long take holds together: seams, colour and identity, and which segments fall out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.engines.wan.colour import difference, mean_colour
from understudy.engines.wan.letterbox import Image

Embed = Callable[[Image], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Limits:
    """Beyond these a segment falls out. They were set without trained weights and want checking
    with some.

    seam: CIELAB distance between the two drawings of a seam's frame, after matching. identity:
    how much the likeness to the picture may fall below the first segment's. contrast: the least
    spread of brightness, as a share of the picture's. samples: frames of a segment that are looked
    at.
    """

    seam: float = 12.0
    identity: float = 0.15
    contrast: float = 0.2
    samples: int = 4


LIMITS = _Limits()


@dataclass(frozen=True, slots=True)
class SegmentFindings:
    """Of one segment.

    frames: which of the take's frames were looked at. identity: cosine of the image encoder's
    features with the picture's, at each. colour: CIELAB distance of the mean from the take's first
    frame, at each. contrast: spread of brightness over the picture's. seam_before, seam_after:
    distance between the drawings of the seam's frame, before and after colours were matched; None
    for the first segment.
    """

    frames: tuple[int, ...]
    identity: tuple[float, ...]
    colour: tuple[float, ...]
    contrast: float
    seam_before: float | None = None
    seam_after: float | None = None


@dataclass(slots=True)
class Curves:
    """Judges segments of one take against its picture and its first segment.

    picture: (H, W, 3) sRGB in 0..1. embed: features (n,) of such an image.
    """

    picture: Image
    embed: Embed
    kept: list[SegmentFindings] = field(default_factory=list)
    _features: NDArray[np.float32] | None = None
    _first_colour: NDArray[np.float32] | None = None

    def look(
        self, frames: list[Image], start: int, seam: tuple[float, float] | None
    ) -> SegmentFindings:
        """What a segment's frames show; `start` is the number of the first. seam: distance before
        and after matching."""
        if self._features is None:
            self._features = self.embed(self.picture)
        if self._first_colour is None:
            self._first_colour = mean_colour(frames[0])
        count = min(LIMITS.samples, len(frames))
        places = [round(place) for place in np.linspace(0, len(frames) - 1, count)]
        chosen = [frames[place] for place in places]
        contrast = float(np.mean([image.std() for image in chosen]) / max(self.picture.std(), 1e-6))
        return SegmentFindings(
            frames=tuple(start + place for place in places),
            identity=tuple(_cosine(self.embed(image), self._features) for image in chosen),
            colour=tuple(
                float(np.linalg.norm(mean_colour(image) - self._first_colour)) for image in chosen
            ),
            contrast=contrast,
            seam_before=None if seam is None else seam[0],
            seam_after=None if seam is None else seam[1],
        )

    def fault(self, found: SegmentFindings) -> str | None:
        """Why a segment falls out, in words; None where it does not."""
        if not np.isfinite(found.contrast):
            return "it holds values that are no numbers"
        if found.contrast < LIMITS.contrast:
            return "it has next to no contrast"
        if found.seam_after is not None and found.seam_after > LIMITS.seam:
            return "its beginning does not match the end of the segment before"
        if self.kept and _fall(self.kept[0], found) > LIMITS.identity:
            return "the character looks less like the picture than at the beginning"
        return None

    def better(self, one: SegmentFindings, other: SegmentFindings) -> bool:
        """Whether `one` is nearer to the rest of the take than `other`."""
        return self._distance(one) < self._distance(other)

    def keep(self, found: SegmentFindings) -> None:
        """Count a segment as part of the take."""
        self.kept.append(found)

    def to_json(self) -> dict[str, Any]:
        """The curves as JSON values: seams, and `[frame, value]` pairs of colour and identity."""
        return {
            "seams": [
                {
                    "frame": found.frames[0],
                    "before": _rounded(found.seam_before),
                    "after": _rounded(found.seam_after),
                }
                for found in self.kept
                if found.seam_before is not None
            ],
            "colour": _pairs(self.kept, lambda found: found.colour),
            "identity": _pairs(self.kept, lambda found: found.identity),
        }

    def _distance(self, found: SegmentFindings) -> float:
        if not np.isfinite(found.contrast):
            return float("inf")
        seam = (found.seam_after or 0.0) / LIMITS.seam
        fall = _fall(self.kept[0], found) / LIMITS.identity if self.kept else 0.0
        return seam + max(0.0, fall) - min(found.contrast, 1.0)


def seam_distances(drawn: Image, matched: Image, wanted: Image) -> tuple[float, float]:
    """Between the drawings of a seam's frame, before and after matching."""
    return difference(drawn, wanted), difference(matched, wanted)


def _fall(first: SegmentFindings, found: SegmentFindings) -> float:
    return float(np.mean(first.identity) - np.mean(found.identity))


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0


def _pairs(
    kept: list[SegmentFindings], values: Callable[[SegmentFindings], tuple[float, ...]]
) -> list[tuple[int, float]]:
    return [
        (frame, round(value, 4))
        for found in kept
        for frame, value in zip(found.frames, values(found), strict=True)
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
