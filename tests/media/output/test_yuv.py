"""Planes as frames."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame

from understudy.media.output.yuv import frame_of


@pytest.mark.parametrize("width", [64, 50, 720, 1082])
def test_a_frame_of_planes_has_all_their_values_whatever_its_rows_are_padded_to(width: int) -> None:
    planes = np.random.default_rng(width).integers(0, 255, (36, width), np.uint8)
    frame = frame_of(planes)
    assert (frame.width, frame.height, frame.format.name) == (width, 24, "yuv420p")
    again = VideoFrame.from_ndarray(planes, format="yuv420p")
    np.testing.assert_array_equal(frame.to_ndarray(), again.to_ndarray())


def test_a_frame_is_a_copy_of_its_planes() -> None:
    planes = np.full((36, 50), 7, np.uint8)
    frame = frame_of(planes)
    planes[:] = 0
    assert (np.asarray(frame.to_ndarray()) == 7).all()


def test_planes_that_are_a_part_of_others_are_read_right() -> None:
    whole = np.random.default_rng(1).integers(0, 255, (72, 100), np.uint8)
    part = whole[::2, 10:60]
    np.testing.assert_array_equal(frame_of(part).to_ndarray(), part)
