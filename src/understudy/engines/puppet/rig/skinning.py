"""Linear blend skinning: every vertex follows a weighted mean of its bones.

Magnenat-Thalmann et al., "Joint-dependent local deformations for hand animation and object
grasping" (1988). The half-way bones at the joints keep it from collapsing there.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

BONES_A_VERTEX = 6
LEAST_WEIGHT = 1e-3  # below it a bone is left out of a vertex


def strongest(weights: Float64) -> tuple[NDArray[np.int32], Float64]:
    """The six strongest bones of each vertex, (V, 6) indices and weights that sum to 1.

    weights: (V, B) >= 0.
    """
    bones = np.argsort(-weights, axis=1, kind="stable")[:, :BONES_A_VERTEX]
    kept = np.take_along_axis(weights, bones, axis=1)
    kept = np.where(kept < LEAST_WEIGHT, 0.0, kept)
    kept = kept / (kept.sum(axis=1, keepdims=True) + 1e-12)
    return np.ascontiguousarray(bones.astype(np.int32)), np.ascontiguousarray(kept)


@njit(cache=True, nogil=True)
def skin(vertices, bones, weights, maps, out):  # type: ignore[no-untyped-def]
    """Write the posed vertices.

    vertices: (V, 2) float64 at rest. bones: (V, 6) int32, weights: (V, 6) float64, strongest first.
    maps: (B, 2, 3) float64 affine maps of the frame. out: (V, 2) float64, overwritten.
    """
    for i in range(vertices.shape[0]):
        x = vertices[i, 0]
        y = vertices[i, 1]
        posed_x = 0.0
        posed_y = 0.0
        for k in range(bones.shape[1]):
            w = weights[i, k]
            if w == 0.0:
                break
            b = bones[i, k]
            posed_x += w * (maps[b, 0, 0] * x + maps[b, 0, 1] * y + maps[b, 0, 2])
            posed_y += w * (maps[b, 1, 0] * x + maps[b, 1, 1] * y + maps[b, 1, 2])
        out[i, 0] = posed_x
        out[i, 1] = posed_y
