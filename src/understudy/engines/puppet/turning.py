"""Turning round: the character from the front and from behind, each where the driver shows it.

Up to the profile both follow the driver as filmed, so that at the change their outlines agree: the
trunk is narrow, the limbs point the same way. A few frames in which both are drawn carry the one
over into the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.engines.puppet.camera import CameraScript
from understudy.engines.puppet.canvas import Canvas
from understudy.engines.puppet.puppet import Puppet
from understudy.engines.puppet.rig import skeleton_of_character
from understudy.media.limits import Orientation
from understudy.performance.landmarks import Body
from understudy.performance.performance import Performance
from understudy.performance.retargeting import Motion, retarget
from understudy.performance.retargeting.facing import crossing, exchanged, seen_from_behind

Float64 = NDArray[np.float64]


class Actor(Protocol):
    """What is drawn frame by frame."""

    def __len__(self) -> int: ...

    def canvas(self) -> Canvas:
        """A canvas to draw on, one to a thread."""
        ...

    def draw(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame: I420 planes (H * 3 / 2, W) uint8, BT.709 limited."""
        ...


def actor_of(
    character: Character,
    performance: Performance,
    orientation: Orientation,
    script: CameraScript | None = None,
) -> Actor:
    """The character on the driver's motion; one with a back shows it when the driver does."""
    behind = None
    if character.back is not None and orientation == "video":
        behind = seen_from_behind(performance)
    if character.back is None or behind is None or not behind.any():
        skeleton = skeleton_of_character(character)
        motion = retarget(performance, skeleton, orientation=orientation)
        return Puppet(character, skeleton, motion, script)
    skeletons = skeleton_of_character(character), skeleton_of_character(character.back)
    motions = [
        retarget(each, skeleton, orientation="video", turns_round=True)
        for each, skeleton in zip((performance, exchanged(performance)), skeletons, strict=True)
    ]
    front = Puppet(character, skeletons[0], motions[0], script)
    back = Puppet(character.back, skeletons[1], _joined(motions[0], motions[1], behind), script)
    back.follow_framing_of(front)
    return Turning(front, back, crossing(behind, performance.times))


def _joined(front: Motion, back: Motion, behind: NDArray[np.bool_]) -> Motion:
    """The back's motion, moved so that at every change of view it stands where the front does;
    between two changes what it is moved by goes over from the one to the other."""
    middle = [_middle(motion) for motion in (front, back)]
    apart = middle[0] - middle[1]
    changes = np.flatnonzero(np.diff(behind.astype(np.int8)))
    if not len(changes):
        return back
    frames = np.arange(len(behind))
    at = np.stack([(apart[k] + apart[k + 1]) / 2 for k in changes])
    shift = np.stack([np.interp(frames, changes + 0.5, at[:, axis]) for axis in (0, 1)], axis=1)
    shift = shift.astype(np.float32)
    bones = back.bones.copy()
    bones[..., 2] += shift[:, None]
    return replace(back, bones=bones, joints=back.joints + shift[:, None], root=back.root + shift)


def _middle(motion: Motion) -> Float64:
    """The middle of the trunk, (T, 2) canvas pixels."""
    trunk = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP]
    return np.asarray(motion.joints[:, trunk].astype(np.float64).mean(axis=1))


class Turning:
    """Two puppets before one background, of which each frame shows one or, for a moment, both."""

    def __init__(self, front: Puppet, back: Puppet, share: Float64) -> None:
        """share: (T,) in 0..1, how much of each frame is the back."""
        self._front = front
        self._back = back
        self._share = share

    def __len__(self) -> int:
        return len(self._front)

    def canvas(self) -> Canvas:
        """A canvas to draw on, one to a thread; both puppets stand before the same background."""
        return self._front.canvas()

    def draw(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame: I420 planes (H * 3 / 2, W) uint8, BT.709 limited."""
        share = float(self._share[index])
        if share <= 0.0:
            return self._front.draw(canvas, index)
        if share >= 1.0:
            return self._back.draw(canvas, index)
        front = self._front.draw(canvas, index).astype(np.float32)
        back = self._back.draw(canvas, index).astype(np.float32)
        return np.rint(front + np.float32(share) * (back - front)).astype(np.uint8)
