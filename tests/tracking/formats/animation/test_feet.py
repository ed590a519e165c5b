from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tracking.formats.walker import FPS, PIXELS_PER_METRE, walker
from understudy.geometry.landmarks import Body
from understudy.tracking.formats.animation.body import BodyJoint
from understudy.tracking.formats.animation.feet import standing_feet
from understudy.tracking.formats.animation.from_performance import animation_of
from understudy.tracking.formats.animation.hierarchy import joint_positions
from understudy.tracking.performance import Performance


def stepper() -> Performance:
    """A walker whose feet stand still in the image, while the hips sway."""
    performance = walker(48)
    body = performance.body.copy()
    sway = (body[:, [Body.LEFT_HIP, Body.RIGHT_HIP], :2].mean(axis=1) - (360, 620))[:, None]
    body[..., :2] -= sway
    world = performance.world.copy()
    # The tracker's world lets the feet drift against the hips by some centimetres.
    drift = 0.03 * np.sin(2 * np.pi * performance.times)[:, None, None]
    feet = [Body.LEFT_ANKLE, Body.LEFT_HEEL, Body.LEFT_FOOT_INDEX]
    world[:, feet] += drift * np.array([1, 0, 1], np.float32)
    return replace(performance, body=body, world=world)


def test_a_foot_stands_where_the_image_shows_it_still() -> None:
    performance = stepper()
    scale = np.full(len(performance), PIXELS_PER_METRE)
    standing = standing_feet(performance, scale, 1 / FPS)
    # The left knee is lifted in the first half of each second, the right one in the second.
    assert not standing["left"][4:8].any()
    assert standing["left"][14:22].all()
    assert standing["right"][2:10].all()
    assert not standing["right"][16:20].any()


def test_feet_that_stand_do_not_slide() -> None:
    performance = stepper()
    scale = np.full(len(performance), PIXELS_PER_METRE)
    standing = standing_feet(performance, scale, 1 / FPS)
    places = joint_positions(animation_of(performance))
    for side in ("left", "right"):
        ball = places[:, BodyJoint[f"{side.upper()}_TOE_BASE"]]
        steps = np.linalg.norm(np.diff(ball, axis=0), axis=1)
        # A leg is taken hold of and let go over a few frames.
        held = np.convolve(standing[side], np.ones(7), "same") == 7
        assert steps[held[1:] & held[:-1]].max() < 0.004


def test_the_floor_is_below_the_feet_and_the_start_above_the_origin() -> None:
    places = joint_positions(animation_of(stepper()))
    balls = places[:, [BodyJoint.LEFT_TOE_BASE, BodyJoint.RIGHT_TOE_BASE], 1]
    np.testing.assert_allclose(np.median(balls.min(axis=1)), 0.02, atol=0.01)
    np.testing.assert_allclose(places[0, BodyJoint.HIPS, [0, 2]], 0, atol=1e-9)
    assert 0.8 < places[0, BodyJoint.HIPS, 1] < 1.0


def test_hips_move_as_in_the_image() -> None:
    performance = walker(48)
    unseen = performance.body.copy()
    unseen[:, [Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX], 3] = 0
    animation = animation_of(replace(performance, body=unseen))
    hips = performance.body[:, [Body.LEFT_HIP, Body.RIGHT_HIP], 0].mean(axis=1)
    moved = (hips - hips[0]) / PIXELS_PER_METRE
    np.testing.assert_allclose(animation.root[:, 0], moved, atol=0.01)
