"""Two views of a character that go over into each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.retarget import Motion, retarget
from understudy.engines.puppet.retarget.facing import BACK, FRONT, with_sides_swapped
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.engines.puppet.views.blending import aligned_with_front, blend_motions, switch_price
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Bone

FRAMES, CHANGE = 50, 25
SEEN = np.where(np.arange(FRAMES) < CHANGE, FRONT, BACK)
# The front's left wrist and ankle are the back's right ones.
PAIRS = ((Body.LEFT_WRIST, Body.RIGHT_WRIST), (Body.LEFT_ANKLE, Body.RIGHT_ANKLE))


@pytest.fixture(scope="module")
def motions() -> dict[int, Motion]:
    """The doll from the front and, with other proportions, from behind; one turns half about."""
    poses = [Pose((70.0, 75.0), (110.0, 105.0), yaw=y) for y in np.linspace(0, 180, FRAMES)]
    driver = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    doll = paper_doll()
    front = skeleton_of_character(doll)
    joints = front.joints * (1.0, 1.08) + (14.0, -9.0)
    back = replace(front, joints=joints)
    return {
        FRONT: retarget(driver, front, orientation="video", turns_round=True),
        BACK: retarget(with_sides_swapped(driver), back, orientation="video", turns_round=True),
    }


def _apart(motions: Mapping[int, Motion], frame: int) -> float:
    """How far hands and feet of the two views lie apart, the mean in pixels."""
    front, back = motions[FRONT].joints[frame], motions[BACK].joints[frame]
    return float(np.mean([np.linalg.norm(front[a] - back[b]) for a, b in PAIRS]))


def test_at_the_change_hands_and_feet_of_both_views_lie_together(
    motions: dict[int, Motion],
) -> None:
    placed = aligned_with_front(motions, SEEN)
    met = blend_motions(placed, SEEN, motions[FRONT].times)
    for frame in (CHANGE - 1, CHANGE):
        assert _apart(met, frame) < 0.25 * _apart(placed, frame)
        assert _apart(met, frame) < 4


def test_away_from_the_change_nothing_is_moved(motions: dict[int, Motion]) -> None:
    placed = aligned_with_front(motions, SEEN)
    met = blend_motions(placed, SEEN, motions[FRONT].times)
    assert np.abs(met[FRONT].bones[:12] - motions[FRONT].bones[:12]).max() < 1e-3
    assert np.abs(met[BACK].bones[-12:] - placed[BACK].bones[-12:]).max() < 1e-3


def test_a_limb_stays_in_one_piece(motions: dict[int, Motion]) -> None:
    met = blend_motions(aligned_with_front(motions, SEEN), SEEN, motions[FRONT].times)
    rest = skeleton_of_character(paper_doll()).joints
    for frame in (CHANGE - 2, CHANGE):
        bones = met[FRONT].bones[frame].astype(float)
        for upper, lower, joint in (
            (Bone.LEFT_THIGH, Bone.LEFT_SHANK, Body.LEFT_KNEE),
            (Bone.LEFT_SHANK, Bone.LEFT_FOOT, Body.LEFT_ANKLE),
            (Bone.RIGHT_UPPER_ARM, Bone.RIGHT_FOREARM, Body.RIGHT_ELBOW),
        ):
            ends = [bones[b, :, :2] @ rest[joint] + bones[b, :, 2] for b in (upper, lower)]
            assert np.abs(ends[0] - ends[1]).max() < 0.1
            assert np.abs(ends[0] - met[FRONT].joints[frame, joint]).max() < 0.1


def test_the_other_view_stands_where_the_front_does_and_stays_on_its_ground(
    motions: dict[int, Motion],
) -> None:
    trunk = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP]
    placed = aligned_with_front(motions, SEEN)
    middles = [placed[view].joints[CHANGE, trunk].mean(axis=0) for view in (FRONT, BACK)]
    assert middles[0][0] == pytest.approx(middles[1][0], abs=1.5)
    assert np.array_equal(placed[BACK].root[:, 1], motions[BACK].root[:, 1])


def test_a_change_is_never_cheaper_than_usual_and_dearer_where_views_disagree(
    motions: dict[int, Motion],
) -> None:
    price = switch_price(motions, motions[FRONT].times, 50.0)
    assert price.shape == (FRAMES, 4, 4)
    assert price.min() == 1.0
    assert price[:, FRONT, BACK].max() > 1.5
    assert np.array_equal(price[:, FRONT, BACK], price[:, BACK, FRONT])
