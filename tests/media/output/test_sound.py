"""The clip's sound beside the new pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.media_maker import click_times, clicks, write_clip
from understudy.media.output.encode import SoundSource, VideoWriter

SIZE = (64, 64)
FRAME = 1 / 25


def muxed(
    path: Path, source: Path, start: float = 0.0, end: float | None = None, seconds: float = 5.0
) -> VideoWriter:
    with VideoWriter(path, SIZE, Fraction(25), sound=SoundSource(source, start, end)) as writer:
        for _ in range(round(((end or seconds) - start) * 25)):
            writer.write_rgb(np.zeros((64, 64, 3), np.uint8))
    return writer


def lengths(path: Path) -> tuple[float, float]:
    with av.open(str(path)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        return float(video.duration * video.time_base), float(sound.duration * sound.time_base)


@pytest.mark.parametrize(
    ("codec", "container", "outcome", "start", "end"),
    [
        ("aac", "mp4", "copied", 0.0, None),
        ("aac", "mp4", "copied", 1.37, 4.45),
        ("aac", "mov", "copied", 0.52, 3.9),
        ("libmp3lame", "mp4", "transcoded", 0.0, None),
        ("libmp3lame", "mp4", "transcoded", 0.52, 3.9),
        ("ac3", "mp4", "transcoded", 1.37, 4.45),
        ("pcm_s16le", "mov", "transcoded", 0.52, 3.9),
        ("alac", "mov", "transcoded", 0.0, None),
    ],
)
def test_sound_keeps_its_place_in_any_run_of_the_clip(
    codec: str, container: str, outcome: str, start: float, end: float | None, tmp_path: Path
) -> None:
    source = tmp_path / "clip.mp4"
    write_clip(source, size=SIZE, frames=125, container=container, sound=codec)
    out = tmp_path / "out.mp4"
    assert muxed(out, source, start, end).sound_outcome == outcome
    expected = [s - start for s in range(1, 5) if start < s < (end or 5.0) - 0.02]
    found = click_times(out)
    assert len(found) == len(expected)
    assert np.abs(np.array(found) - expected).max() < FRAME
    video, sound = lengths(out)
    assert abs(video - sound) < 0.06


def test_sound_keeps_its_place_when_the_pictures_begin_late(tmp_path: Path) -> None:
    times = [0.4 + k / 25 for k in range(125)]
    source = write_clip(tmp_path / "clip.mp4", size=SIZE, times=times, frames=125, sound="aac")
    muxed(tmp_path / "out.mp4", source)
    found = click_times(tmp_path / "out.mp4")
    assert np.abs(np.array(found[:4]) - [0.6, 1.6, 2.6, 3.6]).max() < FRAME


def test_sound_keeps_its_place_when_it_begins_late(tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    write_clip(source, size=SIZE, frames=125, sound="aac", sound_start=0.7)
    muxed(tmp_path / "out.mp4", source, 0.2, 4.8)
    found = click_times(tmp_path / "out.mp4")
    assert np.abs(np.array(found) - [1.5, 2.5, 3.5, 4.5]).max() < FRAME


def test_a_clip_without_sound_makes_a_video_without(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "clip.mp4", size=SIZE, frames=80)
    assert muxed(tmp_path / "out.mp4", source, seconds=3.2).sound_outcome == "none"
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_mono_and_other_rates_are_taken(tmp_path: Path) -> None:
    source = tmp_path / "clip.mov"
    with av.open(str(source), "w", format="mov") as output:
        video = output.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        video.width, video.height = SIZE
        track = output.add_stream("pcm_s16le", rate=22050)
        track.codec_context.layout = "mono"
        for k in range(80):
            frame = av.VideoFrame(*SIZE, "yuv420p")
            frame.pts, frame.time_base = k, Fraction(1, 25)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        tone = (clicks(3.2)[::2] * 32767).astype(np.int16)[None]
        sound = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        sound.sample_rate, sound.pts = 22050, 0
        output.mux(track.encode(sound))
        output.mux(track.encode(None))
    assert muxed(tmp_path / "out.mp4", source, seconds=3.2).sound_outcome == "transcoded"
    found = click_times(tmp_path / "out.mp4")
    assert np.abs(np.array(found) - np.array([1, 2, 3]) * 24000 / 22050).max() < FRAME


def test_sound_that_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    write_clip(source, size=SIZE, frames=80, sound="ac3")
    data = bytearray(source.read_bytes())
    begin = data.index(b"mdat") + 4
    data[begin : data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - begin)
    source.write_bytes(data)
    assert muxed(tmp_path / "out.mp4", source, seconds=3.2).sound_outcome == "unreadable"
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].frames == 80


@pytest.mark.parametrize(
    ("codec", "container", "start", "end"),
    [
        ("aac", "mp4", 0.0, None),
        ("aac", "mp4", 0.7, 3.3),
        ("libmp3lame", "mp4", 0.7, 3.3),
        ("libopus", "mp4", 0.0, None),
        ("flac", "mp4", 0.7, 3.3),
        ("alac", "mov", 0.0, None),
        ("ac3", "mp4", 0.7, 3.3),
    ],
)
def test_a_hole_in_the_sound_is_filled_with_silence(
    codec: str, container: str, start: float, end: float | None, tmp_path: Path
) -> None:
    source = tmp_path / "clip.mp4"
    write_clip(
        source, size=SIZE, frames=100, container=container, sound=codec, sound_hole=(1.5, 2.5)
    )
    out = tmp_path / "out.mp4"
    assert muxed(out, source, start, end, seconds=4).sound_outcome == "transcoded"
    found = np.array(click_times(out))
    assert np.abs(found - (np.array([1, 3]) - start)).max() < FRAME
    assert lengths(out)[1] == pytest.approx((end or 4) - start, abs=0.1)


def test_a_failure_at_the_very_end_of_writing_ends_the_writer(tmp_path: Path) -> None:
    """It used to wait for frames of which none came any more."""
    writer = VideoWriter(tmp_path / "out.mp4", SIZE, Fraction(25))
    writer.write_rgb(np.zeros((64, 64, 3), np.uint8))

    class Failing:
        def write_until(self, time: float) -> None: ...

        def finish(self) -> None:
            raise ValueError("the last of the sound")

        def close(self) -> None: ...

    writer._sound = Failing()  # type: ignore[assignment]
    with pytest.raises(ValueError, match="the last of the sound"):
        writer.close()
    assert list(tmp_path.iterdir()) == []


def test_a_run_behind_the_sounds_end_has_none(tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    write_clip(source, size=SIZE, frames=125, sound="aac", sound_start=0.0)
    out = tmp_path / "out.mp4"
    muxed(out, source, 4.5, 6.0)
    assert click_times(out) == []
