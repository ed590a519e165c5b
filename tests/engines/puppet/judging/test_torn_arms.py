"""What is missing of an arm, on arms drawn as lines over a body."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.paper_doll import paper_doll
from understudy.character.character import Layer
from understudy.engines.puppet.judging.faults import find_faults, torso_of
from understudy.engines.puppet.judging.judge import judge
from understudy.engines.puppet.judging.looks import look_at, small
from understudy.engines.puppet.judging.torn_arms import missing_of
from understudy.geometry.landmarks import Body

TORSO = 120.0
HANGING = np.array([[100, 40], [100, 110], [100, 170], [100, 185]], np.float64)
FOLDED = np.array([[100, 40], [100, 130], [114, 60], [116, 45]], np.float64)
Alpha = NDArray[np.float32]


def _arm(joints: NDArray[np.float64], width: int = 14) -> Alpha:
    alpha = np.zeros((240, 200), np.uint8)
    cv2.polylines(alpha, [joints.astype(np.int32)[:, None]], False, 1, width)
    return alpha.astype(np.float32)


@pytest.mark.parametrize("joints", [HANGING, FOLDED])
def test_nothing_is_missing_of_a_whole_arm(joints: NDArray[np.float64]) -> None:
    arm = _arm(joints)
    assert missing_of(arm, np.ones_like(arm), joints, TORSO) == (0.0, 0.0)


def test_a_bite_that_the_body_fills_is_missing_of_the_bone_that_it_lies_at() -> None:
    arm = _arm(HANGING, width=30)
    bitten = arm.copy()
    bitten[76:86, 108:] = 0
    upper, lower = missing_of(bitten, np.ones_like(arm), HANGING, TORSO)
    assert upper == pytest.approx((arm - bitten).sum() / TORSO**2, rel=0.3)
    assert lower == 0.0


def test_before_the_ground_it_is_the_figures_own_shape() -> None:
    arm = _arm(HANGING, width=30)
    arm[76:86, 108:] = 0
    assert missing_of(arm, arm, HANGING, TORSO) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("x", "alpha", "torn"), [(122, 0.3, False), (122, 0, True), (100, 0.3, True)]
)
def test_the_ground_may_shine_through_a_sleeve_but_not_at_the_bone(
    x: int, alpha: float, torn: bool
) -> None:
    # Before the ground, in a sleeve that reaches past the bone.
    arm = _arm(HANGING)
    arm[60:100, 90:140] = 1
    arm[76:88, x - 6 : x + 6] = alpha
    upper, _ = missing_of(arm, arm, HANGING, TORSO)
    assert (upper > 0.005) == torn


def test_an_arm_with_a_hole_that_the_body_fills_is_left_at_rest() -> None:
    doll = paper_doll()
    torso = torso_of(doll)
    body, arm = (
        next(layer.rgba for layer in doll.layers if layer.name == name)
        for name in ("body", "right_arm")
    )
    shoulder, elbow = doll.landmarks.body[[Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW], :2]
    x, y = (int(v) for v in shoulder + 0.6 * (elbow - shoulder))
    hole = np.zeros(doll.alpha.shape, np.uint8)
    cv2.circle(hole, (x, y), round(0.058 * torso), 1, -1)
    there = (hole > 0)[..., None]
    torn = {
        "body": np.where(there, arm + (1 - arm[..., 3:]) * body, body).astype(np.float32),
        "right_arm": np.where(there, 0, arm).astype(np.float32),
    }
    layers = tuple(Layer(each.name, torn.get(each.name, each.rgba)) for each in doll.layers)
    holed = small(replace(doll, layers=layers))
    faults = find_faults(holed, look_at(holed))
    assert [fault.part for fault in faults if fault.kind == "torn"] == ["right upper arm"]
    assert judge(holed).arms_at_rest == ("right",)
