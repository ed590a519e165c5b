"""View blending: one view of a character dissolves into another when the two agree best, with
trunk, hands and feet in the same places.

Two pictures never agree in their proportions, and a foot that is seen twice is what an eye catches
first. Dissolving between pictures that were first warped towards each other is the classical morph
(Beier and Neely, "Feature-based image metamorphosis", SIGGRAPH 1992); here the limbs are what is
warped.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.retarget.facing import ASPECTS, BACK, FRONT
from understudy.engines.puppet.retarget.limbs import LimbPose, move_end
from understudy.engines.puppet.retarget.retarget import FOLLOWERS
from understudy.geometry.filters import gaussian, median_seconds
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, LEGS, Bone, Limb
from understudy.geometry.transforms import wrap_angle

Float64 = NDArray[np.float64]

_TRUNK = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP]
_EARS = [Body.LEFT_EAR, Body.RIGHT_EAR]


@dataclass(frozen=True, slots=True)
class BlendingNumbers:
    """When views change, and how far they meet. Chosen by eye.

    apart: torsos; a change costs twice the usual price where hands and feet lie on average this
        much farther apart than at the best moment within `moment` seconds.
    way: seconds before and after a change in which the views approach each other.
    stretch, turn: by what factor and by how many radians a limb gives way for it at most.
    least_share: a view with less of a frame than this does not draw the others to it.
    """

    apart: float = 0.3
    moment: float = 0.2
    way: float = 0.14
    stretch: float = 1.3
    turn: float = 0.7
    least_share: float = 0.01


NUMBERS = BlendingNumbers()


def switch_price(motions: Mapping[int, Motion], times: Float64, torso: float) -> Float64:
    """How many times the usual price a change from one view to another costs: (T, 4, 4).

    Never less than once: it says when views change, not whether. motions: by their index of
    `ASPECTS`. torso: pixels.
    """
    window = 2 * round(NUMBERS.moment / median_seconds(times)) + 1
    price = np.ones((len(next(iter(motions.values()))), len(ASPECTS), len(ASPECTS)))
    places = {index: _ends(motion, index) for index, motion in motions.items()}
    middles = {index: _middle(motion)[:, None] for index, motion in motions.items()}
    for a, b in itertools.permutations(motions, 2):
        offset = (places[a] - middles[a]) - (places[b] - middles[b])
        apart = np.sqrt((offset**2).sum(axis=-1)).mean(axis=1)
        best = minimum_filter1d(apart, window, mode="nearest")
        price[:, a, b] = 1.0 + (apart - best) / (NUMBERS.apart * torso)
    return price


def aligned_with_front(motions: Mapping[int, Motion], seen: NDArray[np.int64]) -> dict[int, Motion]:
    """The motions, moved so that at every change of view each stands where the front does; between
    two changes what it is moved by goes over from the one to the other.

    seen: (T,) indices of `ASPECTS`. Figures whose legs move stay on their ground.
    """
    front = _middle(motions[FRONT])
    frames = np.arange(len(seen))
    placed = {}
    for index, motion in motions.items():
        changes = np.flatnonzero(np.diff((seen == index).astype(np.int8)))
        if index == FRONT or not len(changes):
            placed[index] = motion
            continue
        apart = front - _middle(motion)
        at = np.stack([(apart[k] + apart[k + 1]) / 2 for k in changes])
        shift = np.stack([np.interp(frames, changes + 0.5, at[:, axis]) for axis in (0, 1)], axis=1)
        if motion.legs_move:
            shift[:, 1] = 0.0
        placed[index] = _moved(motion, shift)
    return placed


def blend_motions(
    motions: Mapping[int, Motion], seen: NDArray[np.int64], times: Float64
) -> dict[int, Motion]:
    """The motions, drawn to each other round every change of view: trunk, head, hands and feet lie
    in between, and come from the one's place to the other's."""
    width = NUMBERS.way / 2 / median_seconds(times)
    share = gaussian((seen[:, None] == np.arange(len(ASPECTS))).astype(np.float64), width)
    share = np.where(share < NUMBERS.least_share, 0.0, share)
    share = share / share.sum(axis=1, keepdims=True)

    def between(places: Mapping[int, Float64]) -> Float64:
        total = np.zeros_like(places[FRONT])
        for index, place in places.items():
            total += share[:, index].reshape(-1, *(1,) * (place.ndim - 1)) * place
        return total

    ends = between({index: _ends(motion, index) for index, motion in motions.items()})
    middle = between({index: _middle(motion) for index, motion in motions.items()})
    moved = {index: _moved(motion, middle - _middle(motion)) for index, motion in motions.items()}
    head = between({index: _head(motion) for index, motion in moved.items()})
    return {
        index: _blended(motion, index, ends, head, share[:, index] > 0)
        for index, motion in moved.items()
    }


def _blended(
    motion: Motion, index: int, ends: Float64, head: Float64, where: NDArray[np.bool_]
) -> Motion:
    """A motion with its wrists and ankles at `ends` (T, 4, 2) and its head at `head` (T, 2), as far
    as its limbs may stretch, in the frames `where` (T,) a change is near."""
    bones, joints = motion.bones.astype(np.float64), motion.joints.astype(np.float64)
    nod = np.where(where[:, None], head - _head(motion), 0.0)
    bones[:, Bone.HEAD, :, 2] += nod
    joints[:, _EARS] += nod[:, None]
    for place, limb in zip(np.moveaxis(ends, 1, 0), _limbs(index), strict=True):
        before = joints[:, list(limb.joints)]
        pose = LimbPose(before, {bone: bones[:, bone] for bone in limb.all_bones})
        target = np.where(where[:, None], _within_stretch(before, place), before[:, 2])
        after = move_end(pose, limb, target)
        for bone, maps in after.maps.items():
            bones[:, bone] = maps
        joints[:, list(limb.joints)] = after.joints
        for joint in FOLLOWERS.get(limb.bones[2], ()):
            joints[:, joint] += target - before[:, 2]
    return replace(motion, bones=bones.astype(np.float32), joints=joints.astype(np.float32))


def _within_stretch(joints: Float64, target: Float64) -> Float64:
    """A place (T, 2) for a limb's third joint, within the limb's reach. joints: (T, 4, 2)."""
    root = joints[:, 0]
    before, after = joints[:, 2] - root, target - root
    length = np.hypot(*before.T) + 1e-6
    stretch, most = NUMBERS.stretch, NUMBERS.turn
    long = np.clip(np.hypot(*after.T), length / stretch, length * stretch)
    angle = np.arctan2(before[:, 1], before[:, 0])
    turn = np.clip(wrap_angle(np.arctan2(after[:, 1], after[:, 0]) - angle), -most, most)
    way = np.stack([np.cos(angle + turn), np.sin(angle + turn)], axis=1)
    return np.asarray(root + long[:, None] * way)


def _limbs(index: int) -> tuple[Limb, ...]:
    """The driver's left and right arm and leg, as the view of this index has them."""
    if index == BACK:
        return (*ARMS[::-1], *LEGS[::-1])
    return (*ARMS, *LEGS)


def _ends(motion: Motion, index: int) -> Float64:
    """The driver's wrists and ankles, (T, 4, 2) canvas pixels."""
    return motion.joints[:, [limb.joints[2] for limb in _limbs(index)]].astype(np.float64)


def _middle(motion: Motion) -> Float64:
    """The middle of the trunk, (T, 2) canvas pixels."""
    return np.asarray(motion.joints[:, _TRUNK].astype(np.float64).mean(axis=1))


def _head(motion: Motion) -> Float64:
    return np.asarray(motion.joints[:, _EARS].astype(np.float64).mean(axis=1))


def _moved(motion: Motion, shift: Float64) -> Motion:
    """A motion as a whole moved by `shift` (T, 2)."""
    by = shift.astype(np.float32)
    bones = motion.bones.copy()
    bones[..., 2] += by[:, None]
    return replace(motion, bones=bones, joints=motion.joints + by[:, None], root=motion.root + by)
