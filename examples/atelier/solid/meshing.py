"""From fields to triangle meshes: surface nets (Gibson 1998) on a sparsely evaluated grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Float32, Int32
from .fields import Field

_BLOCK = 8


@dataclass(slots=True, eq=False)
class Mesh:
    """Triangles with what the painter needs to know at every vertex.

    vertices: (V, 3) float32 metres in the rest pose. faces: (F, 3) int32, counter-clockwise from
    outside. material: (V,) int32, index into the painter's materials. coords: (V, 3) float32,
    where the material's pattern is looked up (the rest position unless the maker says otherwise).
    weights: (V, K) float32 and bones: (V, K) int32, the skin; empty until bound.
    occlusion: (V,) float32, 1 = open. tint: (V, 3) float32, multiplies the material's colour.
    """

    vertices: Float32
    faces: Int32
    material: Int32
    coords: Float32
    bones: Int32 = field(default_factory=lambda: np.zeros((0, 4), np.int32))
    weights: Float32 = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    occlusion: Float32 = field(default_factory=lambda: np.zeros(0, np.float32))
    tint: Float32 = field(default_factory=lambda: np.zeros((0, 3), np.float32))

    def __post_init__(self) -> None:
        if not len(self.occlusion):
            self.occlusion = np.ones(len(self.vertices), np.float32)
        if not len(self.tint):
            self.tint = np.ones((len(self.vertices), 3), np.float32)


def join(meshes: Sequence[Mesh]) -> Mesh:
    offsets = np.cumsum([0] + [len(m.vertices) for m in meshes])
    return Mesh(
        vertices=np.concatenate([m.vertices for m in meshes]),
        faces=np.concatenate([m.faces + o for m, o in zip(meshes, offsets, strict=False)]).astype(
            np.int32
        ),
        material=np.concatenate([m.material for m in meshes]),
        coords=np.concatenate([m.coords for m in meshes]),
        bones=np.concatenate([m.bones for m in meshes]),
        weights=np.concatenate([m.weights for m in meshes]),
        occlusion=np.concatenate([m.occlusion for m in meshes]),
        tint=np.concatenate([m.tint for m in meshes]),
    )


def _sample(shape: Field, low: Float32, step: float, counts: tuple[int, int, int]) -> Float32:
    """Distances on a grid; only blocks that the surface may cross are evaluated finely."""
    blocks = [int(np.ceil(n / _BLOCK)) for n in counts]
    centers = (
        np.stack(
            np.meshgrid(*[(np.arange(b) + 0.5) * _BLOCK * step for b in blocks], indexing="ij")
        )
        .reshape(3, -1)
        .astype(np.float32)
        + low[:, None]
    )
    rough = shape(centers)
    grid = np.repeat(
        np.repeat(np.repeat(rough.reshape(blocks), _BLOCK, 0), _BLOCK, 1), _BLOCK, 2
    ).astype(np.float32)
    near = np.flatnonzero(np.abs(rough) < _BLOCK * step * 1.9)
    local = np.stack(np.meshgrid(*[np.arange(_BLOCK)] * 3, indexing="ij")).reshape(3, -1)
    for chunk in np.array_split(near, max(1, len(near) // 800)):
        corner = np.stack(np.unravel_index(chunk, blocks)) * _BLOCK
        index = (corner[:, :, None] + local[:, None, :]).reshape(3, -1)
        points = index.astype(np.float32) * np.float32(step) + low[:, None]
        grid[index[0], index[1], index[2]] = shape(points)
    return grid[: counts[0], : counts[1], : counts[2]]


def gradient(shape: Field, points: Float32, step: float = 4e-4) -> Float32:
    """(N, 3) gradients of the field at (N, 3) points, by the tetrahedron's four samples."""
    p = np.ascontiguousarray(points.T)
    g = np.zeros_like(p)
    for corner in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        k = np.array(corner, np.float32)[:, None]
        g += k * shape(p + k * np.float32(step))
    return np.ascontiguousarray(g.T) / np.float32(4 * step)


def polygonise(
    shape: Field, low: ArrayLike, high: ArrayLike, step: float, material: int = 0
) -> Mesh:
    """The surface of `shape` inside the box, as triangles of edges of about `step` metres."""
    lo = np.asarray(low, np.float32)
    span = (np.asarray(high, np.float32) - lo) / step
    nx, ny, nz = (int(np.ceil(s)) + 1 for s in span)
    grid = _sample(shape, lo, step, (nx, ny, nz))
    inside = grid < 0

    crossing_sum = np.zeros((nx - 1, ny - 1, nz - 1, 3), np.float32)
    crossing_count = np.zeros((nx - 1, ny - 1, nz - 1), np.float32)
    for axis in range(3):
        a = np.moveaxis(grid, axis, 0)
        change = (a[:-1] < 0) != (a[1:] < 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(change, a[:-1] / (a[:-1] - a[1:]), 0).astype(np.float32)
        change, t = np.moveaxis(change, 0, axis), np.moveaxis(t, 0, axis)
        others = [i for i in range(3) if i != axis]
        for du in (0, 1):
            for dv in (0, 1):
                cut = [slice(None)] * 3
                cut[others[0]] = slice(du, change.shape[others[0]] - 1 + du)
                cut[others[1]] = slice(dv, change.shape[others[1]] - 1 + dv)
                c, tt = change[tuple(cut)], t[tuple(cut)]
                crossing_count += c
                crossing_sum[..., axis] += tt * c
                crossing_sum[..., others[0]] += du * c
                crossing_sum[..., others[1]] += dv * c
    cells = np.argwhere(crossing_count > 0)
    number = np.full(crossing_count.shape, -1, np.int32)
    number[tuple(cells.T)] = np.arange(len(cells), dtype=np.int32)
    count = crossing_count[tuple(cells.T)][:, None]
    vertices = (cells + crossing_sum[tuple(cells.T)] / count).astype(np.float32) * step + lo

    quads = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        side = np.moveaxis(inside, (axis, u, v), (0, 1, 2))
        n = np.moveaxis(number, (axis, u, v), (0, 1, 2))
        change = side[:-1, 1:-1, 1:-1] != side[1:, 1:-1, 1:-1]
        i, j, k = np.nonzero(change)
        corners = np.stack([n[i, j, k], n[i, j + 1, k], n[i, j + 1, k + 1], n[i, j, k + 1]], 1)
        outward = side[i, j + 1, k + 1]
        corners[~outward] = corners[~outward][:, ::-1]
        quads.append(corners)
    quad = np.concatenate(quads)
    faces = np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]).astype(np.int32)

    for _ in range(2):
        g = gradient(shape, vertices)
        d = shape(np.ascontiguousarray(vertices.T))
        move = d / np.maximum((g * g).sum(1), 0.25)
        vertices -= g * np.clip(move, -step, step)[:, None]
    mesh = Mesh(vertices, faces, np.full(len(vertices), material, np.int32), vertices.copy())
    mesh.occlusion = occlusion(shape, vertices)
    return mesh


def occlusion(shape: Field, vertices: Float32, reach: float = 0.04) -> Float32:
    """(V,) how open the surface is, from distances along the normal (Evans 2006)."""
    normal = gradient(shape, vertices)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
    closed = np.zeros(len(vertices), np.float32)
    for share, weight in ((0.12, 0.4), (0.3, 0.3), (0.6, 0.2), (1.0, 0.1)):
        distance = reach * share
        d = shape(np.ascontiguousarray((vertices + normal * np.float32(distance)).T))
        closed += np.float32(weight) * np.clip(1 - d / np.float32(distance), 0, 1)
    return (1 - 0.85 * closed).astype(np.float32)
