"""Compiling the kernels ahead of the first take: numba keeps them beside the package."""

from __future__ import annotations

import numpy as np

from understudy.engines.puppet.render.rasterizer import (
    bounds,
    draw,
    painters_order,
    shade,
    to_planes,
    to_rgba,
)
from understudy.engines.puppet.rig.sheet_skinning import reach_out
from understudy.engines.puppet.rig.skinning import BONES_A_VERTEX, skin


def warm_up() -> None:
    """Compile every kernel for the one signature that it is called with, or load it compiled."""
    vertices = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    bones = np.zeros((3, BONES_A_VERTEX), np.int32)
    weights = np.zeros((3, BONES_A_VERTEX))
    weights[:, 0] = 1.0
    maps = np.zeros((1, 2, 3))
    maps[0, 0, 0] = maps[0, 1, 1] = 1.0
    posed = np.empty_like(vertices)
    skin(vertices, bones, weights, maps, posed)
    reach_out(np.ones((3, 3)), np.ones((3, 2)), posed)
    triangles = np.array([[0, 1, 2]], np.int32)
    order = np.zeros(1, np.int32)
    painters_order(np.zeros(3, np.int32), triangles, order)
    frame = np.zeros((4, 4), np.uint32)
    draw(posed, vertices, triangles, order, np.zeros((6, 6), np.uint64), frame, 0, 4)
    shade(frame, np.array([[2.0, 2.0, 1.0, 1.0, 0.5]]), 0, 0, 4, 4)
    bounds(posed)
    to_planes(frame, np.zeros((6, 4), np.uint8), 0, 0, 4, 4)
    to_rgba(frame, np.zeros((4, 4, 4), np.uint8), 0, 0, 4, 4)
