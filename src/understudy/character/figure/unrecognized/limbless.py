"""Figures without limbs: ghosts, eggs, drops, dolls in one piece. They sway and turn the head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.joints import JOINTS, LIMBS, Joint, landmarks_of
from understudy.character.image.masks import Mask, box_of, depth, opened
from understudy.geometry.landmarks import Landmarks


@dataclass(frozen=True, slots=True)
class LimblessNumbers:
    """What has no limbs, and where its joints are put. Places are shares of its height, from the
    top, and of half its width there.
    """

    thin: float = 0.4
    """Of the largest radius that fits inside: what no disc of this fits into may be limbs,"""
    share: float = 0.1
    """if it makes up this much of the figure,"""
    sticks_out: float = 0.1
    """or reaches this far out of the rest."""
    cut: float = 1.1
    """Of the largest radius that fits inside: where the lower edge cuts more of it in one stretch,
    that is its trunk, and its legs lie outside of the picture."""
    straight: float = 0.05
    """Of its height: how far above its end a straight edge below is looked for."""
    rim: int = 3
    """px: rows in which a cut is looked for."""
    head: float = 0.28
    neck: float = 0.52
    pelvis: float = 0.9
    shoulders: float = 0.9
    hips: float = 0.5


NUMBERS = LimblessNumbers()


def is_limbless(figure: Mask) -> bool:
    """Whether a silhouette (h, w) bool is one compact piece."""
    box = box_of(figure, 0)
    if box is None:
        return False
    tall = box[0].stop - box[0].start
    trunk = opened(figure, NUMBERS.thin * float(depth(figure).max()))
    limbs = figure & ~trunk
    if not limbs.any():
        return True
    reach = float(depth(~trunk)[limbs].max())
    return bool(limbs.sum() < NUMBERS.share * figure.sum() and reach < NUMBERS.sticks_out * tall)


def is_cut_through(figure: Mask) -> bool:
    """Whether the picture's lower edge cuts a silhouette (h, w) bool through its trunk."""
    return _are_as_wide_as_the_trunk(figure[-NUMBERS.rim :], figure)


def ends_straight(figure: Mask) -> bool:
    """Whether a silhouette (h, w) bool ends below in a straight edge as wide as its trunk, as the
    busts on badges do."""
    box = box_of(figure, 0)
    if box is None:
        return False
    tall = box[0].stop - box[0].start
    last = figure[max(0, box[0].stop - 1 - int(NUMBERS.straight * tall)) : box[0].stop]
    # Round ends of the strokes may reach a little lower than the edge between them.
    return _are_as_wide_as_the_trunk(last[: max(1, len(last) // 3)], figure)


def _are_as_wide_as_the_trunk(rows: Mask, figure: Mask) -> bool:
    """Whether one stretch of all the rows (n, w) is as wide as a cut through the trunk."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.all(axis=0), [0]]).astype(np.int8)))
    longest = int((edges[1::2] - edges[::2]).max(initial=0))
    return longest > 0 and longest > NUMBERS.cut * float(depth(figure).max())


def limbless_landmarks(figure: Mask) -> Landmarks:
    """Landmarks (pixels) of a silhouette without limbs: a head over a trunk that stands on its end;
    no limb is seen."""
    rows = np.flatnonzero(figure.any(axis=1))
    top, tall = float(rows[0]), float(rows[-1] - rows[0] + 1)

    def at(share: float, aside: float = 0.0) -> tuple[float, float]:
        y = top + share * tall
        columns = np.flatnonzero(figure[min(int(y), int(rows[-1]))])
        middle, half = (columns[0] + columns[-1]) / 2, (columns[-1] - columns[0]) / 2
        return float(middle + aside * half), y

    n = NUMBERS
    joints = np.zeros((JOINTS, 2))
    joints[Joint.HEAD] = at(n.head)
    for shoulder, elbow, wrist, hip, knee, ankle, side in (
        (*LIMBS["left arm"], *LIMBS["left leg"], 1.0),
        (*LIMBS["right arm"], *LIMBS["right leg"], -1.0),
    ):
        joints[shoulder] = at(n.neck, side * n.shoulders)
        joints[hip] = at(n.pelvis, side * n.hips)
        # Unseen, so anywhere: along the trunk's side, and below the hips.
        joints[elbow], joints[wrist] = at(0.7, side * n.shoulders), at(0.85, side * n.shoulders)
        joints[knee], joints[ankle] = at(0.95, side * n.hips), at(1.0, side * n.hips)
    return landmarks_of(joints, frozenset(LIMBS))
