"""Hinges: elbows that turn too far from their pose in the picture for skin to follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget import Motion
from understudy.geometry.skeleton import ARMS, Limb, Skeleton


@dataclass(frozen=True, slots=True)
class HingeNumbers:
    """When an elbow is drawn as a pin.

    farthest: radians; skin that is drawn round an elbow farther is a wheel of stretched cloth.
    folded: radians by which the picture shows the elbow bent, at least.
    share: of the frames in which a joint has to stay below `farthest`.
    """

    farthest: float = float(np.radians(90.0))
    folded: float = float(np.radians(135.0))
    share: float = 0.97


NUMBERS = HingeNumbers()


def hinged_elbows(motion: Motion, skeleton: Skeleton) -> tuple[bool, bool]:
    """Whether the left and the right elbow of a motion are drawn as pins.

    An elbow turns by way of the straight arm, so one that the picture shows folded to one side and
    that the driver folds to the other turns by the sum of both.
    """
    return _hinged(motion, skeleton, ARMS[0]), _hinged(motion, skeleton, ARMS[1])


def _hinged(motion: Motion, skeleton: Skeleton, limb: Limb) -> bool:
    rest = _bend(skeleton.joints, limb)
    turn = np.abs(_bend(motion.joints.astype(np.float64), limb) - rest)
    return bool(
        np.abs(rest) > NUMBERS.folded and np.quantile(turn, NUMBERS.share) > NUMBERS.farthest
    )


def _bend(joints: NDArray[np.float64], limb: Limb) -> NDArray[np.float64]:
    """The signed angle (...,) from upper arm to forearm, radians. joints: (..., 35, 2)."""
    shoulder, elbow, wrist = (joints[..., joint, :] for joint in limb.joints[:3])
    upper, lower = elbow - shoulder, wrist - elbow
    sine = upper[..., 0] * lower[..., 1] - upper[..., 1] * lower[..., 0]
    return np.asarray(np.arctan2(sine, (upper * lower).sum(axis=-1)))
