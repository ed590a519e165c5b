"""A triangle mesh over a layer: a regular grid that reaches just past the alpha's edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32

Float64 = NDArray[np.float64]
Triangles = NDArray[np.int32]

MARGIN = 2  # pixels around what is drawn that the mesh covers, so that the texture ends before it
EMPTY = 0.004  # alpha up to which a pixel counts as empty
RIM = 2  # pixels, empty, around a texture, which is sampled between pixels


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Vertices (V, 2) float64 in canvas pixels at rest, and triangles (N, 3) int32 of them."""

    vertices: Float64
    triangles: Triangles


def grid_mesh(alpha: Float32, step: int) -> Mesh:
    """Cover the pixels of `alpha` (H, W) that are not empty with cells of `step` pixels.

    A cell is kept when anything lies in it or within two pixels of it, so that the texture ends
    before the mesh does. Diagonals alternate, which keeps the bending free of a grain.
    """
    height, width = alpha.shape
    rows, columns = -(-height // step), -(-width // step)
    margin = MARGIN
    padded = np.zeros((rows * step + 2 * margin, columns * step + 2 * margin), np.bool_)
    padded[margin : margin + height, margin : margin + width] = alpha > EMPTY
    grown = np.zeros_like(padded)
    for dy in range(-margin, margin + 1):
        for dx in range(-margin, margin + 1):
            grown |= np.roll(padded, (dy, dx), axis=(0, 1))
    inner = grown[margin:-margin, margin:-margin]
    cells = inner.reshape(rows, step, columns, step).any(axis=(1, 3))
    at = np.argwhere(cells)
    used = np.zeros((rows + 1, columns + 1), np.bool_)
    for dy in (0, 1):
        for dx in (0, 1):
            used[at[:, 0] + dy, at[:, 1] + dx] = True
    index = np.full(used.shape, -1, np.int32)
    index[used] = np.arange(int(used.sum()), dtype=np.int32)
    y, x = at[:, 0], at[:, 1]
    corners = index[y, x], index[y, x + 1], index[y + 1, x], index[y + 1, x + 1]
    top_left, top_right, low_left, low_right = corners
    even = ((y + x) % 2 == 0)[:, None]
    first = np.where(
        even,
        np.stack([top_left, top_right, low_right], axis=1),
        np.stack([top_left, top_right, low_left], axis=1),
    )
    second = np.where(
        even,
        np.stack([top_left, low_right, low_left], axis=1),
        np.stack([top_right, low_right, low_left], axis=1),
    )
    return Mesh(
        vertices=np.argwhere(used)[:, ::-1].astype(np.float64) * step,
        triangles=np.stack([first, second], axis=1).reshape(-1, 3).astype(np.int32),
    )


def snapped(mesh: Mesh, field: Float64, gradient: Float64, reach: float) -> Mesh:
    """The mesh with the vertices next to the zero of a field moved onto it.

    field: (V,), gradient: (V, 2) per pixel. Vertices farther than `reach` pixels from the zero
    stay. A cut along the zero then runs smoothly and not in steps of the grid.
    """
    norm = (gradient**2).sum(axis=1) + 1e-9
    move = -(field / norm)[:, None] * gradient
    near = np.sqrt((move**2).sum(axis=1)) < reach
    return Mesh(mesh.vertices + np.where(near[:, None], move, 0.0), mesh.triangles)


def cut_along(
    vertices: Float64, triangles: Triangles, side: Float64
) -> tuple[Float64, NDArray[np.int64], NDArray[np.int64]]:
    """Triangles (N, 3) cut along the zero of a field on their vertices, side (V,).

    Returns the vertices, new ones behind those that were there; the pieces (M, 3); and of each
    piece whether the field is positive on it, 0 or 1.
    """
    positive = side > 0
    corners = positive[triangles]
    count = corners.sum(axis=1)
    whole = (count == 0) | (count == 3)
    mixed = triangles[~whole].astype(np.int64)
    # The corner that is alone on its side comes first; the order round the triangle stays.
    alone_is_positive = count[~whole] == 1
    first = np.argmax(positive[mixed] == alone_is_positive[:, None], axis=1)
    a, b, c = np.take_along_axis(mixed, (first[:, None] + np.arange(3)) % 3, axis=1).T
    # A point on an edge is the same one for both triangles beside it.
    ends = np.sort(np.stack([np.stack([a, b], 1), np.stack([a, c], 1)]).reshape(-1, 2), axis=1)
    edges, number = np.unique(ends, axis=0, return_inverse=True)
    low, high = edges.T
    share = side[low] / (side[low] - side[high])
    between = vertices[low] + share[:, None] * (vertices[high] - vertices[low])
    # A corner on the zero is where the edges beside it are cut.
    places = np.where(side[low] == 0, low, np.where(side[high] == 0, high, -1))
    places = np.where(places < 0, len(vertices) + np.arange(len(edges)), places)
    on_b, on_c = places[number.reshape(2, -1)].astype(np.int64)
    own = alone_is_positive.astype(np.int64)
    pieces = [
        triangles[whole].astype(np.int64),
        np.stack([a, on_b, on_c], axis=1),
        np.stack([on_b, b, c], axis=1),
        np.stack([on_b, c, on_c], axis=1),
    ]
    sides = [(count[whole] == 3).astype(np.int64), own, 1 - own, 1 - own]
    cut, where = np.concatenate(pieces), np.concatenate(sides)
    is_piece = (cut != np.roll(cut, 1, axis=1)).all(axis=1)
    return np.concatenate([vertices, between]), cut[is_piece], where[is_piece]


def cropped(rgba: Float32) -> tuple[Float32, Float64]:
    """The texture cut to what is drawn, with an empty rim, and its origin (x, y) in the layer."""
    rows = np.flatnonzero((rgba[..., 3] > 0).any(axis=1))
    columns = np.flatnonzero((rgba[..., 3] > 0).any(axis=0))
    if not len(rows):
        return np.zeros((2, 2, 4), np.float32), np.zeros(2)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    rim = RIM
    cut = np.zeros((bottom - top + 2 * rim, right - left + 2 * rim, 4), np.float32)
    cut[rim:-rim, rim:-rim] = rgba[top:bottom, left:right]
    return cut, np.array([left - rim, top - rim], np.float64)
