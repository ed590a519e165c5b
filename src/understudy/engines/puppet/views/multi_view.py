"""Turning round: the character from the front, from behind and from its sides, each where the
driver shows it.

Near a change both views follow the driver as filmed, so that their outlines agree; arms and legs
are drawn to the same places, and a few frames in which both are drawn carry the one over into the
other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.engines.engine import MotionControls
from understudy.engines.puppet.camera.free_room import free_room
from understudy.engines.puppet.camera.wording import CameraScript
from understudy.engines.puppet.puppet import Carried, Puppet
from understudy.engines.puppet.render.canvas import Canvas
from understudy.engines.puppet.retarget import Motion, figure_scale, retarget
from understudy.engines.puppet.retarget.controls import AS_DRIVEN
from understudy.engines.puppet.retarget.facing import (
    ASPECTS,
    FRONT,
    aspects_seen,
    crossfade,
    with_sides_swapped,
    without_face,
)
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.engines.puppet.views.blending import aligned_with_front, blend_motions, switch_price
from understudy.geometry.landmarks import Aspect
from understudy.geometry.skeleton import Skeleton
from understudy.media.limits import Orientation
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


class Drawable(Protocol):
    """What is drawn frame by frame."""

    def __len__(self) -> int: ...

    @property
    def camera_share(self) -> float | None:
        """The share of the clip's camera's way that the camera goes; None where it is left out."""
        ...

    def canvas(self, *, alone: bool = False) -> Canvas:
        """A canvas to draw on, one to a thread. alone: for `draw_alone`."""
        ...

    def draw(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame: I420 planes (H * 3 / 2, W) uint8, BT.709 limited."""
        ...

    def draw_alone(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame without the background: (H, W, 4) uint8 sRGB, alpha not premultiplied."""
        ...


def build_puppet(  # noqa: PLR0913 - the take's inputs, one for each
    character: Character,
    performance: Performance,
    orientation: Orientation,
    script: CameraScript | None = None,
    controls: MotionControls = AS_DRIVEN,
    camera: ClipCamera | None = None,
) -> Drawable:
    """The character on the driver's motion, from each side that it has when the driver shows it.

    controls: how much of the motion is taken. camera: the clip's, to be carried over; the
    performance is then as seen without it.
    """
    width = None if camera is None else character.size[0]
    carried = None
    if camera is not None:
        carried = Carried(
            camera,
            figure_scale(performance, skeleton_of_character(character)),
            free_room(character.background, character.alpha),
        )
    seen = None
    if character.views and orientation == "video":
        seen = aspects_seen(performance, character.views)
    if seen is None or (seen == FRONT).all():
        skeleton = skeleton_of_character(character)
        motion = retarget(
            performance, skeleton, orientation=orientation, controls=controls, width=width
        )
        return Puppet(character, skeleton, motion, script, carried)

    # 1. Every view that is needed, on the driver's motion, in the front's place.
    looks = {FRONT: character} | {
        index: character.views[aspect]
        for index, aspect in enumerate(ASPECTS)
        if index != FRONT and (seen == index).any()
    }
    skeletons = {index: skeleton_of_character(look) for index, look in looks.items()}
    motions = {
        index: _motion(performance, ASPECTS[index], skeleton, controls, width)
        for index, skeleton in skeletons.items()
    }

    # 2. The changes, moved to where the views agree, and the views drawn together there.
    torso = skeletons[FRONT].torso
    views = [ASPECTS[index] for index in looks if index != FRONT]
    seen = aspects_seen(performance, views, switch_price(motions, performance.times, torso))
    share = crossfade(seen, performance.times)
    motions = blend_motions(aligned_with_front(motions, seen), seen, performance.times)

    # 3. The puppets.
    puppets = {
        index: Puppet(look, skeletons[index], motions[index], script, carried)
        for index, look in looks.items()
    }
    for puppet in puppets.values():
        puppet.follow_framing_of(puppets[FRONT])
    return MultiViewPuppet(puppets, share)


def _motion(
    performance: Performance,
    aspect: Aspect,
    skeleton: Skeleton,
    controls: MotionControls,
    width: int | None,
) -> Motion:
    if aspect == "back":
        performance = with_sides_swapped(performance)
    elif aspect != "front":
        performance = without_face(performance)
    motion = retarget(
        performance,
        skeleton,
        orientation="video",
        turns_round=True,
        controls=controls,
        width=width,
    )
    if skeleton.near is None:
        return motion
    behind = np.zeros_like(motion.arms_behind)
    behind[:, int(skeleton.near == "left")] = True
    return replace(motion, arms_behind=behind)


class MultiViewPuppet:
    """Puppets before one background, of which each frame shows one or, for a moment, several."""

    def __init__(self, puppets: dict[int, Puppet], share: Float64) -> None:
        """puppets: by their index of `ASPECTS`. share: (T, 4) in 0..1, how much of each frame is
        each of them."""
        self._puppets = puppets
        self._share = share

    def __len__(self) -> int:
        return len(self._share)

    @property
    def camera_share(self) -> float | None:
        """The share of the clip's camera's way that the camera goes; None where it is left out."""
        return self._puppets[FRONT].camera_share

    def canvas(self, *, alone: bool = False) -> Canvas:
        """A canvas to draw on, one to a thread; all puppets stand before the same background."""
        return self._puppets[FRONT].canvas(alone=alone)

    def draw(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame: I420 planes (H * 3 / 2, W) uint8, BT.709 limited."""
        shown = self._shown(index)
        if len(shown) == 1:
            return shown[0][0].draw(canvas, index)
        mixed = np.zeros(1, np.float32)
        for puppet, share in shown:
            mixed = mixed + share * puppet.draw(canvas, index).astype(np.float32)
        return np.rint(mixed).astype(np.uint8)

    def draw_alone(self, canvas: Canvas, index: int) -> NDArray[np.uint8]:
        """Draw one frame without the background: (H, W, 4) uint8 sRGB, alpha not premultiplied."""
        shown = self._shown(index)
        if len(shown) == 1:
            return shown[0][0].draw_alone(canvas, index)
        # Colours count by their alpha, so they are mixed premultiplied.
        height, width = canvas.frame.shape
        mixed = np.zeros((height, width, 4), np.float32)
        for puppet, share in shown:
            frame = puppet.draw_alone(canvas, index).astype(np.float32)
            weight = share * frame[..., 3:]
            mixed[..., :3] += weight * frame[..., :3]
            mixed[..., 3:] += weight
        mixed[..., :3] /= np.maximum(mixed[..., 3:], np.float32(1e-6))
        return np.rint(mixed).astype(np.uint8)

    def _shown(self, index: int) -> list[tuple[Puppet, np.float32]]:
        """The puppets that a frame shows, each with its share of it."""
        shares = self._share[index]
        return [
            (self._puppets[int(aspect)], np.float32(shares[aspect]))
            for aspect in np.flatnonzero(shares)
        ]
