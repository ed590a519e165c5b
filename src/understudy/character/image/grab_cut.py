"""GrabCut with reproducible mixtures (Rother, Kolmogorov and Blake, SIGGRAPH 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.masks import Mask
from understudy.geometry.landmarks import Float32

_MIXTURE = 65  # numbers in which OpenCV keeps a mixture: five Gaussians of 13 each
_SEED = 1  # the mixtures start from OpenCV's global random state


def grab_cut(colours: Float32, sure: Mask, likely: Mask, possible: Mask, rounds: int) -> Mask:
    """Cut figure from background.

    colours: (h, w, 3) float32 sRGB in 0..1; sure, likely, possible: (h, w) bool, each within the
    next: surely figure, at first taken for figure, and all that may be figure. Returns (h, w) bool.
    """
    labels = np.full(sure.shape, cv2.GC_BGD, np.uint8)
    labels[possible] = cv2.GC_PR_BGD
    labels[likely & possible] = cv2.GC_PR_FGD
    labels[sure & possible] = cv2.GC_FGD
    figure = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if not figure.any() or figure.all() or not (labels == cv2.GC_BGD).any():
        return np.asarray(figure)
    image = np.round(np.clip(colours, 0, 1) * 255).astype(np.uint8)
    cv2.setRNGSeed(_SEED)
    back: NDArray[np.float64] = np.zeros((1, _MIXTURE))
    front: NDArray[np.float64] = np.zeros((1, _MIXTURE))
    cv2.grabCut(image, labels, (0, 0, 1, 1), back, front, rounds, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))
