"""Meshes over layers, and cutting them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.mesh import Mesh, cut_along, grid_mesh


def _area(vertices: NDArray[Any], triangles: NDArray[Any]) -> NDArray[Any]:
    a, b, c = vertices[triangles].transpose(1, 0, 2)
    return np.asarray(((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2)


def test_pieces_fill_the_triangles_that_are_cut_and_lie_on_their_own_side() -> None:
    mesh: Mesh = grid_mesh(np.ones((40, 48), np.float32), 8)
    # Some corners lie on the line itself.
    side = mesh.vertices[:, 0] * 1.25 - mesh.vertices[:, 1] - 12.0
    assert (side == 0).any()
    points, pieces, sides = cut_along(mesh.vertices, mesh.triangles, side)
    np.testing.assert_array_equal(points[: len(mesh.vertices)], mesh.vertices)
    areas, before = _area(points, pieces), _area(mesh.vertices, mesh.triangles)
    assert np.isclose(np.abs(areas).sum(), np.abs(before).sum())
    there = points[:, 0] * 1.25 - points[:, 1] - 12.0
    assert (there[pieces[sides == 1]] >= -1e-9).all()
    assert (there[pieces[sides == 0]] <= 1e-9).all()
    # A cut edge has one point for both triangles beside it.
    used = points[np.unique(pieces)]
    assert len(np.unique(np.round(used, 6), axis=0)) == len(used)
    assert np.abs(areas).min() > 1e-6
