"""The z-order: which layer lies over which in each frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget import Motion
from understudy.engines.puppet.rig.rig import Rig
from understudy.engines.puppet.rig.rigged_layer import RiggedLayer
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS
from understudy.geometry.viterbi import cheapest_switch

# Torsos that a wrist has to leave its place in the picture by before the forearm is taken to be in
# front of what lies over the arm there (hair, loose cloth); and over which that becomes sure.
RAISED, RAISED_DOUBT = 0.45, 0.2
# What a change costs, in frames in which it is sure.
RAISED_PRICE = 6.0


class ZOrder:
    """From back to front: arms behind the body, a leg behind it, the body, arms before it, what
    lies over the arms, raised forearms."""

    def __init__(self, rig: Rig, motion: Motion) -> None:
        self._motion = motion
        self._body = rig.body
        self._far_legs = [layer for layer in rig.layers if layer.name == "far_leg"]
        self._patches = rig.patches
        self._arms = [layer for layer in rig.layers if layer.name.endswith("_arm")]
        self._overlays = [layer for layer in rig.layers if layer.name == "overlay"]
        self._raised = [self._raises(rig, _side(layer)) for layer in self._arms]

    def layers(self, index: int) -> Iterator[tuple[RiggedLayer, NDArray[np.int32]]]:
        """The layers of a frame from back to front, each with the triangles to draw, in order."""
        behind = self._motion.arms_behind[index]
        for arm in self._arms:
            if behind[_side(arm)]:
                yield from self._arm(arm)
        for leg in self._far_legs:
            yield leg, leg.order
        swapped = bool(self._motion.left_leg_behind[index])
        order = self._body.order_swapped if swapped else self._body.order
        if self._body.sheet is not None:
            order = self._body.sheet.orders[swapped, bool(behind[0]), bool(behind[1])]
        yield self._body, order
        for arm in self._arms:
            if not behind[_side(arm)]:
                yield from self._arm(arm)
        for overlay in self._overlays:
            yield overlay, overlay.order_swapped if swapped else overlay.order
        if self._overlays:
            for arm, raised in zip(self._arms, self._raised, strict=True):
                if raised[index] and not behind[_side(arm)]:
                    yield arm, arm.order_outer

    def _arm(self, arm: RiggedLayer) -> Iterator[tuple[RiggedLayer, NDArray[np.int32]]]:
        for patch in self._patches[arm.name]:
            yield patch, patch.order
        yield arm, arm.order

    def _raises(self, rig: Rig, side: int) -> NDArray[np.bool_]:
        """In which frames the wrist has left its place on the body: (T,)."""
        wrist = ARMS[side].joints[2]
        joints, rest, torso = self._motion.joints, rig.skeleton.joints, rig.skeleton.torso
        neck = joints[:, [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].mean(axis=1)
        moved = (joints[:, wrist] - neck) - (rest[wrist] - rig.skeleton.neck)
        away = np.sqrt((moved.astype(np.float64) ** 2).sum(axis=1)) / torso
        return cheapest_switch((away - RAISED) / RAISED_DOUBT, np.full(len(away), RAISED_PRICE))


def _side(layer: RiggedLayer) -> int:
    return 0 if layer.name == "left_arm" else 1
