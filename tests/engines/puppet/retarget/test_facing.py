"""When the driver's back is shown, and the driver with left and right exchanged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.retarget.driver import figure_of_performance
from understudy.engines.puppet.retarget.facing import (
    BACK,
    FRONT,
    LEFT,
    RIGHT,
    aspects_seen,
    crossfade,
    with_sides_swapped,
)
from understudy.geometry.landmarks import Body
from understudy.tracking.performance import Performance

FPS = 25.0


def turning(*yaws: tuple[float, float]) -> Performance:
    """Somebody who turns: (second, degrees), straight between them."""
    times, angles = zip(*yaws, strict=True)
    frames = np.arange(round(times[-1] * FPS)) / FPS
    return performance_of([Pose(yaw=float(np.interp(t, times, angles))) for t in frames], fps=FPS)


def seen_from_behind(performance: Performance) -> NDArray[np.bool_]:
    """Where the back is shown of a character that has one, and no sides."""
    return np.asarray(aspects_seen(performance, ["back"]) == BACK)


def test_the_back_is_shown_from_profile_to_profile() -> None:
    behind = seen_from_behind(turning((0, 0), (1, 0), (2, 180), (3, 180), (4, 360), (5, 360)))
    first, last = np.flatnonzero(behind)[[0, -1]]
    assert behind[first : last + 1].all()
    assert first / FPS == pytest.approx(1.5, abs=0.15)
    assert last / FPS == pytest.approx(3.5, abs=0.15)


@pytest.mark.parametrize("direction", [1, -1])
def test_who_ends_with_the_back_to_us_stays_so(direction: int) -> None:
    behind = seen_from_behind(turning((0, 0), (1, 0), (2, direction * 180), (4, direction * 180)))
    assert not behind[: int(1.2 * FPS)].any()
    assert behind[int(1.8 * FPS) :].all()


def test_a_look_over_the_shoulder_and_noise_do_not_show_the_back() -> None:
    glance = turning((0, 0), (1, 0), (1.1, 100), (1.2, 0), (3, 0))
    assert not seen_from_behind(glance).any()
    calm = turning((0, 20), (3, -20))
    world = calm.world.copy()
    world[30:32, :, [0, 2]] *= -1
    assert not seen_from_behind(replace(calm, world=world)).any()


def test_a_face_that_is_seen_speaks_against_a_back() -> None:
    doubtful = turning((0, 0), (1, 0), (1.2, 104), (2.4, 104), (2.6, 0), (4, 0))
    assert seen_from_behind(doubtful).any()
    with_face = replace(doubtful, face=np.zeros_like(doubtful.face))
    assert not seen_from_behind(with_face).any()


def test_exchanged_twice_is_the_same_but_for_the_face() -> None:
    once = turning((0, 10), (1, 40))
    twice = with_sides_swapped(with_sides_swapped(once))
    assert np.array_equal(twice.body, once.body)
    assert np.array_equal(twice.world, once.world)
    assert np.isnan(twice.face).all()


def test_a_driver_seen_from_behind_reads_as_one_from_the_front_once_exchanged() -> None:
    away = performance_of([Pose(left_arm=(0.0, 0.0), yaw=180.0)] * 10)
    driver = figure_of_performance(with_sides_swapped(away))
    assert np.abs(np.degrees(driver.yaw)).max() < 1
    # The arm on the image's left is lifted, and it is now the right one.
    wrist, shoulder = driver.points[0, Body.RIGHT_WRIST], driver.points[0, Body.RIGHT_SHOULDER]
    assert wrist[0] < shoulder[0] - 100
    assert wrist[1] == pytest.approx(shoulder[1], abs=1)


@pytest.mark.parametrize(("direction", "first", "last"), [(1, RIGHT, LEFT), (-1, LEFT, RIGHT)])
def test_a_whole_turn_shows_one_side_the_back_and_the_other_side(
    direction: int, first: int, last: int
) -> None:
    angles = (0, 0, 90, 90, 180, 180, 270, 270, 360, 360)
    times = (0.0, 0.6, 1.1, 1.8, 2.3, 2.9, 3.4, 4.1, 4.6, 5.2)
    turn = turning(*zip(times, (direction * a for a in angles), strict=True))
    seen = aspects_seen(turn, ["left", "back", "right"])
    changes = np.flatnonzero(np.diff(seen))
    assert seen[[0, *(changes + 1)]].tolist() == [FRONT, first, BACK, last, FRONT]
    yaw = np.degrees(np.abs(figure_of_performance(turn).yaw[changes]))
    assert yaw == pytest.approx([55, 125, 235, 305], abs=12)


def test_a_side_is_shown_only_where_there_is_one_and_the_driver_stays_in_profile() -> None:
    profile = turning((0, 0), (1, 0), (1.4, 90), (2.2, 90), (2.6, 0), (3.6, 0))
    assert (aspects_seen(profile, ["right"]) == RIGHT).sum() > 20
    assert not aspects_seen(profile, ["left", "back"]).any()
    fast = turning((0, 0), (1, 0), (1.3, 180), (2.3, 180))
    assert set(aspects_seen(fast, ["left", "back", "right"]).tolist()) == {FRONT, BACK}


def test_which_side_it_is_is_told_by_the_image_where_the_depth_is_wrong() -> None:
    profile = turning((0, 0), (1, 0), (1.4, 90), (2.6, 90))
    world = profile.world.copy()
    world[42:52, :, 2] *= -1
    seen = aspects_seen(replace(profile, world=world), ["left", "right"])
    assert set(seen[40:].tolist()) == {RIGHT}


def test_a_change_waits_for_the_moment_when_it_costs_least() -> None:
    turn = turning((0, 0), (1, 0), (2, 180), (3, 180))
    price_factor = np.full((len(turn), 4, 4), 3.0)
    price_factor[40] = 1.0
    assert np.flatnonzero(np.diff(aspects_seen(turn, ["back"], price_factor))).tolist() == [39]


def test_one_view_goes_over_into_the_other_within_a_few_frames() -> None:
    seen = np.where(np.arange(50) < 20, FRONT, LEFT)
    share = crossfade(seen, np.arange(50) / FPS)
    assert share.sum(axis=1) == pytest.approx(1.0)
    assert (np.diff(share[:, LEFT]) >= 0).all()
    assert ((share[:, LEFT] > 0) & (share[:, LEFT] < 1)).sum() in range(1, 5)
    assert share[0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert share[-1, LEFT] == 1.0
