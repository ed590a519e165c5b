"""Contacts: hands that touch the driver's head, hips or each other do so on the figure.

Directions alone carry a pose over, and miss what it touches when proportions differ: a hand before
the mouth ends up beside it. Where the driver's wrist is near such a place, the figure's is drawn to
the same place against its own body (after Gleicher, "Retargetting motion to new characters",
SIGGRAPH 1998, whose constraints these are in their softest form).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack
from understudy.engines.puppet.retarget.limbs import LimbPose, move_end
from understudy.geometry.filters import gaussian, smoothstep
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ContactNumbers:
    """What counts as a contact, and how strongly it draws. Lengths in torsos.

    touching: from where to where a wrist goes from apart from a place to touching it.
    farthest: how far a wrist is drawn at most.
    stretch: what an arm may be shortened and stretched to for it.
    head, hips, hands: how strongly each draws; two hands meet half-way.
    turned: absolute sine of the driver's turn up to which nearness in the image can be trusted.
    calm: seconds over which the pull is smoothed (sigma).
    head_size: bounds of the figure's head against the driver's.
    """

    touching: tuple[float, float] = (0.75, 0.42)
    farthest: float = 0.30
    stretch: tuple[float, float] = (0.85, 1.15)
    head: float = 1.0
    hips: float = 0.7
    hands: float = 0.5
    turned: tuple[float, float] = (0.5, 0.2)
    calm: float = 0.05
    head_size: tuple[float, float] = (0.6, 1.8)


NUMBERS = ContactNumbers()


def keep_contacts(  # noqa: PLR0913 - two figures and how they differ
    driver: BodyTrack,
    arms: tuple[LimbPose, LimbPose],
    joints: Float64,
    torso: float,
    size: Float64,
    turned: Float64,
) -> tuple[LimbPose, LimbPose]:
    """Draw the wrists to what they touch.

    joints: (T, 35, 2) of the figure with its arms as directions have them, canvas pixels. torso:
    the figure's, pixels at rest. size: (T,). turned: (T,) radians by which the driver is turned
    back; what is near in the image of a turned driver need not be near at all.
    """
    theirs, ours = _places(driver.points), _places(joints)
    their_unit = (driver.scale * driver.lengths["spine"])[:, None]
    our_unit = (torso * size)[:, None]
    wrists = [limb.joints[2] for limb in ARMS]
    moved = []
    for side, (pose, limb) in enumerate(zip(arms, ARMS, strict=True)):
        wrist = wrists[side]
        total, pull = np.zeros((len(driver), 1)), np.zeros((len(driver), 2))
        anchors = [
            (
                theirs["head"],
                ours["head"],
                _head_ratio(driver, joints, their_unit, our_unit),
                NUMBERS.head,
            ),
            (theirs["hips"][side], ours["hips"][side], 1.0, NUMBERS.hips),
            (driver.points[:, wrists[1 - side]], joints[:, wrists[1 - side]], 1.0, NUMBERS.hands),
        ]
        for their_place, our_place, ratio, strength in anchors:
            offset = (driver.points[:, wrist] - their_place) / their_unit
            near = smoothstep(*NUMBERS.touching, np.sqrt((offset**2).sum(axis=1)))[:, None]
            wanted = our_place + offset * our_unit * ratio
            pull += near**2 * strength * (wanted - joints[:, wrist])
            total += near
        trust = (
            driver.confidence[:, [wrist]]
            * smoothstep(*NUMBERS.turned, np.abs(np.sin(turned)))[:, None]
        )
        pull = gaussian(pull / np.maximum(total, 1.0) * trust, NUMBERS.calm / driver.frame_seconds)
        length = np.sqrt((pull**2).sum(axis=1, keepdims=True)) + 1e-9
        most = NUMBERS.farthest * our_unit
        pull = pull / length * most * np.tanh(length / most)
        moved.append(move_end(pose, limb, _within_stretch(pose, pose.joints[:, 2] + pull)))
    return moved[0], moved[1]


def _places(points: Float64) -> dict[str, Float64]:
    """The head (T, 2) and both hips (2, T, 2)."""
    head = points[:, [Body.LEFT_EAR, Body.RIGHT_EAR, Body.NOSE]].mean(axis=1)
    return {"head": head, "hips": np.stack([points[:, Body.LEFT_HIP], points[:, Body.RIGHT_HIP]])}


def _head_ratio(
    driver: BodyTrack, joints: Float64, their_unit: Float64, our_unit: Float64
) -> float:
    """How much larger the figure's head is than the driver's, against their torsos."""
    heights = []
    for points, unit in ((driver.points, their_unit), (joints, our_unit)):
        ears = points[:, [Body.LEFT_EAR, Body.RIGHT_EAR]].mean(axis=1)
        neck = points[:, [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=1)
        heights.append(float(np.median(np.sqrt((((ears - neck) / unit) ** 2).sum(axis=1)))))
    return float(np.clip(heights[1] / (heights[0] + 1e-9), *NUMBERS.head_size))


def _within_stretch(pose: LimbPose, target: Float64) -> Float64:
    """The target brought within what the arm may be stretched to."""
    root = pose.joints[:, 0]
    before = np.sqrt(((pose.joints[:, 2] - root) ** 2).sum(axis=1, keepdims=True))
    way = target - root
    length = np.sqrt((way**2).sum(axis=1, keepdims=True)) + 1e-9
    shortest, longest = NUMBERS.stretch
    return np.asarray(root + way / length * np.clip(length, shortest * before, longest * before))
