"""Colours of decoded frames."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from tests.media.media_maker import Pixels, write_clip
from understudy.media.clip import open_clip, read_frames

PATCHES = np.array(
    [[200, 60, 90], [40, 160, 70], [50, 80, 190], [128, 128, 128], [235, 220, 40], [16, 16, 16]],
    np.uint8,
)


def patches(index: int, size: tuple[int, int]) -> Pixels:
    del index
    width, height = size
    columns = PATCHES[np.arange(width) * len(PATCHES) // width]
    return np.broadcast_to(columns, (height, width, 3)).copy()


def read_patches(rgb: Pixels) -> np.ndarray:
    height, width = rgb.shape[:2]
    at = (np.arange(len(PATCHES)) + 0.5) * width / len(PATCHES)
    return rgb[height // 2, at.astype(int)].astype(int)


WAYS = list(itertools.product((None, (180, 120), (450, 300)), (False, True)))
"""The sizes in which frames are read, and whether quickly."""


@pytest.mark.parametrize("matrix", [1, 5, 6, 9])
@pytest.mark.parametrize("full_range", [False, True])
def test_matrix_and_range_of_the_tags_are_obeyed(
    matrix: int, full_range: bool, tmp_path: Path
) -> None:
    tags = {"colorspace": matrix, "color_range": 2 if full_range else 1}
    path = write_clip(
        tmp_path / "clip.mp4", size=(540, 360), fps=5, frames=16, draw=patches, colour=tags
    )
    clip = open_clip(path, orientation="video")
    for size, quick in WAYS:
        found = read_patches(next(read_frames(clip, size=size, quick=quick)).rgb)
        assert np.abs(found - PATCHES).max() <= 4, (size, quick)


@pytest.mark.parametrize(("size", "matrix"), [((540, 360), 5), ((1280, 720), 1)])
def test_without_tags_the_matrix_is_guessed_by_size(
    size: tuple[int, int], matrix: int, tmp_path: Path
) -> None:
    def untagged(index: int, wanted: tuple[int, int]) -> object:
        from av.video.frame import VideoFrame

        frame = VideoFrame.from_ndarray(patches(index, wanted), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=matrix, dst_color_range=1)
        frame.colorspace = 2
        return frame

    path = write_clip(tmp_path / "clip.mp4", size=size, fps=5, frames=16, draw=untagged, colour={})
    clip = open_clip(path, orientation="video")
    assert np.abs(read_patches(next(read_frames(clip)).rgb) - PATCHES).max() <= 4


def test_ten_bits_are_read_as_eight(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        size=(540, 360),
        fps=5,
        frames=16,
        draw=patches,
        codec="libx265",
        pix_fmt="yuv420p10le",
    )
    clip = open_clip(path, orientation="video")
    assert not clip.is_hdr
    for size, quick in WAYS:
        found = read_patches(next(read_frames(clip, size=size, quick=quick)).rgb)
        assert np.abs(found - PATCHES).max() <= 4, (size, quick)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_shown_as_sdr(transfer: int, tmp_path: Path) -> None:
    # Code values as 8 bits of the HDR signal: black, middle grey, reference white, highlight.
    signal = {16: (0, 96, 148, 192), 18: (0, 97, 191, 255)}[transfer]

    def steps(index: int, size: tuple[int, int]) -> Pixels:
        del index
        width, height = size
        row = np.array(signal, np.uint8)[np.arange(width) * 4 // width]
        return np.broadcast_to(row[None, :, None], (height, width, 3)).copy()

    tags = {"colorspace": 9, "color_primaries": 9, "color_trc": transfer, "color_range": 1}
    path = write_clip(
        tmp_path / "clip.mp4",
        fps=5,
        frames=16,
        draw=steps,
        codec="libx265",
        pix_fmt="yuv420p10le",
        colour=tags,
    )
    clip = open_clip(path, orientation="video")
    assert clip.is_hdr
    for size in (None, (120, 120)):
        rgb = next(read_frames(clip, size=size)).rgb
        width = rgb.shape[1]
        black, grey, white, bright = rgb[rgb.shape[0] // 2, width // 8 :: width // 4].astype(int)
        assert black.max() <= 3
        assert np.ptp(grey) <= 3
        assert 90 <= grey[0] <= 140
        assert 205 <= white[0] <= 240
        assert white[0] + 8 < bright[0] <= 255
