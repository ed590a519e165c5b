"""The best frames of a character's clip, which serve as an element's pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from understudy.cache import Cache
from understudy.character.figure.find import Track
from understudy.elements.views import JUDGED_SIDE, View, judge
from understudy.elements.views import VERSION as VIEW_VERSION
from understudy.media.clip import Clip, read_frames
from understudy.media.clip.decode import Frame
from understudy.media.picture import Picture
from understudy.processes.messages import Message
from understudy.tracking.trackers.mediapipe_version import VERSION as TRACKER_VERSION

_VERSION = "clip-views/2"


@dataclass(frozen=True, slots=True)
class FrameNumbers:
    """What makes a frame a good picture. Factors of one product, set by eye."""

    rate: Fraction = Fraction(3)  # frames judged a second; neighbours show much the same
    facing: dict[str, float] = field(
        default_factory=lambda: {"front": 1.0, "three_quarter": 0.6, "sideways": 0.2, "back": 0.1}
    )
    blurred: float = 0.5  # of a frame without detail; the sharpest counts in full
    arms: float = 0.4  # without a free arm
    per_arm: float = 0.3
    neutral: float = 0.4  # share that a neutral face decides
    straight: float = 0.8  # share that a profile's posture decides: it counts for more than a look
    nearer: float = 1.4  # times the front's face: the picture that lends the face


NUMBERS = FrameNumbers()


def best_frames(clip: Clip, track: Track, cache: Cache | None = None) -> tuple[Picture, ...]:
    """The frames of a clip that serve as an element's pictures, the frontal one first.

    They are the sharpest frontal one with free arms, open eyes and a closed mouth; the best from
    behind and from either side, if the clip shows them; and the one with the largest face, if that
    is another. Empty if nobody is visible.
    """
    key = {
        "versions": [_VERSION, VIEW_VERSION, TRACKER_VERSION],
        "clip": clip.digest,
    }
    record = None if cache is None else cache.load("element", key)
    if record is None:
        chosen = _best(_judged(clip, track))
        if cache is not None:
            cache.store("element", key, Message("element", {"frames": chosen}))
    else:
        chosen = [int(index) for index in record.values["frames"]]
    pictures = {
        frame.index: _as_picture(clip, frame)
        for frame in read_frames(clip, fps=NUMBERS.rate)
        if frame.index in chosen
    }
    return tuple(pictures[index] for index in chosen)


def _judged(clip: Clip, track: Track) -> list[View]:
    """A view of every frame that shows the character, numbered one above the frame's index."""
    factor = min(1.0, JUDGED_SIDE / max(clip.size))
    size = (round(clip.width * factor / 2) * 2, round(clip.height * factor / 2) * 2)
    views = []
    for frame in read_frames(clip, size=size, fps=NUMBERS.rate):
        # A frame is judged like any picture but the first: it may well show the back.
        view = judge(_as_picture(clip, frame), frame.index + 1, track)
        if view is not None:
            views.append(view)
    return views


def _best(views: Sequence[View]) -> list[int]:
    """Indices of frames; ties go to the earlier one."""
    movable = [view for view in views if view.movable]
    if not movable:
        return []
    sharpest = max(view.detail for view in movable)

    def merit(view: View) -> float:
        sharp = min(
            1.0, NUMBERS.blurred + (1 - NUMBERS.blurred) * view.detail / max(sharpest, 1e-6)
        )
        arms = NUMBERS.arms + NUMBERS.per_arm * view.free_arms
        share = NUMBERS.neutral if view.movable else NUMBERS.straight
        return sharp * arms * (1 - share + share * view.neutral)

    front = max(movable, key=lambda view: NUMBERS.facing[view.facing] * merit(view))
    chosen = [front]
    for facing in ("back", "left", "right"):
        seen = [view for view in views if view.facing == facing and view is not front]
        if seen:
            chosen.append(max(seen, key=merit))
    faces = [
        view for view in views if view.facing == "front" and view.face > NUMBERS.nearer * front.face
    ]
    if faces:
        chosen.append(max(faces, key=lambda view: view.face * (0.5 + 0.5 * view.neutral)))
    return [view.index - 1 for view in chosen]


def _as_picture(clip: Clip, frame: Frame) -> Picture:
    digest = hashlib.sha256(f"{clip.digest} {frame.index} of {NUMBERS.rate}".encode()).hexdigest()
    height, width = frame.rgb.shape[:2]
    return Picture(rgb=frame.rgb, alpha=None, source_size=(width, height), digest=digest)
