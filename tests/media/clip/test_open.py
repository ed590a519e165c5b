"""Opening clips."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.media.media_maker import SIZE, quadrants, read_quadrants, write_clip
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.clip import Clip, open_clip, read_frames


def opened(path: Path, orientation: limits.Orientation = "video") -> Clip:
    return open_clip(path, orientation=orientation)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3.2 s at 25 fps, with B-frames and sound."""
    path = tmp_path_factory.mktemp("clips") / "plain.mp4"
    return write_clip(path, sound="aac", options={"bf": "2", "g": "30", "preset": "fast"})


def test_a_clip_tells_what_it_is(plain: Path) -> None:
    clip = opened(plain)
    assert clip.size == SIZE
    assert clip.fps == 25
    assert clip.frame_count == 80
    assert clip.duration == pytest.approx(3.2)
    assert clip.has_sound
    assert clip.rotation == 0
    assert not clip.is_hdr
    assert clip.digest == hashlib.sha256(plain.read_bytes()).hexdigest()
    assert np.allclose(clip.times, np.arange(80) / 25)
    assert np.allclose(clip.keyframes, [0, 1.2, 2.4])


@pytest.mark.parametrize(
    ("codec", "container", "pix_fmt"),
    [
        ("libx264", "mov", "yuv420p"),
        ("libx265", "mp4", "yuv420p10le"),
        ("libsvtav1", "mp4", "yuv420p"),
        ("mpeg4", "mp4", "yuv420p"),
        ("prores_ks", "mov", "yuv422p10le"),
        ("mjpeg", "mov", "yuvj420p"),
    ],
)
def test_the_usual_codecs_are_read(
    codec: str, container: str, pix_fmt: str, tmp_path: Path
) -> None:
    path = write_clip(
        tmp_path / f"clip.{container}",
        codec=codec,
        container=container,
        pix_fmt=pix_fmt,
        frames=16,
        fps=5,
        draw=lambda _, size: quadrants(size),
        options={"svtav1-params": "lp=1"} if codec == "libsvtav1" else {},
        colour={"color_range": 2} if pix_fmt == "yuvj420p" else None,
    )
    clip = opened(path)
    assert (clip.size, clip.frame_count, clip.has_sound) == (SIZE, 16, False)
    assert read_quadrants(next(read_frames(clip)).rgb) == "RGBW"


def test_a_fragmented_file_is_read(tmp_path: Path) -> None:
    muxer = {"movflags": "frag_keyframe+empty_moov"}
    clip = opened(write_clip(tmp_path / "clip.mp4", muxer=muxer, options={"g": "20"}))
    assert (clip.frame_count, clip.fps) == (80, 25)


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    [
        ("matroska", "libx264", "MKV"),
        ("webm", "libvpx-vp9", "WebM"),
        ("avi", "mpeg4", "AVI"),
        ("flv", "libx264", "FLV"),
        ("mpegts", "libx264", "MPEG transport stream"),
    ],
)
def test_other_containers_are_refused_by_name_whatever_they_are_called(
    container: str, codec: str, name: str, tmp_path: Path
) -> None:
    options = {"deadline": "realtime", "cpu-used": "8"} if codec == "libvpx-vp9" else {}
    path = write_clip(
        tmp_path / "clip.mp4", container=container, codec=codec, frames=4, options=options
    )
    with pytest.raises(InputRefused, match=name) as caught:
        opened(path)
    assert caught.value.field == "video_url"
    assert caught.value.allowed == "allowed: mp4 and mov"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a" + bytes(100), "GIF"),
        (b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n", "HLS playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "text"),
        (bytes(3000), "unknown format"),
        (b"", "the file is empty"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "cut off or never finished"),
    ],
)
def test_what_is_no_clip_is_refused(data: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(InputRefused, match=name):
        opened(path)


def test_a_picture_and_a_missing_file_are_refused_without_their_path(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    Image.new("RGB", (400, 400)).save(path, "PNG")
    with pytest.raises(InputRefused, match="png"):
        opened(path)
    with pytest.raises(InputRefused, match="cannot be read") as caught:
        opened(tmp_path / "none.mp4")
    assert str(tmp_path) not in str(caught.value)


def test_too_many_bytes_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with path.open("wb") as file:
        file.truncate(limits.CLIP_MAX_BYTES + 1)
    with pytest.raises(InputRefused, match="at most 100 MB"):
        opened(path)


def test_sides_are_checked_as_shown(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="320 x 352 px; each side must be 340 to 3850 px"):
        opened(write_clip(tmp_path / "clip.mp4", size=(320, 352), frames=2))


@pytest.mark.parametrize(
    ("frames", "fps", "orientation"),
    [
        (75, 25, "video"),
        (90, Fraction(30000, 1001), "image"),
        (80, 8, "image"),
        (240, 8, "video"),
    ],
)
def test_clips_of_just_the_right_length_pass(
    frames: int, fps: Fraction | int, orientation: limits.Orientation, tmp_path: Path
) -> None:
    clip = opened(write_clip(tmp_path / "clip.mp4", frames=frames, fps=fps), orientation)
    assert clip.fps == fps
    assert clip.duration == pytest.approx(frames / float(fps), abs=1e-3)


def test_sound_that_outlasts_the_pictures_does_not_make_a_clip_too_long(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=100, fps=10, sound="aac", sound_start=0.3)
    assert opened(path, "image").duration == pytest.approx(10)


def test_short_and_long_clips_are_refused(tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short.mp4", frames=72)
    with pytest.raises(InputRefused) as caught:
        opened(short)
    assert str(caught.value) == "Video duration can not less than 3s"
    long = write_clip(tmp_path / "long.mp4", frames=104, fps=10)
    opened(long)
    with pytest.raises(InputRefused, match=r"lasts 10\.40 s; allowed: 3 to 10 s"):
        opened(long, "image")


TURNS = {
    (0, False): ("RGBW", 0),
    (270, False): ("BRWG", 90),
    (180, False): ("WBGR", 180),
    (90, False): ("GWRB", 270),
    (0, True): ("GRWB", 0),
    (90, True): ("WGBR", 90),
}


@pytest.mark.parametrize(("anticlockwise", "mirror"), TURNS)
def test_rotation_metadata_turns_the_frames_upright(
    anticlockwise: int, mirror: bool, tmp_path: Path
) -> None:
    seen, degrees = TURNS[anticlockwise, mirror]
    clip = opened(
        write_clip(
            tmp_path / "clip.mp4",
            size=(480, 360),
            frames=16,
            fps=5,
            draw=lambda _, size: quadrants(size),
            rotation=anticlockwise,
            mirror=mirror,
        )
    )
    assert clip.rotation == degrees
    assert clip.size == ((360, 480) if degrees in (90, 270) else (480, 360))
    for size in (None, (180, 240)):
        frame = next(read_frames(clip, size=size))
        assert frame.rgb.shape[1::-1] == (size or clip.size)
        assert read_quadrants(frame.rgb) == seen


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    def squeeze(stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    clip = opened(
        write_clip(
            tmp_path / "clip.mp4",
            size=(360, 360),
            frames=16,
            fps=5,
            draw=lambda _, size: quadrants(size),
            prepare=squeeze,
        )
    )
    assert clip.size == (480, 360)
    assert next(read_frames(clip)).rgb.shape == (360, 480, 3)


def test_odd_sides_are_read(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        size=(353, 351),
        frames=16,
        fps=5,
        pix_fmt="yuv444p",
        draw=lambda _, size: quadrants(size),
    )
    clip = opened(path)
    assert next(read_frames(clip)).rgb.shape == (351, 353, 3)
    assert next(read_frames(clip, size=(101, 99))).rgb.shape == (99, 101, 3)


def test_a_variable_rate_is_told_by_its_average(tmp_path: Path) -> None:
    times = np.cumsum(np.tile([0.02, 0.06, 0.04, 0.08], 20)) - 0.02
    clip = opened(write_clip(tmp_path / "clip.mp4", times=times))
    assert float(clip.fps) == pytest.approx(20, rel=0.01)
    assert np.allclose(clip.times, times, atol=1e-4)


def test_a_steady_rate_with_a_few_frames_missing_is_told_by_its_nominal(tmp_path: Path) -> None:
    times = [k / 30 for k in range(100) if k not in (17, 50)]
    assert opened(write_clip(tmp_path / "clip.mp4", times=times, frames=98)).fps == 30


@pytest.mark.parametrize(
    "fps", [Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 30, Fraction(60000, 1001), 60, 12]
)
def test_common_rates_are_told_exactly(fps: Fraction | int, tmp_path: Path) -> None:
    frames = int(3.1 * fps)
    assert opened(write_clip(tmp_path / "clip.mp4", fps=fps, frames=frames)).fps == fps


def test_a_file_of_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=48000)
        for k in range(200):
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts = 48000, 1024 * k
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with pytest.raises(InputRefused, match="has no video"):
        opened(path)


def test_an_encrypted_clip_is_refused(tmp_path: Path) -> None:
    muxer = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "00" * 16,
        "encryption_kid": "11" * 16,
    }
    with pytest.raises(InputRefused, match="encrypted"):
        opened(write_clip(tmp_path / "clip.mp4", muxer=muxer))


@pytest.mark.parametrize("muxer", [{}, {"movflags": "faststart"}])
def test_a_clip_cut_off_anywhere_is_refused(muxer: dict[str, str], tmp_path: Path) -> None:
    data = write_clip(tmp_path / "whole.mp4", muxer=muxer, frames=80).read_bytes()
    path = tmp_path / "clip.mp4"
    for part in (0.02, 0.3, 0.7, 0.98):
        path.write_bytes(data[: int(part * len(data))])
        with pytest.raises(InputRefused, match="cut off"):
            opened(path)


def test_a_clip_whose_pictures_are_overwritten_is_refused(plain: Path, tmp_path: Path) -> None:
    data = bytearray(plain.read_bytes())
    at = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4 if data.index(b"moov") > at else len(data)
    data[at:end] = bytes(end - at)
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(InputRefused, match="no frame of the video can be decoded"):
        opened(path)


def set_count(data: bytearray, box: bytes, offset: int, count: int) -> None:
    at = data.index(box) + 4 + offset
    data[at : at + 4] = struct.pack(">I", count)


def claim_samples(data: bytearray) -> None:
    set_count(data, b"stsz", 4, 1)
    set_count(data, b"stsz", 8, 2**31)


def claim_chunk(data: bytearray) -> None:
    set_count(data, b"stsz", 4, 1)
    set_count(data, b"stsz", 8, 100_000_000)


def nest(data: bytearray) -> None:
    at = data.index(b"moov") - 4
    inner = b"".join(struct.pack(">I4s", 8 * (40 - k), b"trak") for k in range(40))
    data[at:at] = struct.pack(">I4s", 8 + len(inner), b"moov") + inner


def compress_header(data: bytearray) -> None:
    at = data.index(b"moov") - 4
    data[at:at] = struct.pack(">I4sI4s", 16, b"moov", 8, b"cmov")


@pytest.mark.parametrize("harm", [claim_samples, claim_chunk, nest, compress_header])
def test_a_header_that_claims_too_much_is_refused(
    harm: Callable[[bytearray], None], plain: Path, tmp_path: Path
) -> None:
    data = bytearray(plain.read_bytes())
    harm(data)
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(InputRefused, match="header"):
        opened(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_damage_provokes_anything_but_a_refusal(
    plain: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = bytearray(plain.read_bytes())
    header = whole.index(b"moov")
    for _ in range(data.draw(st.integers(1, 8))):
        in_header = data.draw(st.booleans())
        at = data.draw(st.integers(header if in_header else 4, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "clip.mp4"
    path.write_bytes(whole)
    try:
        clip = opened(path)
        frames = sum(1 for _ in read_frames(clip, size=(88, 88)))
    except InputRefused:
        return
    assert frames > 0
