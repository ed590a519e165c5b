"""How alike two pictures are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]

_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
_SIDE = 7
_UNBIASED = _SIDE**2 / (_SIDE**2 - 1)


def psnr(picture: Rgb, reference: Rgb) -> float:
    """Peak signal-to-noise ratio in dB of two (H, W, 3) uint8 pictures; infinite when equal."""
    error = float(np.mean(np.square(picture.astype(np.float64) - reference)))
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def mean_absolute_error(picture: Rgb, reference: Rgb) -> float:
    """Mean absolute difference (L1) of two (H, W, 3) uint8 pictures, in 0..255."""
    return float(np.mean(cv2.absdiff(picture, reference)))


def ssim(picture: Rgb, reference: Rgb) -> float:
    """Structural similarity of two (H, W, 3) uint8 pictures, at most 1: the channels' mean.

    Flat windows of 7 x 7 pixels, sample variances, averaged where the window lies inside the
    picture: what scikit-image computes unless told otherwise, so that figures can be compared.
    Wang, Bovik, Sheikh, Simoncelli: Image quality assessment, IEEE TIP 13(4), 2004.
    """
    a, b = picture.astype(np.float64), reference.astype(np.float64)
    mean_a, mean_b = _mean(a), _mean(b)
    variance_a = _UNBIASED * (_mean(a * a) - mean_a**2)
    variance_b = _UNBIASED * (_mean(b * b) - mean_b**2)
    covariance = _UNBIASED * (_mean(a * b) - mean_a * mean_b)
    index = ((2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)) / (
        (mean_a**2 + mean_b**2 + _C1) * (variance_a + variance_b + _C2)
    )
    rim = _SIDE // 2
    return float(np.mean(index[rim:-rim, rim:-rim]))


def _mean(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.blur(planes, (_SIDE, _SIDE)), np.float64)
