from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tests.tracking.formats.walker import walker
from understudy.geometry.landmarks import Body, Float32
from understudy.tracking.formats.animation.bones import with_steady_bones


def forearm(world: Float32) -> NDArray[np.floating]:
    return np.asarray(np.linalg.norm(world[:, Body.LEFT_WRIST] - world[:, Body.LEFT_ELBOW], axis=1))


def test_bones_of_one_length_are_left_alone() -> None:
    performance = walker()
    np.testing.assert_allclose(with_steady_bones(performance).world, performance.world, atol=1e-5)


def test_a_bone_that_loses_its_depth_gets_its_length_back() -> None:
    performance = walker()
    world = performance.world.copy()
    hand = [Body.LEFT_WRIST, Body.LEFT_PINKY, Body.LEFT_INDEX, Body.LEFT_THUMB]
    shift = 0.3 * (world[:12, Body.LEFT_WRIST, 2] - world[:12, Body.LEFT_ELBOW, 2])
    world[:12, hand, 2] -= shift[:, None]
    steady = with_steady_bones(replace(performance, world=world)).world
    assert np.ptp(forearm(world)) > 0.02
    np.testing.assert_allclose(forearm(steady), 0.25, atol=1e-4)
    # What the image shows stays, and the hand goes along.
    np.testing.assert_allclose(steady[:12, hand, :2], performance.world[:12, hand, :2], atol=2e-3)
    np.testing.assert_allclose(steady[:12, hand], performance.world[:12, hand], atol=5e-3)


def test_frames_in_which_nobody_is_seen_stay_empty() -> None:
    performance = walker()
    world = performance.world.copy()
    world[5] = np.nan
    assert np.isnan(with_steady_bones(replace(performance, world=world)).world[5]).all()
