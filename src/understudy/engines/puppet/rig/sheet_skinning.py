"""Posing a mesh in one piece: every triangle wants to turn and stretch as its bones do.

The posed mesh is the one whose triangles come nearest to that, with the middles of the bones held
where they belong: Yu et al., "Mesh editing with Poisson-based gradient field manipulation" (ACM TOG
2004). That is linear in the bones' maps, so it is solved once for each of their numbers, and a
frame is a product of two matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, diags
from scipy.sparse.linalg import splu

from understudy.engines.puppet.rig.mesh import Mesh
from understudy.geometry.skeleton import Bone

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """reach: (V, 93), what each number of the 31 bones' maps adds to where a vertex is, bone by
    bone those that x, y and 1 are multiplied by. orders: from far to near, by whether the left leg
    is behind, and the left and the right arm. forearms: (N,) of each triangle whether it is of the
    left, and of the right, forearm or hand.
    """

    reach: Float64
    orders: dict[tuple[bool, bool, bool], NDArray[np.int32]]
    forearms: tuple[NDArray[np.bool_], NDArray[np.bool_]]

    def before_face(self, behind: NDArray[np.bool_]) -> NDArray[np.int32]:
        """The triangles that lie before the face: forearms and hands of arms (2,) not behind."""
        before = np.zeros(len(self.forearms[0]), np.bool_)
        for forearm, is_behind in zip(self.forearms, behind, strict=True):
            before |= forearm & ~is_behind
        order = self.orders[False, False, False]
        return np.ascontiguousarray(order[before[order]])

    def posed(self, maps: Float64) -> Float64:
        """Where the vertices are, (V, 2). maps: (31 or more, 2, 3)."""
        numbers = np.ascontiguousarray(maps[: len(Bone)].transpose(0, 2, 1).reshape(-1, 2))
        posed = np.empty((len(self.reach), 2))
        reach_out(self.reach, numbers, posed)
        return posed


@njit(cache=True, nogil=True)
def reach_out(reach, numbers, out):  # type: ignore[no-untyped-def]
    """Write the posed vertices.

    A product of two matrices, always added up in one order, whatever threads there are. reach:
    (V, n) float64. numbers: (n, 2) float64. out: (V, 2) float64, overwritten.
    """
    for i in range(reach.shape[0]):
        x = 0.0
        y = 0.0
        for k in range(reach.shape[1]):
            x += reach[i, k] * numbers[k, 0]
            y += reach[i, k] * numbers[k, 1]
        out[i, 0] = x
        out[i, 1] = y


@dataclass(frozen=True, slots=True, eq=False)
class Fabric:
    """What of a mesh its deformation is reckoned with.

    stiffness: (V, V) sparse, of linear elements. gradients: (N, 3, 2) of the function that is 1 at
    a corner and 0 at the others. areas: (N,) px².
    """

    stiffness: csc_matrix
    gradients: Float64
    areas: Float64


def fabric_of(mesh: Mesh) -> Fabric:
    """Measure a mesh at rest."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    double = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    opposite = np.stack([c - b, a - c, b - a], axis=1)
    gradients = np.stack([-opposite[..., 1], opposite[..., 0]], axis=-1) / double[:, None, None]
    areas = np.abs(double) / 2.0
    local = np.einsum("nik,njk,n->nij", gradients, gradients, areas)
    rows = np.repeat(mesh.triangles, 3, axis=1)
    columns = np.tile(mesh.triangles, (1, 3))
    count = len(mesh.vertices)
    matrix = coo_matrix(
        (local.ravel(), (rows.ravel(), columns.ravel())), shape=(count, count)
    ).tocsc()
    return Fabric(matrix, gradients, areas)


def reach_of(mesh: Mesh, fabric: Fabric, weights: Float64, hold: Float64) -> Float64:
    """What each number of the bones' maps adds to where a vertex is: (V, 93), as `Sheet` has it.

    weights: (V, 31), which bones a place follows. hold: (V,) how hard a vertex is held where these
    bones take it; 0 where it is free.
    """
    of_triangles = weights[mesh.triangles].mean(axis=1)
    wanted = np.zeros((len(mesh.vertices), len(Bone), 3))
    for corner in range(3):
        slope = fabric.areas[:, None] * fabric.gradients[:, corner]
        np.add.at(
            wanted[..., :2],
            mesh.triangles[:, corner],
            of_triangles[..., None] * slope[:, None],
        )
    pulled = hold[:, None] * weights
    wanted[..., :2] += pulled[..., None] * mesh.vertices[:, None]
    wanted[..., 2] += pulled
    solve = splu((fabric.stiffness + diags(hold)).tocsc())
    return np.ascontiguousarray(solve.solve(wanted.reshape(len(wanted), -1)))
