"""Frames with alpha: in every format that carries it, and laid over a background."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from understudy.media.output.encode import VideoWriter
from understudy.media.output.encodings import ENCODINGS
from understudy.media.output.provenance import Provenance
from understudy.media.output.sequence import SequenceWriter
from understudy.media.output.transparency import over, with_spread_colours
from understudy.media.output.watermark import make_watermark

SIZE = (176, 240)
RATE = Fraction(25)
COLOUR = (210, 60, 40)
PROVENANCE = Provenance("Understudy test", "puppet 1")
ALPHA_SUFFIXES = [suffix for suffix, one in ENCODINGS.items() if one.alpha_pixels]


def disc(index: int, halo: float = 0.5) -> NDArray[np.uint8]:
    """A red disc with a half transparent halo on nothing, which is black."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    away = np.hypot(x - 60 - 4 * index, y - 120)
    alpha = np.clip(45 - away, 0, 1) * (1 - halo) + halo * np.clip(65 - away, 0, 1)
    rgba = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    rgba[alpha > 0, :3] = COLOUR
    rgba[..., 3] = np.rint(alpha * 255)
    return rgba


def written(path: Path, frames: int = 10, halo: float = 0.5) -> Path:
    encoding = ENCODINGS[path.suffix]
    with VideoWriter(
        path, SIZE, RATE, encoding=encoding, transparent=True, provenance=PROVENANCE
    ) as writer:
        for index in range(frames):
            writer.write_rgba(disc(index, halo))
    return path


def read(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The frames of a file as RGBA, by decoders that are not ours."""
    if path.suffix in (".gif", ".webp"):
        with Image.open(path) as image:
            for index in range(image.n_frames):
                image.seek(index)
                yield np.asarray(image.convert("RGBA"))
        return
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        # libav's own VP9 decoder leaves the alpha out.
        decoder = (
            av.CodecContext.create("libvpx-vp9", "r")
            if path.suffix == ".webm"
            else stream.codec_context
        )
        for packet in container.demux(stream):
            for frame in decoder.decode(packet):
                yield frame.to_ndarray(format="rgba")


@pytest.mark.parametrize("suffix", [s for s in ALPHA_SUFFIXES if s != ".gif"])
def test_alpha_and_colours_come_back(suffix: str, tmp_path: Path) -> None:
    found = list(read(written(tmp_path / f"out{suffix}")))
    assert len(found) == 10
    for index, frame in enumerate(found):
        wanted = disc(index)
        assert np.abs(frame[..., 3].astype(int) - wanted[..., 3]).mean() < 1.5
        for ground in ((0, 0, 0), (255, 255, 255), (0, 177, 64)):
            below = np.broadcast_to(np.array(ground, np.uint8), (SIZE[1], SIZE[0], 3))
            # A rim of the ground's or of black's colour would show here.
            difference = np.abs(over(frame, below).astype(int) - over(wanted, below))
            assert difference.max() < 45
            assert np.percentile(difference, 99) < 12


def test_a_gif_has_the_figure_and_nothing_else(tmp_path: Path) -> None:
    found = list(read(written(tmp_path / "out.gif", halo=0.0)))
    assert len(found) == 10
    for index, frame in enumerate(found):
        wanted = disc(index, halo=0.0)
        np.testing.assert_array_equal(frame[..., 3] > 0, wanted[..., 3] >= 128)
        inside = wanted[..., 3] == 255
        assert np.abs(frame[inside][:, :3].astype(int) - COLOUR).max() < 16


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_pictures_that_move_last_as_long_as_their_frames_and_repeat(
    suffix: str, tmp_path: Path
) -> None:
    with Image.open(written(tmp_path / f"out{suffix}")) as image:
        assert image.info["loop"] == 0
        lasting = 0
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            lasting += image.info["duration"]
    assert lasting == pytest.approx(400, abs=10)


@pytest.mark.parametrize("suffix", sorted(ENCODINGS))
def test_every_file_says_that_it_was_generated(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    encoding = ENCODINGS[suffix]
    with VideoWriter(path, SIZE, RATE, encoding=encoding, provenance=PROVENANCE) as writer:
        for _ in range(3):
            writer.write_rgb(np.full((SIZE[1], SIZE[0], 3), 128, np.uint8))
    data = path.read_bytes()
    assert b"AI-generated" in data
    if suffix != ".webm":
        assert b"compositeSynthetic" in data
    if suffix == ".webp":
        with Image.open(path) as image:
            assert b"compositeSynthetic" in image.info["xmp"]


def test_a_sequence_is_a_folder_of_numbered_pictures(tmp_path: Path) -> None:
    with SequenceWriter(tmp_path / "frames", provenance=PROVENANCE) as writer:
        for index in range(3):
            writer.write_rgba(disc(index))
        assert list(tmp_path.glob("frames")) == []
    files = sorted((tmp_path / "frames").iterdir())
    assert [file.name for file in files] == ["00000.png", "00001.png", "00002.png"]
    for index, file in enumerate(files):
        with Image.open(file) as image:
            np.testing.assert_array_equal(np.asarray(image), disc(index))
            assert "compositeSynthetic" in image.text["XML:com.adobe.xmp"]


def test_a_sequence_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with SequenceWriter(tmp_path / "frames") as writer:
            writer.write_rgba(disc(0))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def test_what_is_transparent_takes_the_colours_beside_it() -> None:
    filled = with_spread_colours(disc(0))
    np.testing.assert_array_equal(filled[..., 3], disc(0)[..., 3])
    assert np.abs(filled[..., :3].astype(int) - COLOUR).max() < 6


def test_nothing_at_all_can_be_written(tmp_path: Path) -> None:
    nothing = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    for suffix in ALPHA_SUFFIXES:
        path = tmp_path / f"out{suffix}"
        encoding = ENCODINGS[suffix]
        with VideoWriter(path, SIZE, RATE, encoding=encoding, transparent=True) as writer:
            writer.write_rgba(nothing)
            writer.write_rgba(nothing)
        assert all(frame[..., 3].max() <= 1 for frame in read(path))


def test_a_watermark_is_seen_on_nothing_too() -> None:
    frame = np.zeros((720, 720, 4), np.uint8)
    mark = make_watermark((720, 720))
    mark.stamp_rgba(frame.reshape(720, -1))
    h, w = mark.keep.shape
    panel = frame[mark.y : mark.y + h, mark.x : mark.x + w]
    assert panel[..., 3].max() > 220
    assert panel[panel[..., 3] > 220][:, :3].max() > 220
    assert panel[h // 2, w // 2, 3] > 60
    outside = frame.copy()
    outside[mark.y : mark.y + h, mark.x : mark.x + w] = 0
    assert outside.max() == 0
