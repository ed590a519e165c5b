"""What judging finds, and the one number made of it."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from understudy.judge.following import FollowingJudgement
from understudy.judge.pose import PoseJudgement
from understudy.judge.sound import SoundJudgement
from understudy.media.output.marks import Marks


@dataclass(frozen=True, slots=True)
class LikenessJudgement:
    """Whether it is the picture's figure; None where it cannot be told.

    colours: intersection of the colour histograms, 0 to 1. face: distance of the face's shape, in
    widths of the face.
    """

    colours: float | None
    face: float | None


@dataclass(frozen=True, slots=True)
class FrameJudgement:
    """What the frames show; None where it cannot be told. See `frames.FrameCurves`: means over the
    frames, of `background` and `flicker` in 0..255."""

    background: float | None
    residue: float | None
    flicker: float | None
    seams: float | None


@dataclass(frozen=True, slots=True)
class TimeJudgement:
    """Length and rate.

    duration: seconds; expected: of the clip's part that it follows. fps; clip_fps. start: the
    second of the clip that the first frame follows. delay: seconds by which the motion comes late,
    None where it cannot be told. repeated: share of the frames that are the same as the one before.
    """

    duration: float
    expected: float
    fps: float
    clip_fps: float
    start: float
    delay: float | None
    repeated: float


@dataclass(frozen=True, slots=True)
class ScoreNumbers:
    """What a measure is worth. A score falls to a third at the scale named here."""

    weights: tuple[tuple[str, float], ...] = (
        ("pose", 0.36),
        ("travel", 0.04),
        ("hands", 0.08),
        ("face", 0.10),
        ("colours", 0.08),
        ("face_shape", 0.06),
        ("background", 0.08),
        ("residue", 0.04),
        ("flicker", 0.07),
        ("jitter", 0.05),
        ("skate", 0.02),
        ("seams", 0.02),
    )
    travel: float = 0.5
    """Torso lengths."""
    face_shape: float = 0.06
    """Widths of the face."""
    background: float = 4.0
    """Of 255."""
    residue: float = 0.3
    """Share of what was uncovered."""
    flicker: float = 5.0
    """Of 255."""
    jitter: float = 0.05
    """Torso lengths per frame squared, above the driver's."""
    skate: float = 0.5
    """Torso lengths a second, above the driver's."""
    seams: float = 1.0
    """As `frames.FrameCurves` has them."""


NUMBERS = ScoreNumbers()


@dataclass(frozen=True, slots=True)
class VideoJudgement:
    """A video judged. score: 0 to 100, see `docs/judge.md`. ai_generated: what the file's tags
    say of having been generated, None where they say nothing. marks: all that it says of itself."""

    score: float
    pose: PoseJudgement
    hands: FollowingJudgement
    face: FollowingJudgement
    likeness: LikenessJudgement
    frames: FrameJudgement
    sound: SoundJudgement
    time: TimeJudgement
    ai_generated: str | None
    marks: Marks

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def score(
    pose: PoseJudgement,
    hands: FollowingJudgement,
    face: FollowingJudgement,
    likeness: LikenessJudgement,
    frames: FrameJudgement,
) -> float:
    """The weighted mean of what could be measured, 0 to 100.

    A figure that is not found in a frame does not follow there, so that pose, hands and face count
    by the share of the frames in which it is.
    """
    found = pose.found
    parts = {
        "pose": None if pose.pck_wide is None else found * pose.pck_wide,
        "travel": _fallen(pose.travel, NUMBERS.travel),
        "hands": None if hands.followed is None else found * hands.followed,
        "face": None if face.followed is None else found * face.followed,
        "colours": likeness.colours,
        "face_shape": _fallen(likeness.face, NUMBERS.face_shape),
        "background": _fallen(frames.background, NUMBERS.background),
        "residue": _fallen(frames.residue, NUMBERS.residue),
        "flicker": _fallen(frames.flicker, NUMBERS.flicker),
        "jitter": _fallen(_above(pose.jitter, pose.driver_jitter), NUMBERS.jitter),
        "skate": _fallen(_above(pose.skate, pose.driver_skate), NUMBERS.skate),
        "seams": _fallen(frames.seams, NUMBERS.seams),
    }
    if not found:
        parts["pose"] = 0.0
    known = [
        (weight, value) for name, weight in NUMBERS.weights if (value := parts[name]) is not None
    ]
    total = sum(weight for weight, _ in known)
    return round(100 * sum(weight * value for weight, value in known) / total, 1)


def _fallen(value: float | None, scale: float) -> float | None:
    return None if value is None else math.exp(-value / scale)


def _above(value: float | None, floor: float | None) -> float | None:
    return None if value is None or floor is None else max(0.0, value - floor)
