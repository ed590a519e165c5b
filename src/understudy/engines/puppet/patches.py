"""Patches: what a joint of the picture hides, painted so that it may be opened.

Where the picture shows an elbow folded, the inner sides of the arm touch; once the elbow opens,
there is nothing between them. A disc of the arm's own colours behind the joint fills the notch.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from understudy.performance.landmarks import Float32
from understudy.performance.skeleton import Limb, Skeleton

Float64 = NDArray[np.float64]

# An elbow bent by less than this shows all there is to it.
FOLDED = np.radians(40.0)
WIDEST = 0.13


def elbow_patch(rgba: Float32, skeleton: Skeleton, limb: Limb) -> Float32 | None:
    """A layer (H, W, 4) premultiplied with the disc behind a folded elbow, None for another.

    rgba: the arm's layer.
    """
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in limb.joints)
    upper, lower = elbow - shoulder, wrist - elbow
    cosine = upper @ lower / (np.hypot(*upper) * np.hypot(*lower) + 1e-9)
    if np.arccos(np.clip(cosine, -1.0, 1.0)) < FOLDED:
        return None
    alpha = rgba[..., 3]
    room = int(3 * WIDEST * skeleton.torso) + 4
    left, top = (max(0, int(v) - room) for v in elbow)
    window = np.s_[top : int(elbow[1]) + room, left : int(elbow[0]) + room]
    inside = alpha[window] > 0.5
    if not inside.any():
        return None
    depth = np.asarray(distance_transform_edt(inside))
    radius = WIDEST * skeleton.torso
    for place in (elbow - 0.35 * upper, elbow + 0.35 * lower):
        x, y = (int(v) for v in place - (left, top))
        near = depth[max(0, y - 6) : y + 7, max(0, x - 6) : x + 7]
        if near.size:
            radius = min(radius, float(near.max()))
    if radius < 3.0:
        return None
    spread = (0, 0), 0.6 * radius
    known = cv2.GaussianBlur(alpha[window], *spread)
    colour = cv2.GaussianBlur(rgba[window][..., :3], *spread) / np.maximum(known, 1e-3)[..., None]
    y, x = np.mgrid[: known.shape[0], : known.shape[1]]
    away = np.hypot(x - (elbow[0] - left), y - (elbow[1] - top))
    disc = np.clip(0.92 * radius - away + 0.5, 0.0, 1.0) * (known > 0.02)
    patch = np.zeros_like(rgba)
    patch[window] = np.concatenate([colour * disc[..., None], disc[..., None]], axis=-1)
    return patch
