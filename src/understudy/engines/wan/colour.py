"""Colour that holds from segment to segment.

A segment begins with its own drawing of the last frame of the one before. Mean and spread of that
frame in CIELAB are brought to those of the frame it repeats, and the whole segment with it
(Reinhard et al., "Color Transfer between Images", 2001, there in the space l-alpha-beta).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.wan.letterbox import Image


@dataclass(frozen=True, slots=True)
class _Bounds:
    """gain: a spread is stretched or squeezed by this at most. shift: a mean moves so far at most,
    in CIELAB units. A segment that is further off is not the same picture, and stays as it is
    beyond that."""

    gain: float = 1.25
    shift: float = 12.0


BOUNDS = _Bounds()
_LEAST_SPREAD = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ColourChange:
    """lab -> (lab - centre) * gain + centre + shift, each (3,): L 0..100, a, b."""

    centre: NDArray[np.float32]
    gain: NDArray[np.float32]
    shift: NDArray[np.float32]

    def applied(self, image: Image) -> Image:
        """(H, W, 3) sRGB in 0..1 → the same."""
        lab = to_lab(image)
        return from_lab((lab - self.centre) * self.gain + self.centre + self.shift)


def matching(drawn: Image, wanted: Image) -> ColourChange:
    """The change that gives `drawn` the colours of `wanted`, both (H, W, 3) sRGB in 0..1."""
    mean, spread = _moments(drawn)
    wanted_mean, wanted_spread = _moments(wanted)
    gain = (wanted_spread + _LEAST_SPREAD) / (spread + _LEAST_SPREAD)
    return ColourChange(
        centre=mean,
        gain=np.clip(gain, 1 / BOUNDS.gain, BOUNDS.gain).astype(np.float32),
        shift=np.clip(wanted_mean - mean, -BOUNDS.shift, BOUNDS.shift).astype(np.float32),
    )


def difference(one: Image, other: Image) -> float:
    """The mean distance in CIELAB from pixel to pixel (Delta E of 1976)."""
    return float(np.linalg.norm(to_lab(one) - to_lab(other), axis=2).mean())


def mean_colour(image: Image) -> NDArray[np.float32]:
    """(3,) the mean in CIELAB."""
    return _moments(image)[0]


def to_lab(image: Image) -> Image:
    """CIELAB (D65) of sRGB in 0..1: L 0..100."""
    import cv2

    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB), np.float32)


def from_lab(lab: Image) -> Image:
    """sRGB in 0..1 of CIELAB; what lies outside is clipped."""
    import cv2

    return np.clip(cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB), 0.0, 1.0)


def _moments(image: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    lab = to_lab(image).reshape(-1, 3)
    return lab.mean(axis=0), lab.std(axis=0)
