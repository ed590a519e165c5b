"""The sound's offset."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from understudy.judge.sound import judge_sound
from understudy.media.output.encode import SoundSource, VideoWriter

DANCE = Path(__file__).parents[2] / "examples" / "dance.mp4"


def with_sound(path: Path, start: float | None) -> Path:
    sound = None if start is None else SoundSource(DANCE, start, start + 3)
    with VideoWriter(path, (64, 64), Fraction(24), sound=sound) as writer:
        for _ in range(72):
            writer.write_rgb(np.zeros((64, 64, 3), np.uint8))
    return path


@pytest.mark.parametrize("late", [0.0, 0.25, -0.4])
def test_the_offset_is_what_the_sound_was_moved_by(late: float, tmp_path: Path) -> None:
    video = with_sound(tmp_path / "out.mp4", 1.0 - late)
    found = judge_sound(video, DANCE, 1.0)
    assert found.present
    assert found.offset == pytest.approx(late, abs=0.005)


def test_a_silent_video_has_no_offset(tmp_path: Path) -> None:
    found = judge_sound(with_sound(tmp_path / "out.mp4", None), DANCE, 0.0)
    assert not found.present
    assert found.offset is None
