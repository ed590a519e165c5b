"""The rasteriser against a naive one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from understudy.engines.puppet.render.colour import pack_texture
from understudy.engines.puppet.render.rasterizer import (
    draw,
    painters_order,
    shade,
    to_planes,
    to_rgba,
)

Array = NDArray[np.float64]


def unpack(frame: NDArray[np.uint32]) -> Array:
    return np.stack([frame & 255, (frame >> 8) & 255, (frame >> 16) & 255], axis=-1).astype(float)


def lanes(texture: NDArray[np.uint64]) -> Array:
    return np.stack([(texture >> np.uint64(s)) & np.uint64(255) for s in (0, 16, 32, 48)], -1) * 1.0


def naive(
    vertices: Array, uv: Array, triangles: NDArray[np.int32], texture: Array, frame: Array
) -> Array:
    """Pixel by pixel, in floating point: barycentric coordinates, bilinear sample, blend."""
    out = frame.copy()
    height, width = out.shape[:2]
    for a, b, c in triangles:
        corners = np.column_stack([vertices[[a, b, c]], np.ones(3)]).T
        if abs(np.linalg.det(corners)) < 1e-6:
            continue
        inverse = np.linalg.inv(corners)
        for y in range(height):
            for x in range(width):
                weight = inverse @ (x, y, 1.0)
                if weight.min() < 1e-9:
                    continue
                u, v = weight @ uv[[a, b, c]]
                u, v = (
                    np.clip(p, 0, n - 1.001)
                    for p, n in ((u, texture.shape[1]), (v, texture.shape[0]))
                )
                i, j = int(v), int(u)
                fv, fu = v - i, u - j
                sample = (
                    texture[i, j] * (1 - fu) * (1 - fv)
                    + texture[i, j + 1] * fu * (1 - fv)
                    + texture[i + 1, j] * (1 - fu) * fv
                    + texture[i + 1, j + 1] * fu * fv
                )
                out[y, x] = sample[:3] + out[y, x] * (1 - sample[3] / 255)
    return out


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_textured_mesh_is_drawn_as_a_naive_rasteriser_draws_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rgba = rng.random((9, 12, 4)).astype(np.float32)
    rgba[..., :3] *= rgba[..., 3:]
    texture = pack_texture(rgba)
    grid = np.stack(np.meshgrid([0.0, 5.5, 11.0], [0.0, 4.0, 8.0]), -1).reshape(-1, 2)
    posed = grid * rng.uniform(0.8, 2.0) + rng.normal(0, 0.8, grid.shape) + rng.uniform(-3, 6, 2)
    quads = [(0, 1, 4, 3), (1, 2, 5, 4), (3, 4, 7, 6), (4, 5, 8, 7)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.int32)
    frame = rng.integers(16, 235, (20, 24, 3)).astype(np.uint32)
    words = frame[..., 0] | (frame[..., 1] << 8) | (frame[..., 2] << 16)
    wanted = naive(posed, grid, triangles, lanes(texture), unpack(words))
    draw(posed, grid, triangles, np.arange(8, dtype=np.int32), texture, words, 0, 20)
    difference = np.abs(unpack(words) - wanted)
    # Pixels on an edge may fall to either side of it; all others agree to rounding.
    assert np.median(difference) <= 1.0
    assert (difference.max(axis=-1) > 4.0).mean() < 0.03


def test_neighbours_leave_no_gap_and_do_not_overlap() -> None:
    rng = np.random.default_rng(1)
    half = np.zeros((4, 4, 4), np.float32)
    half[..., 3] = 0.5
    texture = pack_texture(half)
    grid = np.stack(np.meshgrid(np.arange(7.0), np.arange(7.0)), -1).reshape(-1, 2)
    posed = grid * 9.0 - 5.0
    inner = (grid > 0).all(axis=1) & (grid < 6).all(axis=1)
    posed[inner] += rng.normal(0, 1.5, (int(inner.sum()), 2))
    index = np.arange(49).reshape(7, 7)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    triangles = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    ).astype(np.int32)
    frame = np.full((40, 40), 200, np.uint32)
    draw(posed, np.ones((49, 2)), triangles, np.arange(72, dtype=np.int32), texture, frame, 0, 40)
    # Drawn twice, a pixel of a half transparent texture would be darker; not at all, brighter.
    assert len(np.unique(frame & 255)) == 1


def test_an_unmoved_texture_is_copied_to_the_last_bit() -> None:
    rng = np.random.default_rng(2)
    rgba = rng.random((16, 16, 4)).astype(np.float32)
    rgba[..., 3] = 1.0
    texture = pack_texture(rgba)
    corners = np.array([[0.0, 0.0], [15.0, 0.0], [15.0, 15.0], [0.0, 15.0]])
    frame = np.zeros((16, 16), np.uint32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    draw(corners, corners, triangles, np.arange(2, dtype=np.int32), texture, frame, 0, 16)
    np.testing.assert_array_equal(unpack(frame)[:15, :15], lanes(texture)[:15, :15, :3])


def test_only_the_rows_asked_for_are_drawn() -> None:
    texture = pack_texture(np.ones((4, 4, 4), np.float32))
    corners = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])
    frame = np.zeros((10, 10), np.uint32)
    order = np.arange(2, dtype=np.int32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    draw(corners, np.ones((4, 2)), triangles, order, texture, frame, 3, 6)
    assert set(np.flatnonzero(frame.any(axis=1))) == {3, 4, 5}


def test_far_triangles_come_first_and_equals_keep_their_order() -> None:
    depth = np.array([10, 10, 10, 200, 200, 200], np.int32)
    triangles = np.array([[0, 1, 2], [3, 4, 5], [2, 1, 0], [5, 4, 3]], np.int32)
    order = np.empty(4, np.int32)
    painters_order(depth, triangles, order)
    assert order.tolist() == [1, 3, 0, 2]


def test_a_shadow_moves_colours_towards_black_and_fades_to_its_rim() -> None:
    frame = np.full((40, 80), 200 | (90 << 8) | (160 << 16), np.uint32)
    spots = np.array([[20.0, 20.0, 9.0, 6.0, 0.5], [60.0, 20.0, 9.0, 6.0, 1.0]])
    shade(frame, spots, 0, 0, 80, 40)
    colours = unpack(frame)
    assert colours[20, 20] == pytest.approx([108, 109, 144], abs=1)
    assert colours[20, 60] == pytest.approx([16, 128, 128], abs=1)
    assert colours[0, 0].tolist() == [200, 90, 160]
    assert (np.diff(colours[20, 20:40, 0]) >= 0).all()


def test_planes_hold_luma_as_it_is_and_the_mean_of_four_chroma() -> None:
    rng = np.random.default_rng(4)
    channels = rng.integers(16, 240, (6, 8, 3)).astype(np.uint32)
    frame = channels[..., 0] | (channels[..., 1] << 8) | (channels[..., 2] << 16)
    planes = np.zeros((9, 8), np.uint8)
    to_planes(frame, planes, 0, 0, 8, 6)
    np.testing.assert_array_equal(planes[:6], channels[..., 0])
    chroma = planes.reshape(-1)[48:].reshape(2, 3, 4)
    mean = channels[..., 1:].reshape(3, 2, 4, 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(chroma, np.moveaxis(mean, -1, 0), atol=0.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_no_sample_lies_outside_of_the_texture(seed: int) -> None:
    # The interpreted kernel refuses what the compiled one would read beside the texture.
    rng = np.random.default_rng(seed)
    texture = np.full((rng.integers(2, 6), rng.integers(2, 6)), 0x00FF008000800080, np.uint64)
    far = np.array(texture.shape[::-1]) - 1.0
    vertices = rng.uniform(-4, 28, (3, 2))
    uv = (rng.choice([0.0, 0.3, 0.7, 1.0], (3, 2)) + rng.normal(0, 0.01, (3, 2))) * far
    triangles, order = np.array([[0, 1, 2]], np.int32), np.array([0], np.int32)
    draw.py_func(vertices, uv, triangles, order, texture, np.zeros((24, 24), np.uint32), 0, 24)


def test_a_shadow_on_nothing_is_black_of_its_darkness() -> None:
    frame, rgba = np.zeros((40, 40), np.uint32), np.zeros((40, 40, 4), np.uint8)
    shade(frame, np.array([[20.0, 20.0, 8.0, 8.0, 0.5]]), 0, 0, 40, 40)
    to_rgba(frame, rgba, 0, 0, 40, 40)
    assert abs(int(rgba[20, 20, 3]) - 128) <= 2
    assert rgba[20, 20, :3].max() <= 2
    assert 0 < rgba[20, 28, 3] < rgba[20, 24, 3] < 128
    assert rgba[0, 0].max() == 0
