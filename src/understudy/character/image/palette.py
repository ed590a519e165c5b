"""Palettes: how often each colour occurs in a region of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

_BINS = (24, 32, 32)  # of L, a and b
_SMOOTH = (1.3, 1.0, 1.0)  # bins: deviations of a palette's smoothing; lightness varies most
_LIGHTEST, _STRONGEST = 100, 60  # Lab: L ends here, a and b are cut off here on both sides

Palette = NDArray[np.float64]


class Colours:
    """The colours of a picture, binned once, from which palettes of regions are made.

    lab: (h, w, 3) float32 Lab.
    """

    def __init__(self, lab: Float32) -> None:
        scaled = (
            lab[..., 0] * (_BINS[0] / _LIGHTEST),
            (lab[..., 1] + _STRONGEST) * (_BINS[1] / (2 * _STRONGEST)),
            (lab[..., 2] + _STRONGEST) * (_BINS[2] / (2 * _STRONGEST)),
        )
        bins = [
            np.clip(values, 0, n - 1).astype(np.int32)
            for values, n in zip(scaled, _BINS, strict=True)
        ]
        self._index = (bins[0] * _BINS[1] + bins[1]) * _BINS[2] + bins[2]

    def palette(self, where: Mask) -> Palette:
        """The smoothed histogram of the pixels of `where` (h, w), its sum 1; 0 of no pixels."""
        counts = np.bincount(self._index[where], minlength=int(np.prod(_BINS))).astype(np.float64)
        smooth = gaussian_filter(counts.reshape(_BINS), _SMOOTH).ravel()
        return np.asarray(smooth / max(1e-9, float(smooth.sum())))

    def look_up(self, palette: Palette) -> NDArray[np.float64]:
        """How often each pixel's colour occurs in a palette: (h, w)."""
        return np.asarray(palette[self._index])


def overlap(first: Palette, second: Palette) -> float:
    """How much two palettes share: 0 nothing, 1 they are the same."""
    return float(np.minimum(first, second).sum())
