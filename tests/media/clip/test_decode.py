"""Decoding clips into frames at a constant rate."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.media.media_maker import Pixels, numbered, read_number, write_clip
from understudy.errors import InputRefused
from understudy.media.clip import Clip, count_frames, open_clip, read_frames

VARIED = tuple(np.cumsum(np.tile([0.02, 0.06, 0.04, 0.08, 0.153], 16)) - 0.02)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def steady(folder: Path) -> Clip:
    """100 frames at 25 fps, B-frames, a keyframe every 30."""
    options = {"bf": "3", "g": "30", "preset": "fast", "b-pyramid": "normal"}
    path = write_clip(folder / "steady.mp4", frames=100, options=options)
    return open_clip(path, orientation="video")


@pytest.fixture(scope="session")
def varied(folder: Path) -> Clip:
    """80 frames, from 20 to 150 ms apart."""
    path = write_clip(folder / "varied.mp4", times=VARIED, options={"g": "25"})
    return open_clip(path, orientation="video")


def numbers(clip: Clip, **options: object) -> list[int]:
    return [read_number(frame.rgb) for frame in read_frames(clip, **options)]


def test_a_steady_clip_gives_every_frame_once(steady: Clip) -> None:
    frames = list(read_frames(steady))
    assert [read_number(f.rgb) for f in frames] == list(range(100))
    assert [f.index for f in frames] == list(range(100))
    assert np.allclose([f.time for f in frames], np.arange(100) / 25)


@settings(max_examples=25, deadline=None)
@example(0.35, 1.0)  # A quarter of a frame before the tenth frame, to the last digit.
@given(st.floats(0, 3.9), st.floats(0.05, 4.2))
def test_any_run_begins_and_ends_exactly(steady: Clip, start: float, length: float) -> None:
    end = start + length
    found = numbers(steady, size=(118, 118), start=start, end=end)
    assert len(found) == count_frames(steady, start=start, end=end)
    # A quarter of a frame early counts as there.
    first = math.floor(Fraction(start).limit_denominator(10**6) * 25 + Fraction(1, 4))
    assert found == [min(first + k, 99) for k in range(len(found))]
    assert abs(len(found) - (min(end, 4.0) - start) * 25) <= 1


def test_a_rate_above_the_sources_repeats_frames_without_decoding_them_again(steady: Clip) -> None:
    frames = list(itertools.islice(read_frames(steady, fps=Fraction(50)), 8))
    assert [read_number(f.rgb) for f in frames] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert frames[0].rgb is frames[1].rgb
    assert not frames[0].rgb.flags.writeable


def test_every_second_frame_of_a_fast_clip(folder: Path) -> None:
    path = write_clip(folder / "fast.mp4", frames=200, fps=60)
    clip = open_clip(path, orientation="video")
    assert numbers(clip, size=(118, 118), fps=Fraction(30)) == list(range(0, 200, 2))


def test_a_variable_rate_shows_what_is_on_screen(varied: Clip) -> None:
    rate = 24
    found = numbers(varied, fps=Fraction(rate))
    early = 0.25 / rate
    on_screen = [
        int(np.searchsorted(varied.times, k / rate + early, side="right")) - 1
        for k in range(len(found))
    ]
    assert found == on_screen
    assert len(found) == pytest.approx(varied.duration * rate, abs=1)


def test_rounded_times_neither_drop_nor_double_a_frame(folder: Path) -> None:
    times = [round(k * 1001 / 30000, 3) for k in range(120)]
    path = write_clip(folder / "rounded.mp4", times=times, frames=120)
    clip = open_clip(path, orientation="video")
    assert clip.fps == Fraction(30000, 1001)
    assert numbers(clip) == list(range(120))


def test_sizes_are_as_asked_for_and_colours_stay(folder: Path) -> None:
    def coloured(index: int, size: tuple[int, int]) -> Pixels:
        del index
        return np.broadcast_to(np.array([200, 60, 90], np.uint8), (size[1], size[0], 3)).copy()

    path = write_clip(folder / "coloured.mp4", size=(640, 480), draw=coloured)
    clip = open_clip(path, orientation="video")
    for size in ((640, 480), (600, 450), (213, 160), (101, 75), (900, 700)):
        frame = next(read_frames(clip, size=size))
        assert frame.rgb.shape == (size[1], size[0], 3)
        assert np.abs(frame.rgb.astype(int) - (200, 60, 90)).max() <= 4, size


def test_closing_early_closes_the_file(steady: Clip) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    frames = read_frames(steady, size=(118, 118))
    next(frames)
    frames.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(steady: Clip, threads: int) -> None:
    alone = [f.rgb for f in read_frames(steady, size=(118, 118), end=1.0, threads=1)]
    several = [f.rgb for f in read_frames(steady, size=(118, 118), end=1.0, threads=threads)]
    assert all(np.array_equal(a, b) for a, b in zip(alone, several, strict=True))


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_frames_passed_over_on_the_way_change_nothing(folder: Path, codec: str) -> None:
    options = {"bf": "3", "g": "250", "preset": "ultrafast", "b-pyramid": "normal"}
    if codec == "libx265":
        options = {"preset": "ultrafast", "x265-params": "log-level=error:bframes=3:keyint=250"}
    path = write_clip(folder / f"{codec}.mp4", frames=80, codec=codec, options=options)
    clip = open_clip(path, orientation="video")
    whole = [frame.rgb for frame in read_frames(clip, size=(118, 118))]
    for first in range(40, 76, 5):
        part = read_frames(clip, size=(118, 118), start=first / 25)
        assert all(np.array_equal(a.rgb, b) for a, b in zip(part, whole[first:], strict=True))


def harmed(clip: Clip, target: Path, share: float) -> Clip:
    """The clip with the last `share` of its pictures overwritten."""
    data = bytearray(clip.path.read_bytes())
    begin = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    begin = end - int(share * (end - begin))
    data[begin:end] = bytes(end - begin)
    target.write_bytes(data)
    return open_clip(target, orientation="video")


def test_a_damaged_stretch_does_not_end_the_clip(steady: Clip, tmp_path: Path) -> None:
    clip = harmed(steady, tmp_path / "clip.mp4", 0.2)
    found = numbers(clip, size=(118, 118))
    assert len(found) == 100
    assert found[:60] == list(range(60))


def test_a_clip_of_which_little_decodes_is_refused(steady: Clip, tmp_path: Path) -> None:
    clip = harmed(steady, tmp_path / "clip.mp4", 0.9)
    with pytest.raises(InputRefused, match=r"only \d+ of 100 frames of the video") as caught:
        numbers(clip, size=(118, 118))
    assert caught.value.field == "video_url"


def test_an_edit_list_decides_where_a_clip_begins(folder: Path) -> None:
    # B-frames shift decoding times; the edit list shifts them back, here by 0.5 s more.
    times = [0.5 + k / 25 for k in range(80)]
    path = write_clip(folder / "late.mp4", times=times, options={"bf": "2", "preset": "fast"})
    clip = open_clip(path, orientation="video")
    assert clip.start == pytest.approx(0.5, abs=1e-3)
    assert clip.duration == pytest.approx(3.2, abs=1e-3)
    assert numbers(clip, size=(118, 118), start=1.0, end=1.2) == [25, 26, 27, 28, 29]


def test_an_edit_list_can_hide_a_beginning(folder: Path) -> None:
    path = write_clip(folder / "hidden.mp4", frames=110, options={"g": "25", "bf": "0"})
    clip = open_clip(trimmed(path, folder / "trimmed.mp4", 0.6), orientation="video")
    assert clip.frame_count == 95
    assert clip.duration == pytest.approx(3.8, abs=1e-3)
    assert numbers(clip, size=(118, 118), end=0.2) == [15, 16, 17, 18, 19]
    assert numbers(clip, size=(118, 118), start=2.0, end=2.1) == [65, 66, 67][:3]


def trimmed(source: Path, target: Path, seconds: float) -> Path:
    """The clip with its edit list changed to begin `seconds` later."""
    data = bytearray(source.read_bytes())
    at = data.index(b"elst") + 4
    assert int.from_bytes(data[at + 4 : at + 8], "big") == 1
    scale_at = data.index(b"mdhd") + 4 + 12
    scale = int.from_bytes(data[scale_at : scale_at + 4], "big")
    duration = int.from_bytes(data[at + 8 : at + 12], "big")
    data[at + 8 : at + 12] = (duration - round(seconds * 1000)).to_bytes(4, "big")
    data[at + 12 : at + 16] = round(seconds * scale).to_bytes(4, "big")
    target.write_bytes(data)
    return target


def test_the_number_on_a_frame_survives_scaling() -> None:
    for index in (0, 1, 85, 170, 255):
        assert read_number(numbered(index)[::3, ::3]) == index
