"""Cutting a take into segments."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engines.wan.segments import motion_of, plan_segments


@given(frames=st.integers(1, 800), longest=st.sampled_from([5, 9, 37, 77, 81]))
def test_segments_cover_the_take_share_one_frame_and_have_lengths_the_model_takes(
    frames: int, longest: int
) -> None:
    segments = plan_segments(frames, longest)
    assert segments[0].start == 0
    assert all(one.last == two.start for one, two in itertools.pairwise(segments))
    assert frames - 1 <= segments[-1].last <= frames - 1 + 3 + (frames == 1)
    assert all(segment.length % 4 == 1 and 5 <= segment.length <= longest for segment in segments)


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
