"""How well joints agree, how steady they are, and whether planted feet stay where they are.

Joints are (T, J, 2) float arrays in pixels, NaN where not seen; `torso` is the length from the
middle of the shoulders to the middle of the hips in the same pixels, so that results do not depend
on the size of a picture.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

Joints = NDArray[np.float64]

STILL_FOOT = 0.25


def torso_length(shoulders: Joints, hips: Joints) -> float:
    """Median length of a torso in pixels over the frames.

    shoulders, hips: (T, 2, 2), left and right.
    """
    return float(np.nanmedian(np.linalg.norm(shoulders.mean(1) - hips.mean(1), axis=-1)))


def errors(found: Joints, wanted: Joints, torso: float) -> NDArray[np.float64]:
    """Distance of each joint from where it is wanted, in torso lengths: (T, J), NaN if unseen."""
    return np.asarray(np.linalg.norm(found - wanted, axis=-1) / torso, np.float64)


def pck(distances: NDArray[np.float64], threshold: float = 0.1) -> float:
    """Share of correct keypoints: the seen `distances` that are at most `threshold`.

    Yang and Ramanan: Articulated human detection with flexible mixtures of parts, TPAMI 2013.
    """
    seen = distances[np.isfinite(distances)]
    return float(np.mean(seen <= threshold)) if seen.size else float("nan")


def jitter(joints: Joints, torso: float) -> float:
    """Median size of the joints' second difference, in torso lengths per frame squared.

    It is 0 for joints that stand still or move evenly.
    """
    if len(joints) < 3:
        return float("nan")
    second = np.linalg.norm(np.diff(joints, n=2, axis=0), axis=-1) / torso
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(np.nanmedian(second))


def planted(feet: Joints, torso: float, fps: float, limit: float = STILL_FOOT) -> NDArray[np.bool_]:
    """Which feet stand still from a frame to the next: (T - 1, J) bool.

    limit: torso lengths per second below which a foot counts as still.
    """
    return np.asarray(_speed(feet, torso, fps) < limit)


def foot_skate(feet: Joints, torso: float, fps: float, still: NDArray[np.bool_]) -> float:
    """Mean speed, in torso lengths per second, of `feet` (T, J, 2) where they should be `still`.

    still: (T - 1, J) bool, from `planted` of the driver's feet. NaN when no foot ever stands.
    """
    speed = _speed(feet, torso, fps)[still]
    speed = speed[np.isfinite(speed)]
    return float(np.mean(speed)) if speed.size else float("nan")


def _speed(points: Joints, torso: float, fps: float) -> NDArray[np.float64]:
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1)
    return np.asarray(steps * fps / torso, np.float64)
