"""A foot that the other one hides in the picture: it is drawn as that one mirrored.

Where a leg stands behind the other, little or nothing is seen of its foot, and once the legs part
it would end in a stump.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.rig.leg_split import LegSplit
from understudy.engines.puppet.rig.rigged_layer import RiggedLayer, Weigher, orders_of_legs
from understudy.engines.puppet.rig.skinning import strongest
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import LEGS, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HiddenFootNumbers:
    """When a foot is hidden. Lengths in torsos (T).

    seen: it has less than this share of the other one's area, which is a foot at all from `least`
        on (T²). drawn: alpha from which on a pixel counts.
    above: how far above the ankle the copy begins, behind what is seen of its own shank.
    own: share of a leg in a triangle's weights that makes it that leg's.
    behind: how much farther from the camera than its own leg it lies; see `rigged_layer.DEPTH`.
    """

    seen: float = 0.4
    least: float = 0.008
    drawn: float = 0.5
    above: float = 0.06
    own: float = 0.5
    behind: float = 5.0


NUMBERS = HiddenFootNumbers()


def hidden_foot(alpha: Float32, skeleton: Skeleton, split: LegSplit) -> int | None:
    """The leg, 0 left or 1 right, whose foot the other one hides; None where both are seen.

    alpha: (H, W) of the body layer.
    """
    ankles = skeleton.joints[[limb.joints[2] for limb in LEGS]]
    if split.seam is None or not skeleton.legs or split.y > ankles[:, 1].min():
        return None
    top = int(ankles[:, 1].mean())
    drawn = alpha[top:] > NUMBERS.drawn
    left = np.arange(alpha.shape[1]) > split.seam[top:, None]
    areas = [int((drawn & side).sum()) for side in (left, ~left)]
    side = int(np.argmin(areas))
    if areas[1 - side] < NUMBERS.least * skeleton.torso**2:
        return None
    return side if areas[side] < NUMBERS.seen * areas[1 - side] else None


def with_foot(body: RiggedLayer, side: int, skeleton: Skeleton, weigh: Weigher) -> RiggedLayer:
    """The body with the other foot's triangles once more, mirrored, on the leg `side`."""
    own, other = LEGS[side], LEGS[1 - side]
    ankle, shown = skeleton.joints[own.joints[2]], skeleton.joints[other.joints[2]]
    of_other = np.isin(body.bones, other.all_bones)
    share = (body.weights * of_other).sum(axis=1)
    low = body.vertices[:, 1] > shown[1] - NUMBERS.above * skeleton.torso
    foot = body.triangles[((share > NUMBERS.own) & low)[body.triangles].all(axis=1)]
    used, numbers = np.unique(foot, return_inverse=True)
    placed = ankle + (body.vertices[used] - shown) * (-1.0, 1.0)
    bones, weights = strongest(weigh(placed, forced=side).weights)
    count = len(body.vertices)
    copied = (count + numbers.reshape(-1, 3)).astype(np.int32)
    triangles = np.concatenate([body.triangles, copied])
    all_bones = np.concatenate([body.bones, bones])
    all_weights = np.concatenate([body.weights, weights])
    farther = np.zeros(count + len(used))
    farther[count:] = NUMBERS.behind
    order, order_swapped = orders_of_legs(all_bones, all_weights, triangles, farther)
    return replace(
        body,
        vertices=np.concatenate([body.vertices, placed]),
        uv=np.concatenate([body.uv, body.uv[used]]),
        triangles=triangles,
        bones=all_bones,
        weights=all_weights,
        order=order,
        order_swapped=order_swapped,
    )
