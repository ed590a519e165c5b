"""Colours as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.i420 import planes_to_rgb
from understudy.engines.puppet.render.colour import pack_frame, to_ycbcr
from understudy.engines.puppet.render.rasterizer import to_planes


@pytest.mark.parametrize(
    ("rgb", "ycbcr"),
    [
        ((0.0, 0.0, 0.0), (16, 128, 128)),
        ((1.0, 1.0, 1.0), (235, 128, 128)),
        ((1.0, 0.0, 0.0), (62.6, 102.3, 240)),
        ((0.0, 0.0, 1.0), (31.8, 240, 117.7)),
    ],
)
def test_primaries_are_those_of_bt709_limited(
    rgb: tuple[float, float, float], ycbcr: tuple[float, float, float]
) -> None:
    assert to_ycbcr(np.array(rgb)) == pytest.approx(ycbcr, abs=0.1)


def test_a_picture_comes_back_from_its_planes() -> None:
    y, x = np.mgrid[0:32, 0:48]
    picture = np.stack([x * 5, y * 7, 255 - x * 5], axis=-1).astype(np.uint8)
    planes = np.empty((48, 48), np.uint8)
    to_planes(pack_frame(picture), planes, 0, 0, 48, 32)
    back = planes_to_rgb(planes).astype(int)
    assert np.abs(back - picture).max() <= 8
    assert np.abs(back - picture).mean() < 2.5
