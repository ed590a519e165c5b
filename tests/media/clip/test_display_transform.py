"""Display matrices."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.media.clip.display_transform import DisplayTransform, transform_of_matrix


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    values = (a, b, 0, c, d, 0, 0, 0, 16384)
    return struct.pack("=9i", *(round(v * 65536) for v in values))


@given(st.sampled_from([0, 90, 180, 270]), st.booleans(), st.floats(-30, 30))
def test_angles_are_taken_to_the_nearest_quarter(
    degrees: int, mirrored: bool, error: float
) -> None:
    angle = math.radians(degrees + error)
    flip = -1 if mirrored else 1
    transform = transform_of_matrix(
        matrix(flip * math.cos(angle), flip * math.sin(angle), -math.sin(angle), math.cos(angle))
    )
    flips = transform.transposed + transform.mirrored_x + transform.mirrored_y
    assert flips % 2 == mirrored
    if not mirrored:
        assert transform.degrees == degrees


@given(st.booleans(), st.booleans(), st.booleans())
def test_pixels_go_where_the_matrix_sends_them(
    transposed: bool, mirrored_x: bool, mirrored_y: bool
) -> None:
    x, y = (-1 if mirrored_x else 1), (-1 if mirrored_y else 1)
    transform = transform_of_matrix(matrix(0, y, x, 0) if transposed else matrix(x, 0, 0, y))
    assert transform == DisplayTransform(transposed, mirrored_x, mirrored_y)
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    turned = transform.apply(pixels)
    assert turned.shape[1::-1] == transform.size(4, 3)
    assert turned.flags.c_contiguous
    height, width = turned.shape[:2]
    for row, column in np.ndindex(3, 4):
        to_x, to_y = (row, column) if transposed else (column, row)
        to_x, to_y = (
            width - 1 - to_x if mirrored_x else to_x,
            height - 1 - to_y if mirrored_y else to_y,
        )
        assert turned[to_y, to_x] == pixels[row, column]


@pytest.mark.parametrize("data", [None, b"", bytes(20)])
def test_no_matrix_is_no_turn(data: bytes | None) -> None:
    assert transform_of_matrix(data) == DisplayTransform()
