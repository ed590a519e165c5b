"""Driver and result side by side."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.media_maker import numbered, read_number, write_clip
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.compare import CompareWriter
from understudy.media.output.yuv import YuvConverter

CONVERTER = YuvConverter()


@pytest.mark.parametrize("driver_size", [(352, 480), (640, 352)])
def test_both_sides_show_the_same_time(driver_size: tuple[int, int], tmp_path: Path) -> None:
    source = write_clip(tmp_path / "clip.mp4", size=driver_size, frames=110, fps=25, sound="aac")
    clip = open_clip(source, orientation="video")
    size = (320, 448)
    out = tmp_path / "compare.mp4"
    with CompareWriter(out, size, Fraction(25), clip=clip, start=1.0, end=4.2) as writer:
        for k in range(80):
            writer.write_yuv420(CONVERTER.planes(numbered(k, size)))
    both = open_clip(out, orientation="video")
    assert both.frame_count == 80
    assert both.has_sound
    assert both.height == 448
    left = both.width - size[0]
    assert left <= 1.6 * size[0] + 10
    shown = left - 8
    height = round(shown * clip.height / clip.width)
    top = (448 - height) // 2
    for frame in read_frames(both):
        assert read_number(frame.rgb[:, left:]) == frame.index
        assert read_number(frame.rgb[top : top + height, :shown]) == 25 + frame.index


def test_past_the_clips_end_its_last_frame_stays(tmp_path: Path) -> None:
    clip = open_clip(write_clip(tmp_path / "clip.mp4", frames=76), orientation="video")
    out = tmp_path / "compare.mp4"
    with CompareWriter(out, (352, 352), Fraction(25), clip=clip, with_sound=False) as writer:
        for k in range(80):
            writer.write_yuv420(CONVERTER.planes(numbered(k)))
    frames = [f.rgb for f in read_frames(open_clip(out, orientation="video"))]
    assert [read_number(f[:, :352]) for f in frames] == [*range(76), 75, 75, 75, 75]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    clip = open_clip(write_clip(tmp_path / "clip.mp4"), orientation="video")
    writer = CompareWriter(folder / "out.mp4", (352, 352), Fraction(25), clip=clip)
    writer.write_yuv420(np.zeros((528, 352), np.uint8))
    writer.abort()
    assert list(folder.iterdir()) == []
