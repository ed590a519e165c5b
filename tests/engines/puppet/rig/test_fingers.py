"""Fingers of a drawn hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.fingers import finger_vectors, hand_axes, thumb_side
from understudy.engines.puppet.rig.fingers import (
    finger_maps,
    finger_motion,
    finger_weights,
    hand_rig,
)
from understudy.geometry.skeleton import Bone


def open_hand(length: float = 60.0, *, bend: float = 0.0) -> NDArray[np.float32]:
    """A hand that points up, thumb to the left, fingers spread; bend curls them, in degrees."""
    points = np.zeros((21, 3))
    points[0] = (200, 300, 0)
    for finger in range(1, 5):
        across = (finger - 2.5) * 0.24
        knuckle = np.array([200 + across * length, 300 - length, 0.0])
        angle = np.radians(-90 + (finger - 2.5) * 12)
        for joint in range(4):
            points[1 + 4 * finger + joint] = knuckle
            knuckle = knuckle + 0.3 * length * np.array([np.cos(angle), np.sin(angle), 0.0])
            angle += np.radians(bend)
    for joint in range(4):
        points[1 + joint] = points[0] + length * np.array([-0.25 - 0.15 * joint, -0.2 * joint, 0])
    return points.astype(np.float32)


def test_a_large_open_hand_has_its_fingers_moved_one_by_one() -> None:
    rig = hand_rig(open_hand(), Bone.LEFT_HAND, 23)
    assert rig is not None
    assert len(rig.groups) == 5


def test_the_fingers_of_a_small_hand_move_together() -> None:
    rig = hand_rig(open_hand(25.0), Bone.LEFT_HAND, 23)
    assert rig is not None
    assert rig.groups == ((0,), (1, 2, 3, 4))


@pytest.mark.parametrize("hand", [open_hand(8.0), open_hand(bend=80.0), None])
def test_a_speck_a_fist_and_no_hand_are_left_in_one_piece(
    hand: NDArray[np.float32] | None,
) -> None:
    assert hand_rig(hand, Bone.LEFT_HAND, 23) is None


def test_a_hand_that_is_not_seen_keeps_the_pictures_fingers() -> None:
    rig = hand_rig(open_hand(), Bone.LEFT_HAND, 23)
    assert rig is not None
    motion = finger_motion(rig, np.full((6, 5, 3, 2), np.nan, np.float32), 0.04)
    maps = finger_maps(rig, motion, 3, np.eye(2, 3))
    np.testing.assert_allclose(maps, np.tile(np.eye(2, 3), (10, 1, 1)), atol=1e-9)


def test_fingers_turn_the_way_the_drivers_do() -> None:
    rig = hand_rig(open_hand(), Bone.LEFT_HAND, 23)
    assert rig is not None
    side = thumb_side(float(hand_axes(open_hand())[2]))
    curled = finger_vectors(open_hand(bend=25.0), side)
    motion = finger_motion(rig, np.repeat(curled[None], 20, axis=0).astype(np.float32), 0.04)
    root, _, tip = rig.joints[2]
    maps = finger_maps(rig, motion, 10, np.eye(2, 3))
    moved = maps[5, :, :2] @ tip + maps[5, :, 2]
    before, after = tip - root, moved - root
    turned = np.degrees(np.arctan2(before[0] * after[1] - before[1] * after[0], before @ after))
    assert 10 < turned < 60


def test_a_mirrored_hand_bends_its_fingers_mirrored() -> None:
    hand = open_hand(bend=20.0)
    mirrored = hand * np.array([-1, 1, 1], np.float32)
    one = finger_vectors(hand, thumb_side(float(hand_axes(hand)[2])))
    two = finger_vectors(mirrored, thumb_side(float(hand_axes(mirrored)[2])))
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_weights_stay_shares_when_fingers_are_added() -> None:
    rig = hand_rig(open_hand(), Bone.LEFT_HAND, 23)
    assert rig is not None
    rng = np.random.default_rng(0)
    points = rng.uniform((140, 170), (260, 310), (200, 2))
    weights = np.zeros((200, len(Bone)))
    weights[:, Bone.LEFT_HAND] = 1.0
    full = finger_weights(rig, points, weights)
    assert full.min() >= 0
    np.testing.assert_allclose(full.sum(axis=1), 1.0)
