from __future__ import annotations

import numpy as np
import pytest

from understudy.character.figure.anatomy import draw_polygon
from understudy.character.layers.limb_contour import matte_width, polygon, straighten, trace


def _limb(half: float = 9.0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A slanted grey limb on a reddish body: Lab, alpha, its ends."""
    start, end = np.array([30.0, 20.0]), np.array([70.0, 110.0])
    rows, columns = np.mgrid[0:140, 0:110].astype(np.float64)
    along = (end - start) / np.linalg.norm(end - start)
    offset = np.stack([columns - start[0], rows - start[1]], axis=-1)
    away = np.abs(offset[..., 0] * -along[1] + offset[..., 1] * along[0])
    lab = np.empty((140, 110, 3), np.float32)
    lab[:] = (45, 40, 25)
    lab[away < half] = (65, 2, 3)
    alpha = np.ones((140, 110), np.float32)
    return lab, alpha, start, end


@pytest.mark.parametrize("half", [7.0, 9.0, 13.0])
def test_the_outline_is_found_though_the_width_expected_is_wrong(half: float) -> None:
    lab, alpha, start, end = _limb(half)
    strip = straighten(lab, alpha, np.zeros_like(alpha), start, end, reach=26)
    expected = np.full(len(strip.lab), 10.0)
    outline = trace(strip, expected, expected)
    assert np.abs(np.median(outline.plus) - half) < 1.5
    assert np.abs(np.median(outline.minus) - half) < 1.5


def test_the_matte_ends_the_limb() -> None:
    lab, alpha, start, end = _limb()
    lab[:] = (65, 2, 3)
    rows, columns = np.mgrid[0:140, 0:110]
    alpha[columns > 30 + (rows - 20) * 40 / 90 + 12] = 0
    strip = straighten(lab, alpha, np.zeros_like(alpha), start, end, reach=26)
    plus, minus = matte_width(strip, 20)
    assert np.nanmedian(minus) == pytest.approx(11, abs=1.5)
    assert np.isnan(plus).all()


def test_a_band_covers_what_lies_between_its_outlines() -> None:
    lab, alpha, start, end = _limb()
    strip = straighten(lab, alpha, np.zeros_like(alpha), start, end, reach=26)
    expected = np.full(len(strip.lab), 9.0)
    outline = trace(strip, expected, expected)
    whole = draw_polygon((140, 110), polygon(strip, outline))
    half = draw_polygon((140, 110), polygon(strip, outline, 0.0, 1.0))
    assert half.sum() == pytest.approx(whole.sum() / 2, rel=0.15)
    assert (whole & half).sum() > 0.95 * half.sum()
