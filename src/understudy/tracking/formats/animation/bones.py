"""Bones that keep their length.

The tracker's places in space are the better the flatter a limb lies to the image: of one that
points at the camera it takes the depth, and so the length, too small. Here each bone gets back the
length that it has elsewhere in the clip, first by depth, whose direction the tracker does know,
then as a whole. Compare Taylor, "Reconstruction of articulated objects from point correspondences
in a single uncalibrated image" (2000), which has the depth from the lengths alone, but for its
sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body, Float32
from understudy.tracking.formats.animation.head import HEAD
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BoneNumbers:
    """How a length is judged and restored."""

    often: float = 60.0
    """Percentile of the lengths seen: too small ones are commoner than too large ones."""
    deepest: float = 2.0
    """Factor on the depth of a limb's bone, at most. Trunk and neck are hardly ever end on."""


NUMBERS = BoneNumbers()


@dataclass(frozen=True, slots=True)
class MovedBone:
    """A bone between two places, each the middle of some landmarks, and what its end moves.

    deepest: factor on its depth, at most.
    """

    start: tuple[Body, ...]
    end: tuple[Body, ...]
    moved: tuple[Body, ...]
    deepest: float


def _limb(side: str, start: str, end: str, *along: str) -> MovedBone:
    outer = Body[f"{side}_{end}"]
    moved = (outer, *(Body[f"{side}_{name}"] for name in along))
    return MovedBone((Body[f"{side}_{start}"],), (outer,), moved, NUMBERS.deepest)


_HAND, _FOOT = ("PINKY", "INDEX", "THUMB"), ("HEEL", "FOOT_INDEX")
_SHOULDERS = (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER)
_ABOVE_HIPS = tuple(landmark for landmark in Body if landmark < Body.LEFT_HIP)
_TRUNK = MovedBone((Body.LEFT_HIP, Body.RIGHT_HIP), _SHOULDERS, _ABOVE_HIPS, deepest=1.0)
_NECK = MovedBone(
    _SHOULDERS,
    (Body.LEFT_EAR, Body.RIGHT_EAR),
    tuple(HEAD),
    deepest=1.0,
)
# From the trunk outwards.
BONES = (
    _TRUNK,
    _NECK,
    *(
        bone
        for side in ("LEFT", "RIGHT")
        for bone in (
            _limb(side, "SHOULDER", "ELBOW", "WRIST", *_HAND),
            _limb(side, "ELBOW", "WRIST", *_HAND),
            *(_limb(side, "WRIST", end) for end in _HAND),
            _limb(side, "HIP", "KNEE", "ANKLE", *_FOOT),
            _limb(side, "KNEE", "ANKLE", *_FOOT),
            *(_limb(side, "ANKLE", end) for end in _FOOT),
        )
    ),
)


def with_steady_bones(performance: Performance) -> Performance:
    """The performance with bones of one length throughout, in `world`."""
    world = performance.world.astype(np.float64)
    for bone in BONES:
        way = world[:, bone.end].mean(axis=1) - world[:, bone.start].mean(axis=1)
        length = np.linalg.norm(way, axis=1)
        seen = np.isfinite(length)
        if seen.any():
            steady = float(np.percentile(length[seen], NUMBERS.often))
            world[:, bone.moved] += (_lengthened(way, steady, bone.deepest) - way)[:, None]
    steadied: Float32 = world.astype(np.float32)
    return replace(performance, world=steadied)


def _lengthened(bones: Float64, length: float, deepest: float) -> Float64:
    """Bones (T, 3) brought to a length by their depth, and what is left by all of them."""
    flat = np.linalg.norm(bones[:, :2], axis=1)
    depth = np.abs(bones[:, 2])
    wanted = np.sqrt(np.maximum(length**2 - flat**2, 0))
    factor = np.clip(wanted / np.maximum(depth, 1e-6), 1 / deepest, deepest)
    deeper = bones * np.stack([np.ones_like(factor), np.ones_like(factor), factor], axis=1)
    size = np.linalg.norm(deeper, axis=1, keepdims=True)
    return np.asarray(deeper * length / np.maximum(size, 1e-9))
