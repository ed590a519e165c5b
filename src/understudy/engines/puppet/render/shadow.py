"""A soft shadow where each foot meets the ground, fainter and wider as the foot leaves it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.filters import gaussian
from understudy.geometry.landmarks import Body

Float64 = NDArray[np.float64]

# Half axes and the height at which the shadow has faded to a third, in torsos; the darkest share.
ACROSS, ALONG, FADE = 0.16, 0.042, 0.18
STRENGTH = 0.40
SOLE = 0.03
# Half the time of a jump, in seconds: the ground is where the feet were within as much of now.
AIRBORNE = 0.35

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
    soles[..., 1] += SOLE * torso
    lowest = soles[..., 1].max(axis=1)
    reach = max(1, round(AIRBORNE / seconds))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(lowest, reach, mode="edge"), 2 * reach + 1
    )
    around = gaussian(np.percentile(windows, 70, axis=1), 0.15 / seconds)[:, None]
    level = soles[..., 1]
    ground = planted * level + (1.0 - planted) * np.maximum(around, level)
    return soles, gaussian(ground, 0.06 / seconds)


def contact_shadow(soles: Float64, ground: Float64, torso: float) -> Float64:
    """The spots (2, 5) of one frame's shadow, see `rasterizer.shade`.

    soles: (2, 2) frame pixels. ground: (2,) the y under each. torso: in the frame's pixels.
    """
    lifted = np.clip(ground - soles[:, 1], 0.0, None) / torso
    across = ACROSS * torso * (1.0 + 1.2 * lifted)
    along = ALONG * torso * (1.0 + 1.5 * lifted)
    level = np.maximum(soles[:, 1], ground) - 0.3 * along
    dark = STRENGTH * np.exp(-lifted / FADE)
    return np.stack([soles[:, 0], level, across, along, dark], axis=1)
