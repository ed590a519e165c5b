"""The visible mark."""

from __future__ import annotations

import numpy as np
import pytest

from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter, split_planes

SIZES = [(720, 1056), (1080, 720), (1080, 2700), (64, 64)]


@pytest.mark.parametrize("size", SIZES)
def test_it_is_small_and_lies_in_the_lower_right(size: tuple[int, int]) -> None:
    mark = make_watermark(size)
    h, w = mark.keep.shape
    assert mark.x % 2 == mark.y % 2 == h % 2 == w % 2 == 0
    if min(size) >= 720:
        assert w * h < 0.03 * size[0] * size[1]
        assert mark.x + w <= size[0] - 8
        assert mark.y + h <= size[1] - 8
        assert mark.x > size[0] / 2
        assert mark.y > size[1] * 0.9


@pytest.mark.parametrize("shade", [0, 30, 128, 230, 255])
def test_letters_stand_off_from_any_background(shade: int) -> None:
    mark = make_watermark((720, 1056))
    converter = YuvConverter()
    planes = converter.planes(np.full((1056, 720, 3), shade, np.uint8))
    before = planes.copy()
    mark.stamp_yuv420(*split_planes(planes))
    h, w = mark.keep.shape
    part = converter.rgb(planes)[mark.y : mark.y + h, mark.x : mark.x + w, 1].astype(float)
    letters = part[mark.letters > 200].mean()
    panel = part[(mark.letters == 0) & (mark.keep < 170)].mean()
    assert (letters + 5) / (panel + 5) > 1.5
    for plane, unmarked, step in zip(
        split_planes(planes), split_planes(before), (1, 2, 2), strict=True
    ):
        outside = np.ones(plane.shape, bool)
        outside[mark.y // step : (mark.y + h) // step, mark.x // step : (mark.x + w) // step] = (
            False
        )
        assert (plane[outside] == unmarked[outside]).all()


def test_colours_fade_to_grey_under_the_mark() -> None:
    mark = make_watermark((360, 360))
    converter = YuvConverter()
    planes = converter.planes(np.full((360, 360, 3), (190, 80, 60), np.uint8))
    mark.stamp_yuv420(*split_planes(planes))
    h, w = mark.keep.shape
    part = converter.rgb(planes)[mark.y : mark.y + h, mark.x : mark.x + w].astype(float)
    keep = (mark.keep / 256)[..., None]
    expected = np.array([190, 80, 60]) * keep + (mark.letters / 256 * 255)[..., None]
    assert np.abs(part - expected).mean() < 4
