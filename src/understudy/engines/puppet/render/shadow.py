"""A soft shadow where each foot meets the ground, fainter and wider as the foot leaves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShadowNumbers:
    """The shadow's shape and the ground's height. Lengths in torsos, times in seconds.

    across, along: half axes of the shadow of a foot on the ground.
    across_grows, along_grows: by what share of them for each torso that the foot is lifted.
    nearer: by what share of `along` the shadow's middle lies above the sole on the screen.
    fade: height at which the shadow has faded to a third. strength: its darkness, 0..1.
    sole: from heel and toes down to the ground.
    airborne: half the time of a jump; the ground is where the feet were within as much of now.
    lowest: percentile of the lowest soles within that time that is the ground.
    around_seconds, ground_seconds: smoothing of the two (sigma).
    """

    across: float = 0.16
    along: float = 0.042
    across_grows: float = 1.2
    along_grows: float = 1.5
    nearer: float = 0.3
    fade: float = 0.18
    strength: float = 0.40
    sole: float = 0.03
    airborne: float = 0.35
    lowest: float = 70
    around_seconds: float = 0.15
    ground_seconds: float = 0.06


NUMBERS = ShadowNumbers()

FEET = (
    (Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX),
    (Body.RIGHT_HEEL, Body.RIGHT_FOOT_INDEX),
)


def ground_heights(
    joints: Float64, planted: Float64, torso: float, seconds: float
) -> tuple[Float64, Float64]:
    """Where the soles are and where the ground is under each.

    joints: (T, 35, 2) frame pixels. planted: (T, 2), see `Motion`. Returns soles (T, 2, 2) and
    ground (T, 2): the sole's own y under a foot that stands, else the y of the lowest sole of the
    seconds around, so that a jump leaves it where it is.
    """
    pairs = joints[:, np.array(FEET)]
    soles = np.stack([pairs[..., 0].mean(axis=-1), pairs[..., 1].max(axis=-1)], axis=-1)
    soles[..., 1] += NUMBERS.sole * torso
    lowest = soles[..., 1].max(axis=1)
    reach = max(1, round(NUMBERS.airborne / seconds))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(lowest, reach, mode="edge"), 2 * reach + 1
    )
    lowest = np.percentile(windows, NUMBERS.lowest, axis=1)
    around = gaussian(lowest, NUMBERS.around_seconds / seconds)[:, None]
    level = soles[..., 1]
    ground = planted * level + (1.0 - planted) * np.maximum(around, level)
    return soles, gaussian(ground, NUMBERS.ground_seconds / seconds)


def contact_shadow(soles: Float64, ground: Float64, torso: float) -> Float64:
    """The spots (2, 5) of one frame's shadow, see `rasterizer.shade`.

    soles: (2, 2) frame pixels. ground: (2,) the y under each. torso: in the frame's pixels.
    """
    lifted = np.clip(ground - soles[:, 1], 0.0, None) / torso
    across = NUMBERS.across * torso * (1.0 + NUMBERS.across_grows * lifted)
    along = NUMBERS.along * torso * (1.0 + NUMBERS.along_grows * lifted)
    level = np.maximum(soles[:, 1], ground) - NUMBERS.nearer * along
    dark = NUMBERS.strength * np.exp(-lifted / NUMBERS.fade)
    return np.stack([soles[:, 0], level, across, along, dark], axis=1)
