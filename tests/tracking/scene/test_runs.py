from __future__ import annotations

from itertools import pairwise

import numpy as np

from understudy.tracking.scene.camera_motion import MovingSpan
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.scene.runs import (
    ABSENCE_REASON,
    Run,
    explain,
    reasons_against,
    split_shots,
    with_driver,
    without_movements,
)
from understudy.tracking.scene.shots import Cut

LOOKED = np.arange(0, 10, 0.25)


def path(*spans: tuple[float, float]) -> PersonTrack:
    times = np.array([t for t in LOOKED if any(a <= t <= b for a, b in spans)])
    return PersonTrack(times, np.tile([500.0, 500.0, 600.0, 0.0], (len(times), 1)))


def spans(runs: list[Run]) -> list[tuple[float, float]]:
    return [(run.start, run.end) for run in runs]


def test_cuts_split_a_clip_into_shots() -> None:
    shots = split_shots([Cut(2.0, 2.1, "cut"), Cut(5.0, 6.0, "dissolve")], 9.0, 0.04)
    assert spans(shots) == [(0, 2.02), (2.1, 5.02), (6.0, 9.0)]
    assert [shot.shot for shot in shots] == [0, 1, 2]


def test_movements_of_the_camera_split_a_shot() -> None:
    parts = without_movements(Run(1, 9, 0), [MovingSpan(0, 2, "pan"), MovingSpan(4, 5, "zoom")])
    assert spans(parts) == [(2, 4), (5, 9)]


def test_a_driver_in_sight_all_along_makes_one_run() -> None:
    assert spans(with_driver(Run(0, 10, 0), path((0, 10)), LOOKED)) == [(0, 10)]


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    assert spans(with_driver(Run(0, 10, 0), path((0, 4), (4.5, 10)), LOOKED)) == [(0, 10)]
    assert spans(with_driver(Run(0, 10, 0), path((0, 4), (6, 10)), LOOKED)) == [(0, 4), (6, 10)]


def test_a_longer_gap_is_bridged_behind_somebody_who_passes() -> None:
    driver = path((0, 4), (5, 10))
    passer = PersonTrack(np.array([3.5, 5.5]), np.array([[200, 500, 600, 0], [800, 500, 600, 0.0]]))
    assert len(with_driver(Run(0, 10, 0), driver, LOOKED)) == 2
    assert len(with_driver(Run(0, 10, 0), driver, LOOKED, [passer])) == 1


def test_a_driver_who_comes_late_begins_a_run_then() -> None:
    assert spans(with_driver(Run(0, 10, 0), path((2, 10)), LOOKED)) == [(2, 10)]
    assert with_driver(Run(0, 1, 0), path((2, 10)), LOOKED) == []


def test_every_part_outside_the_run_is_explained_in_order() -> None:
    cuts = [Cut(2.0, 2.1, "cut")]
    used, other = Run(4, 9, 1), Run(0, 2.0, 0)
    reasons = reasons_against(cuts, [MovingSpan(2.1, 4, "pan")], [(9, 10)], 10)
    dropped = explain(used, [used, other], reasons, 10)
    assert [part.words for part in dropped] == [
        "usable, but shorter than the part used",
        "a cut",
        "the camera pans",
        ABSENCE_REASON,
    ]
    assert dropped[0].start == 0
    assert dropped[-1].end == 10
    for before, after in pairwise(dropped[:-1]):
        assert before.end == after.start


def test_a_cut_between_two_absences_is_not_told() -> None:
    cuts = [Cut(4.0, 4.1, "cut"), Cut(6.0, 6.1, "cut")]
    reasons = reasons_against(cuts, [], [(4.1, 6.0), (6.1, 10)], 10)
    dropped = explain(Run(0, 4, 0), [Run(0, 4, 0)], reasons, 10)
    assert [part.words for part in dropped] == ["a cut", ABSENCE_REASON]
