"""Cutting a mesh open between parts that merely touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from understudy.engines.puppet.rig.mesh import Mesh


@dataclass(frozen=True, slots=True, eq=False)
class SharedEdges:
    """The edges between two triangles.

    triangles: (E, 2) of each. first, second: (E, 2) which corners of either triangle, 0 to 2, are
    the edge's two ends, in the same order. middles: (E, 2) canvas pixels.
    """

    triangles: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    middles: NDArray[np.float64]


def shared_edges(mesh: Mesh) -> SharedEdges:
    """The edges that two triangles share, always in the same order."""
    corners = np.array([[0, 1], [1, 2], [2, 0]])
    ends = mesh.triangles[:, corners].reshape(-1, 2).astype(np.int64)
    triangle = np.repeat(np.arange(len(mesh.triangles)), 3)
    corner = np.tile(corners, (len(mesh.triangles), 1))
    swapped = ends[:, 0] > ends[:, 1]
    ends[swapped], corner[swapped] = ends[swapped, ::-1], corner[swapped, ::-1]
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, triangle, corner = ends[order], triangle[order], corner[order]
    at = np.flatnonzero((ends[1:] == ends[:-1]).all(axis=1))
    return SharedEdges(
        np.stack([triangle[at], triangle[at + 1]], axis=1),
        corner[at],
        corner[at + 1],
        mesh.vertices[ends[at]].mean(axis=1),
    )


def cut_open(mesh: Mesh, is_open: NDArray[np.bool_]) -> Mesh:
    """The mesh with its shared edges (E,), in the order of `shared_edges`, taken apart where they
    are open: each side has vertices of its own there."""
    edges, kept = shared_edges(mesh), ~is_open
    nodes = 3 * len(mesh.triangles)
    here = 3 * edges.triangles[kept, 0, None] + edges.first[kept]
    there = 3 * edges.triangles[kept, 1, None] + edges.second[kept]
    links = coo_matrix(
        (np.ones(here.size, np.int8), (here.ravel(), there.ravel())), shape=(nodes, nodes)
    )
    count, vertex = connected_components(links, directed=False)
    places = np.empty((count, 2))
    places[vertex] = mesh.vertices[mesh.triangles.ravel()]
    return Mesh(places, vertex.reshape(-1, 3).astype(np.int32))
