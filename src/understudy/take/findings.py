"""What inspecting finds: the plan or the problems, and where the character and the driver are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.errors import InputRefused
from understudy.take.plan import Dropped, Plan

Outline = tuple[tuple[float, float], ...]

# A mask is outlined at this height: finer than a thumbnail shows, and quick.
_HEIGHT = 360
# Points that stray less than this share of the height from a line are left out.
_STRAY = 0.003
_LEAST_SHARE = 0.02
_INSIDE = 0.5


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """A picture that opened.

    size: (width, height) of the file, upright. outline: of the character, None where none was cut
    out. Outlines are closed polygons of (x, y) in shares of the width and height. warnings:
    sentences for a person, which the plan has as well.
    """

    size: tuple[int, int]
    outline: tuple[Outline, ...] | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DriverFinding:
    """The person who is followed.

    time: seconds, of the frame that `outline` belongs to. path: (time, left, top, width, height),
    rising in time, places in shares of the frame.
    """

    time: float
    outline: tuple[Outline, ...]
    path: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class ClipFinding:
    """A clip that opened; size in pixels, upright; duration in seconds.

    used: (start, end) of the run that a take is made from, None where there is none. dropped: the
    rest, with reasons. warnings: sentences for a person, which the plan has as well.
    """

    size: tuple[int, int]
    fps: float
    duration: float
    people: int = 0
    used: tuple[float, float] | None = None
    dropped: tuple[Dropped, ...] = ()
    driver: DriverFinding | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found; there is a plan where there are no problems.

    picture, clip: None where they are not there or could not be opened. problems: one at most for
    each input.
    """

    plan: Plan | None
    problems: tuple[InputRefused, ...]
    picture: PictureFinding | None
    clip: ClipFinding | None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "plan": None if self.plan is None else self.plan.to_json(),
            "problems": [
                {
                    "field": problem.field,
                    "found": problem.found,
                    "allowed": problem.allowed,
                    "message": problem.message,
                }
                for problem in self.problems
            ],
            "picture": None if self.picture is None else _picture_json(self.picture),
            "clip": None if self.clip is None else _clip_json(self.clip),
        }


def outline_mask(mask: NDArray[np.floating]) -> tuple[Outline, ...]:
    """The edges of a mask (H, W) in 0..1, largest first; specks are left out."""
    import cv2

    height, width = mask.shape
    scale = min(1.0, _HEIGHT / height)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    small = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    # A border of nothing, so that what touches the picture's edge closes along it.
    inside = np.pad((small > _INSIDE).astype(np.uint8), 1)
    found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = sorted(found, key=cv2.contourArea, reverse=True)
    kept = [edge for edge in found if cv2.contourArea(edge) >= _LEAST_SHARE * inside.sum()]
    rough = [cv2.approxPolyDP(edge, _STRAY * size[1], closed=True)[:, 0] for edge in kept]
    return tuple(_in_shares(edge - 0.5, size) for edge in rough)


def _in_shares(points: NDArray[np.floating], size: tuple[int, int]) -> Outline:
    shares = np.clip(points / np.array(size, np.float64), 0, 1)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in shares)


def _picture_json(picture: PictureFinding) -> dict[str, Any]:
    width, height = picture.size
    return {
        "width": width,
        "height": height,
        "outline": picture.outline,
        "warnings": picture.warnings,
    }


def _clip_json(clip: ClipFinding) -> dict[str, Any]:
    width, height = clip.size
    driver = clip.driver
    return {
        "width": width,
        "height": height,
        "fps": clip.fps,
        "duration": clip.duration,
        "people": clip.people,
        "used": None if clip.used is None else {"start": clip.used[0], "end": clip.used[1]},
        "dropped": [asdict(part) for part in clip.dropped],
        "warnings": clip.warnings,
        "driver": None
        if driver is None
        else {"time": driver.time, "outline": driver.outline, "path": driver.path},
    }
