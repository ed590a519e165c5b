"""The pictures that a clip of a character holds: its best frames."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction

from understudy.cache import Cache
from understudy.character.figure.find import Track
from understudy.elements.views import VERSION as VIEW_VERSION
from understudy.elements.views import View, judge
from understudy.media.clip import Clip, read_frames
from understudy.media.clip.decode import Frame
from understudy.media.picture import Picture
from understudy.processes.messages import Message
from understudy.tracking.trackers.mediapipe_version import VERSION as TRACKER_VERSION

# Looks at a clip per second; neighbouring frames show much the same.
_RATE = Fraction(3)
_VERSION = "clip-views/2"
# The frame judged sharpest counts in full; half its detail makes a frame half as good.
_BLURRED = 0.5
_FACING = {"front": 1.0, "three_quarter": 0.6, "aside": 0.2, "back": 0.1}


def best_frames(clip: Clip, track: Track, cache: Cache | None = None) -> tuple[Picture, ...]:
    """The frames of a clip that serve as an element's pictures, the frontal one first.

    They are the sharpest of the frontal ones with free arms, open eyes and a closed mouth; the
    best from behind and from the side, if the clip shows them; and the one with the largest face,
    if another shows the face nearer. None of them where nobody is to be seen.
    """
    key = {
        "versions": [_VERSION, VIEW_VERSION, TRACKER_VERSION],
        "clip": clip.digest,
    }
    record = None if cache is None else cache.load("element", key)
    if record is None:
        chosen = _choose(_judged(clip, track))
        if cache is not None:
            cache.store("element", key, Message("element", {"frames": chosen}))
    else:
        chosen = [int(index) for index in record.values["frames"]]
    pictures = {
        frame.index: _as_picture(clip, frame)
        for frame in read_frames(clip, fps=_RATE)
        if frame.index in chosen
    }
    return tuple(pictures[index] for index in chosen)


def _judged(clip: Clip, track: Track) -> list[View]:
    """A view of every frame that shows the character, numbered one above the frame's index."""
    factor = min(1.0, 800 / max(clip.size))
    size = (round(clip.width * factor / 2) * 2, round(clip.height * factor / 2) * 2)
    views = []
    for frame in read_frames(clip, size=size, fps=_RATE):
        # A frame is judged as a later picture is: it may well show the back.
        view = judge(_as_picture(clip, frame), frame.index + 1, track)
        if view is not None:
            views.append(view)
    return views


def _choose(views: Sequence[View]) -> list[int]:
    """Indices of frames; ties go to the earlier one."""
    movable = [view for view in views if view.movable]
    if not movable:
        return []
    sharpest = max(view.detail for view in movable)

    def merit(view: View) -> float:
        sharp = min(1.0, _BLURRED + (1 - _BLURRED) * view.detail / max(sharpest, 1e-6))
        arms = 0.4 + 0.3 * view.free_arms
        # How a figure stands counts for more than how it looks.
        neutral = 0.4 if view.movable else 0.8
        return sharp * arms * (1 - neutral + neutral * view.neutral)

    front = max(movable, key=lambda view: _FACING[view.facing] * merit(view))
    chosen = [front]
    for facing in ("back", "left", "right"):
        seen = [view for view in views if view.facing == facing and view is not front]
        if seen:
            chosen.append(max(seen, key=merit))
    faces = [view for view in views if view.facing == "front" and view.face > 1.4 * front.face]
    if faces:
        chosen.append(max(faces, key=lambda view: view.face * (0.5 + 0.5 * view.neutral)))
    return [view.index - 1 for view in chosen]


def _as_picture(clip: Clip, frame: Frame) -> Picture:
    digest = hashlib.sha256(f"{clip.digest} {frame.index} of {_RATE}".encode()).hexdigest()
    height, width = frame.rgb.shape[:2]
    return Picture(rgb=frame.rgb, alpha=None, source_size=(width, height), digest=digest)
