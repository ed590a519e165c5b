"""A face that does not move but with its head: it tells where a head without a face mesh turns.

`still_face.npy` holds the 468 points of the mesh as the tracker finds them on the drawn dancer in
`examples/dance.mp4`, the median of the frames in which she faces the camera with her mouth closed:
from the tip of the nose, in widths of the face, to the image's right, down and away.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

FACE_WIDTH = 0.14
"""Metres between the cheeks of a usual face."""
TURNED_AWAY = 0.15
"""A face is seen while the cosine of its turn from the camera is greater."""


def still_face(nose: Float64, head: Float64) -> Float64:
    """The face's points (T, 468, 3) in metres, y up, z towards the camera; NaN where turned away.

    nose: (T, 3), its tip. head: (T, 3, 3), to the figure's left, up, ahead.
    """
    points = nose[:, None] + _shape() @ head.swapaxes(-1, -2)
    seen = head[:, 2, 2] > TURNED_AWAY
    return np.where(seen[:, None, None], points, np.nan)


@lru_cache(1)
def _shape() -> Float64:
    """The points (468, 3) from the tip of the nose in metres: to the figure's left, up, ahead."""
    with resources.files(__package__).joinpath("still_face.npy").open("rb") as file:
        shape = np.load(file, allow_pickle=False).astype(np.float64)
    return np.asarray(FACE_WIDTH * shape * (1, -1, -1))
