"""Driver and result side by side."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.media_maker import numbered, read_number, write_clip
from understudy.media.clip import Clip, open_clip, read_frames
from understudy.media.output.compare import CompareWriter, driver_size
from understudy.media.output.sound import SoundSource
from understudy.media.output.yuv import YuvConverter

CONVERTER = YuvConverter()


def comparing(
    out: Path,
    size: tuple[int, int],
    clip: Clip,
    *,
    start: float = 0.0,
    end: float | None = None,
    sound: bool = True,
) -> CompareWriter:
    """A comparison with a clip at 25 frames per second."""
    driver = driver_size(size, clip.size)

    def frames() -> Generator[NDArray[np.uint8]]:
        for frame in read_frames(clip, size=driver, start=start, end=end, fps=Fraction(25)):
            yield frame.rgb

    return CompareWriter(
        out,
        size,
        Fraction(25),
        driver_size=driver,
        driver_frames=frames(),
        sound=SoundSource(clip.path, start, end) if sound else None,
    )


@pytest.mark.parametrize("shown_size", [(352, 480), (640, 352)])
def test_both_sides_show_the_same_time(shown_size: tuple[int, int], tmp_path: Path) -> None:
    source = write_clip(tmp_path / "clip.mp4", size=shown_size, frames=110, fps=25, sound="aac")
    clip = open_clip(source, orientation="video")
    size = (320, 448)
    out = tmp_path / "compare.mp4"
    with comparing(out, size, clip, start=1.0, end=4.2) as writer:
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
    with comparing(out, (352, 352), clip, sound=False) as writer:
        for k in range(80):
            writer.write_yuv420(CONVERTER.planes(numbered(k)))
    frames = [f.rgb for f in read_frames(open_clip(out, orientation="video"))]
    assert [read_number(f[:, :352]) for f in frames] == [*range(76), 75, 75, 75, 75]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    clip = open_clip(write_clip(tmp_path / "clip.mp4"), orientation="video")
    writer = comparing(folder / "out.mp4", (352, 352), clip)
    writer.write_yuv420(np.zeros((528, 352), np.uint8))
    writer.abort()
    assert list(folder.iterdir()) == []
