"""Curves, choreography and music: eased, planted, in time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelier import music
from atelier.body.rig import pose_body
from atelier.body.skeleton import Build, make_skeleton
from atelier.motion.curves import eased, frame, hits, sprung
from atelier.motion.dance import BEATS, TEMPO, dance
from atelier.motion.talk import SECONDS, talk

values = st.floats(-200, 200, allow_nan=False)


@given(st.lists(st.tuples(st.floats(0.05, 2), values), min_size=2, max_size=9))
def test_an_eased_curve_meets_its_keys_and_never_swings_past_them(
    steps: list[tuple[float, float]],
) -> None:
    times = np.cumsum([step for step, _ in steps])
    keys = [(float(t), v) for t, (_, v) in zip(times, steps, strict=True)]
    assert eased(keys, times) == pytest.approx([v for _, v in keys], abs=1e-6)
    for (t0, v0), (t1, v1) in pairwise(keys):
        between = eased(keys, np.linspace(t0, t1, 21))
        assert between.min() >= min(v0, v1) - 1e-6
        assert between.max() <= max(v0, v1) + 1e-6


def test_a_hit_arrives_before_its_beat_and_holds_past_it() -> None:
    curve = eased(hits([(0, 0), (1, 10), (2, 0)]), np.array([0.9, 1.0, 1.2]))
    assert curve == pytest.approx([10, 10.3, 10.6], abs=0.35)


def test_a_sprung_curve_overshoots_and_settles() -> None:
    followed = sprung(np.r_[np.zeros(5), np.ones(80)], rate=24, frequency=3, damping=0.5)
    assert followed.max() == pytest.approx(1.163, abs=0.03)  # exp(-pi z / sqrt(1 - z^2)) over
    assert followed[-1] == pytest.approx(1, abs=1e-3)


def test_a_planted_foot_does_not_slide() -> None:
    skeleton = make_skeleton(Build())
    curves = dance(24)
    poses = [pose_body(skeleton, frame(curves, k)) for k in range(len(curves["sway_x"]))]
    for side in "LR":
        toes = np.array([posed.at(f"{side}_toe") for posed in poses])
        planted = curves[f"{side}_foot_y"] == 0
        both = planted[1:] & planted[:-1]
        # A standing foot may turn on its heel a little.
        turned = np.radians(np.abs(np.diff(curves[f"{side}_foot_yaw"])))
        slid = np.linalg.norm(np.diff(toes[:, [0, 2]], axis=0), axis=1) - 0.25 * turned
        assert both.sum() > 90
        assert slid[both].max() < 0.002


@pytest.mark.parametrize("curves", [dance(24), talk(24)], ids=["dance", "talk"])
def test_bones_keep_their_length(curves: dict[str, np.ndarray]) -> None:
    skeleton = make_skeleton(Build())
    for k in range(0, len(curves["sway_x"]), 7):
        posed = pose_body(skeleton, frame(curves, k))
        for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
            for side in "LR":
                ends = posed.at(f"{side}_{a}"), posed.at(f"{side}_{b}")
                rest = skeleton.at(f"{side}_{a}"), skeleton.at(f"{side}_{b}")
                long = np.linalg.norm(rest[0] - rest[1])
                assert np.linalg.norm(ends[0] - ends[1]) == pytest.approx(long, abs=1e-3)


def test_the_clips_last_as_long_as_their_scores() -> None:
    assert len(dance(24)["sway_x"]) == BEATS * 60 / TEMPO * 24 == 144
    assert len(talk(24)["jaw"]) == SECONDS * 24 == 120


def test_the_music_beats_in_the_dance_s_time() -> None:
    sound = music.music(BEATS, TEMPO)
    assert sound.shape == (2, 6 * music.RATE)
    assert 0.5 < np.abs(sound).max() <= 0.9
    beat = music.RATE // 2
    low = np.abs(np.fft.rfft(sound.mean(0).reshape(BEATS, beat)[:, : beat // 4], axis=1))[:, 1:14]
    after = np.abs(
        np.fft.rfft(sound.mean(0).reshape(BEATS, beat)[:, beat // 2 : beat * 3 // 4], axis=1)
    )[:, 1:14]
    assert (low.sum(1) > after.sum(1)).mean() > 0.8, "the drum is on the beat"
