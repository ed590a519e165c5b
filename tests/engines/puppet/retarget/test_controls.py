"""How much of the motion is taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.paper_doll import AT, SCALE, SIZE, doll_landmarks, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.engine import MotionControls
from understudy.engines.puppet.retarget import Motion, retarget
from understudy.engines.puppet.retarget.controls import of_strength
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.geometry.landmarks import Body
from understudy.tracking.performance import Performance

FRAMES = 40


def swinging() -> Performance:
    """The doll's own pose, from which the left arm rises and falls while it walks to the side."""
    swing = 60 * np.sin(np.arange(FRAMES) / 6) ** 2
    poses = [Pose((70.0 - angle, 75.0 - angle), (110.0, 105.0)) for angle in swing]
    performance = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    performance.body[..., 0] += np.linspace(0, 50, FRAMES)[:, None]
    performance.left_hand[:] = np.random.default_rng(0).uniform(0, 20, (21, 3))
    return performance


def moved(**controls: object) -> Motion:
    skeleton = skeleton_of_character(paper_doll())
    return retarget(
        swinging(),
        skeleton,
        orientation="video",
        controls=MotionControls(**controls),  # type: ignore[arg-type]
    )


def swing_of(motion: Motion) -> float:
    """By how many degrees the left upper arm turns."""
    arm = motion.joints[:, Body.LEFT_ELBOW] - motion.joints[:, Body.LEFT_SHOULDER]
    return float(np.ptp(np.degrees(np.unwrap(np.arctan2(arm[:, 1], arm[:, 0])))))


def test_strength_scales_how_far_the_arm_swings() -> None:
    whole = swing_of(moved())
    assert whole > 30
    assert swing_of(moved(strength=0.5)) == pytest.approx(0.5 * whole, rel=0.25)
    assert swing_of(moved(strength=1.4)) > 1.15 * whole
    assert swing_of(moved(strength=0.0)) < 1.5


def test_at_no_strength_the_figure_stands_as_in_its_picture() -> None:
    arm = [Body.LEFT_SHOULDER, Body.LEFT_ELBOW, Body.LEFT_WRIST]
    still = moved(strength=0.0, travel=False).joints[:, arm].astype(np.float64)
    own = doll_landmarks().body[arm, :2]
    shape = still - still[:, :1]
    assert np.abs(shape - (own - own[:1])).max() < 6


def test_a_bone_that_passes_the_opposite_of_its_rest_does_not_jump() -> None:
    angles = np.radians(np.linspace(100, 260, 81))
    vectors = {"spine": np.stack([np.cos(angles), np.sin(angles)], axis=1)}
    rest = {"spine": np.array([[1.0, 0.0]])}
    half = of_strength(vectors, rest, 0.5)["spine"]  # type: ignore[arg-type]
    steps = np.degrees(np.diff(np.unwrap(np.arctan2(half[:, 1], half[:, 0]))))
    assert np.abs(steps).max() < 3


def test_without_travel_the_figure_stays_where_it_is() -> None:
    assert np.ptp(moved().root[:, 0]) > 10
    assert np.ptp(moved(travel=False).root[:, 0]) < 0.4 * np.ptp(moved().root[:, 0])
    assert (moved(travel=False).size == 1).all()


def test_a_body_that_is_off_stands_as_in_the_picture_while_head_and_face_move() -> None:
    motion = moved(body=False)
    still = motion.joints[:, [Body.LEFT_WRIST, Body.RIGHT_HIP, Body.LEFT_ANKLE]]
    assert np.ptp(still, axis=0).max() < 0.5
    own = doll_landmarks().body[[Body.LEFT_WRIST, Body.RIGHT_HIP, Body.LEFT_ANKLE], :2]
    assert np.abs(still[0] - own).max() < 6
    assert not motion.root.any()
    assert (motion.size == 1).all()
    np.testing.assert_array_equal(motion.expression, moved().expression)


def test_parts_that_are_off_stay_as_in_the_picture() -> None:
    assert np.isfinite(moved().fingers).any()
    assert not np.isfinite(moved(hands=False).fingers).any()
    assert (moved(face=False).expression == 0).all()
    assert (moved(head=False).head == 0).all()


def test_smoothing_calms_what_trembles() -> None:
    performance = swinging()
    body = performance.body.copy()
    body[::2, :, :2] += 2.0
    trembling = replace(performance, body=body)
    skeleton = skeleton_of_character(paper_doll())
    tremble = {}
    for seconds in (0.0, 0.1):
        controls = MotionControls(smoothing=seconds)
        motion = retarget(trembling, skeleton, orientation="video", controls=controls)
        tremble[seconds] = np.abs(np.diff(motion.root, n=2, axis=0)).mean()
    assert tremble[0.1] < 0.6 * tremble[0.0]


def test_a_figure_that_a_camera_follows_stays_on_its_canvas() -> None:
    skeleton = skeleton_of_character(paper_doll())
    walking = replace(swinging(), size=(6 * SIZE[0], SIZE[1]))
    walking.body[..., 0] += np.linspace(0, 4 * SIZE[0], FRAMES)[:, None]

    def root(performance: Performance, width: int | None) -> np.ndarray:
        made = retarget(performance, skeleton, orientation="video", width=width)
        return made.joints[:, Body.NOSE, 0]

    assert root(walking, None).max() > 2 * SIZE[0]
    held = root(walking, SIZE[0])
    assert held.max() < SIZE[0]
    assert held[-1] > held[0] + 0.05 * SIZE[0]
    np.testing.assert_array_equal(root(swinging(), SIZE[0]), root(swinging(), None))
