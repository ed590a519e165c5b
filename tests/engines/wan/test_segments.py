"""Cutting a take into segments."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from understudy.engines.wan.segments import motion_of, plan_segments


@given(
    frames=st.integers(1, 800),
    longest=st.sampled_from([5, 9, 21, 37, 77, 81]),
    overlap=st.sampled_from([1, 5]),
)
def test_segments_cover_the_take_share_frames_and_have_lengths_the_model_takes(
    frames: int, longest: int, overlap: int
) -> None:
    assume(longest > 4 * overlap)
    segments = plan_segments(frames, longest, overlap=overlap)
    assert segments[0].start == 0
    assert all(one.last + 1 - overlap == two.start for one, two in itertools.pairwise(segments))
    beyond = segments[-1].last - (frames - 1)
    assert 0 <= beyond <= 3 or segments[-1].length == 2 * overlap + 3
    for segment in segments:
        assert segment.length % 4 == 1
        assert 2 * overlap < segment.length <= longest


def test_no_more_segments_are_drawn_than_are_needed_where_nothing_moves() -> None:
    assert len(plan_segments(721, 81)) == 9
    assert len(plan_segments(81, 81)) == 1
    assert len(plan_segments(82, 81)) == 2


def test_cuts_lie_at_still_moments() -> None:
    motion = np.full(120, 10.0)
    motion[52] = 0.0
    assert [segment.start for segment in plan_segments(120, 81, motion)] == [0, 52]


def test_a_take_is_cut_anew_from_where_it_stands() -> None:
    segments = plan_segments(100, 37, None, start=40)
    assert segments[0].start == 40
    assert segments[-1].last >= 99


@pytest.mark.parametrize("length", [1, 4, 80, 82])
def test_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="4 k"):
        plan_segments(100, length)


def test_there_must_be_something_to_draw() -> None:
    with pytest.raises(ValueError, match="none to draw"):
        plan_segments(10, 9, None, start=10)


def test_motion_counts_the_change_on_both_sides_of_a_frame() -> None:
    grey = [np.full((2, 2), level, np.uint8) for level in (0, 0, 10, 10)]
    assert motion_of(grey).tolist() == [0, 10, 10, 0]
