"""Image metrics on pictures whose values can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.image_metrics import mean_absolute_error, psnr, ssim


def flat(value: int, side: int = 16) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def noise(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (32, 40, 3)).astype(np.uint8)


def test_psnr_of_equal_pictures_is_infinite() -> None:
    assert math.isinf(psnr(noise(), noise()))


def test_psnr_of_a_constant_difference_of_one_is_that_of_a_mean_square_of_one() -> None:
    assert psnr(flat(10), flat(11)) == pytest.approx(10 * math.log10(255**2))


def test_black_against_white_is_zero_decibel_and_255_apart() -> None:
    assert psnr(flat(0), flat(255)) == pytest.approx(0.0)
    assert mean_absolute_error(flat(0), flat(255)) == 255.0


def test_mean_absolute_error_does_not_wrap_around() -> None:
    assert mean_absolute_error(flat(3), flat(250)) == mean_absolute_error(flat(250), flat(3)) == 247


def test_ssim_of_equal_pictures_is_one() -> None:
    assert ssim(noise(), noise()) == pytest.approx(1.0)


def test_ssim_of_two_flat_pictures_is_their_luminance_term() -> None:
    c1 = (0.01 * 255) ** 2
    expected = (2 * 100 * 150 + c1) / (100**2 + 150**2 + c1)
    assert ssim(flat(100), flat(150)) == pytest.approx(expected)


def test_ssim_of_a_negative_is_below_zero() -> None:
    assert ssim(noise(), 255 - noise()) < 0


def test_ssim_does_not_depend_on_the_order() -> None:
    assert ssim(noise(1), noise(2)) == pytest.approx(ssim(noise(2), noise(1)))
