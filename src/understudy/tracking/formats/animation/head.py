"""The head as a rigid body: where eyes, nose, mouth and ears lie about its joint."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import head_frame
from understudy.geometry.filters import gaussian, interpolate_gaps, median_seconds
from understudy.geometry.landmarks import Body, Float32
from understudy.tracking.formats.animation.hierarchy import TO_ANIMATION, Vector
from understudy.tracking.formats.animation.rotations import best_rotations, between
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

BLEND_SECONDS = 0.1
"""Over which one way of telling the head's turn goes over into the other (sigma)."""
FACING = np.outer(TO_ANIMATION, TO_ANIMATION)
"""Signs that take axes to the image's right, down, away to those to the left, up, ahead."""

# Metres from the middle of the ears, of a level head, as the tracker places them in space: its eyes
# lie closer together than a person's.
_EYE, _EAR, _MOUTH = (0.016, 0.012, 0.104), (0.074, 0.0, 0.0), (0.021, -0.051, 0.082)
HEAD: MappingProxyType[Body, Vector] = MappingProxyType(
    {
        Body.NOSE: (0.0, -0.025, 0.121),
        **{
            Body[f"{side}_{name}"]: (sign * place[0], place[1], place[2])
            for side, sign in (("LEFT", 1), ("RIGHT", -1))
            for name, place in (
                ("EYE_INNER", _EYE),
                ("EYE", _EYE),
                ("EYE_OUTER", _EYE),
                ("EAR", _EAR),
            )
        },
        Body.MOUTH_LEFT: _MOUTH,
        Body.MOUTH_RIGHT: (-_MOUTH[0], _MOUTH[1], _MOUTH[2]),
    }
)
"""Place of each landmark of the head: to the driver's left, up and ahead of the ears' middle."""


def with_head_of_face(performance: Performance) -> Performance:
    """The performance with a head in `world` that turns as the face mesh does, where it is seen.

    The mesh tells a head's turn far better than the few landmarks of the body do. Their middle
    between the ears stays; where the mesh comes and goes, the one turn goes over into the other.
    """
    seen = np.asarray(np.isfinite(performance.face).all(axis=(1, 2)))
    world = performance.world.astype(np.float64)
    known = np.asarray(np.isfinite(world).all(axis=(1, 2)))
    if not (seen & known).any():
        return performance
    frames = FACING * head_frame(interpolate_gaps(performance.face.astype(np.float64), seen))
    points = interpolate_gaps(world, known) * TO_ANIMATION
    seconds = median_seconds(performance.times)
    share = gaussian(seen.astype(np.float64), BLEND_SECONDS / seconds)
    turned = between(head_rotations(points), frames, share)
    ears = points[:, [Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=1)
    head = ears[:, None] + np.array(list(HEAD.values())) @ turned.swapaxes(-1, -2)
    world[:, list(HEAD)] = np.where(known[:, None, None], head * TO_ANIMATION, np.nan)
    turned_world: Float32 = world.astype(np.float32)
    return replace(performance, world=turned_world)


def head_rotations(points: Float64) -> Float64:
    """The head's rotations (T, 3, 3) of landmarks (T, 33, 3)."""
    return best_rotations(np.array(list(HEAD.values())), points[:, list(HEAD)])
