"""Judging segments."""

from __future__ import annotations

import numpy as np

from understudy.engines.wan.curves import Curves

PICTURE = np.random.default_rng(0).uniform(0, 1, (20, 20, 3)).astype(np.float32)


def curves() -> Curves:
    return Curves(PICTURE, lambda image: np.append(image.mean(axis=(0, 1)), 0.1).astype("float32"))


def test_a_segment_like_the_picture_stays_in() -> None:
    judged = curves()
    found = judged.look([PICTURE] * 5, 0, None)
    assert judged.fault(found) is None
    assert min(found.identity) > 0.999


def test_flat_frames_broken_numbers_and_a_jump_fall_out() -> None:
    judged = curves()
    grey = np.full_like(PICTURE, 0.5)
    assert "contrast" in str(judged.fault(judged.look([grey] * 5, 0, None)))
    assert "numbers" in str(judged.fault(judged.look([grey * np.nan] * 5, 0, None)))
    assert "beginning" in str(judged.fault(judged.look([PICTURE] * 5, 4, (30.0, 20.0))))


def test_a_character_that_changed_falls_out() -> None:
    judged = curves()
    judged.keep(judged.look([PICTURE] * 5, 0, None))
    red = PICTURE * np.array([1, 0, 0], np.float32)
    assert "less like the picture" in str(judged.fault(judged.look([red] * 5, 4, (1.0, 1.0))))


def test_the_curves_name_frames_of_the_take() -> None:
    judged = curves()
    judged.keep(judged.look([PICTURE] * 5, 0, None))
    judged.keep(judged.look([PICTURE] * 9, 4, (3.0, 1.0)))
    told = judged.to_json()
    assert told["seams"] == [{"frame": 4, "before": 3.0, "after": 1.0}]
    assert [frame for frame, _ in told["identity"]] == [0, 1, 3, 4, 4, 7, 9, 12]
