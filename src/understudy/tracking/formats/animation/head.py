"""The head as a rigid body: where eyes, nose, mouth and ears lie about its joint."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.tracking.formats.animation.hierarchy import Vector
from understudy.tracking.formats.animation.rotations import best_rotations

Float64 = NDArray[np.float64]

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


def head_rotations(points: Float64) -> Float64:
    """The head's rotations (T, 3, 3) of landmarks (T, 33, 3)."""
    return best_rotations(np.array(list(HEAD.values())), points[:, list(HEAD)])
