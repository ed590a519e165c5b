"""The ground that is seen between an arm and the trunk, where a net took it for the figure.

A salient-object net closes what a figure encloses. The ground's colours, seen beside the figure,
tell such a gap from cloth, where the figure has no such colours near by.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import Anatomy, draw_bones, draw_polygon
from understudy.character.figure.body_core import body_core
from understudy.character.image.colour import likeness, smoothed_lab
from understudy.character.image.masks import Mask, box_of, grow, opened, shrink, without_small
from understudy.geometry.landmarks import Body, Float32


@dataclass(frozen=True, slots=True)
class ArmGapNumbers:
    """When the ground is seen through a gap. T is the torso's length. Set by eye."""

    ground: float = 0.05
    """Alpha below which a pixel is the ground's,"""
    figure: float = 0.5
    """and above which the net took it for the figure."""
    no_arm: float = 0.3
    """Likelihood below which a pixel is not the arm's;"""
    rim: float = 0.02
    """T: so far from what is, for a mask is coarse."""
    waist: float = 0.08
    """T: how much narrower than between shoulders and hips a trunk may be on either side."""
    arm: float = 0.12
    """T: width of a bare arm."""
    reach: float = 0.5
    """T: how far colours are compared."""
    alike: float = 0.95
    """Likeness to the ground, against the figure, from which on it is ground."""
    crumb: float = 0.012
    """T: half of how wide a gap is, at least,"""
    least: float = 0.004
    """T^2: and its area."""


NUMBERS = ArmGapNumbers()


def ground_beside_arms(
    picture: Float32, alpha: Float32, anatomy: Anatomy, arms: tuple[Float32 | None, Float32 | None]
) -> Mask:
    """Where the ground is seen between an arm and the trunk, (h, w) bool.

    picture: (h, w, 3) float32 sRGB in 0..1. alpha: (h, w) float32, the figure's matte. arms: how
    likely each pixel is the left and the right arm's; of an arm of which that is not known no gap
    is looked for.
    """
    n, unit = NUMBERS, anatomy.torso
    shape = (alpha.shape[0], alpha.shape[1])
    between, own = np.zeros(shape, bool), shrink(body_core(anatomy, shape), n.waist * unit)
    for arm, likely, hip in zip(anatomy.arms, arms, (Body.LEFT_HIP, Body.RIGHT_HIP), strict=True):
        if likely is None:
            continue
        # A waist is narrower than the line from shoulder to hip.
        inner = [anatomy.joints[hip], anatomy.pelvis, anatomy.neck]
        corners = np.array([arm.shoulder, arm.elbow, arm.wrist, arm.hand, *inner])
        is_arm = likely > n.no_arm
        own |= is_arm | draw_bones(shape, list(arm.segments), n.arm * unit)
        between |= draw_polygon(shape, corners)
    between &= (alpha > n.figure) & ~grow(own, n.rim * unit)
    gaps = np.zeros(shape, bool)
    view = box_of(between, n.reach * unit)
    if view is None:
        return gaps
    ground, figure = alpha[view] < n.ground, own[view] & (alpha[view] > n.figure)
    lab = smoothed_lab(np.ascontiguousarray(picture[view]))
    alike = likeness(lab, ground, figure, between[view], round(n.reach * unit))
    found = opened((alike > n.alike) & between[view], n.crumb * unit)
    # Its rim, where the colours mix, goes with it.
    rim = grow(without_small(found, n.least * unit**2), n.rim * unit)
    gaps[view] = rim & ~own[view]
    return gaps
