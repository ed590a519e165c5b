"""The score."""

from __future__ import annotations

from dataclasses import replace

from understudy.judge.following import FollowingJudgement
from understudy.judge.judgement import FrameJudgement, LikenessJudgement, score
from understudy.judge.pose import PoseJudgement

POSE = PoseJudgement(1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.01, 0.01, 0.1, 0.1)
FOLLOWED = FollowingJudgement(1.0, 1.0)
LIKE = LikenessJudgement(1.0, 0.0)
CLEAN = FrameJudgement(0.0, 0.0, 0.0, 0.0)
UNKNOWN = FollowingJudgement(None, None)


def test_a_perfect_video_has_all_points() -> None:
    assert score(POSE, FOLLOWED, FOLLOWED, LIKE, CLEAN) == 100


def test_what_could_not_be_measured_does_not_count() -> None:
    assert score(POSE, UNKNOWN, UNKNOWN, LikenessJudgement(None, None), CLEAN) == 100


def test_every_fault_costs_something() -> None:
    for pose in (
        replace(POSE, pck_wide=0.5),
        replace(POSE, found=0.5),
        replace(POSE, travel=1.0),
        replace(POSE, jitter=0.1),
        replace(POSE, skate=1.0),
    ):
        assert score(pose, FOLLOWED, FOLLOWED, LIKE, CLEAN) < 99.5
    for frames in (
        replace(CLEAN, background=4.0),
        replace(CLEAN, residue=0.4),
        replace(CLEAN, flicker=6.0),
        replace(CLEAN, seams=1.0),
    ):
        assert score(POSE, FOLLOWED, FOLLOWED, LIKE, frames) < 99.5
    still = FollowingJudgement(1.0, 0.0)
    assert score(POSE, still, FOLLOWED, LIKE, CLEAN) < 99.5
    assert score(POSE, FOLLOWED, still, LIKE, CLEAN) < 99.5
    assert score(POSE, FOLLOWED, FOLLOWED, LikenessJudgement(0.5, 0.1), CLEAN) < 95


def test_nobody_is_worth_little() -> None:
    nobody = PoseJudgement(0.0, None, None, None, None, None, None, None, None, None)
    found = score(nobody, UNKNOWN, UNKNOWN, LikenessJudgement(None, None), CLEAN)
    assert found < 45
