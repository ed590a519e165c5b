"""Progressive JPEGs from their first scans, held against libjpeg."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from understudy.media.picture import jpeg
from understudy.media.picture.jpeg_dc import decode_eighth


def saved(size: tuple[int, int], mode: str = "RGB", **options: object) -> bytes:
    """A progressive JPEG of smooth waves of colour."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    waves = [127.5 + 127 * np.sin(x / (90 + 9 * k) + y / (120 - 7 * k)) for k in range(4)]
    channels = {"L": 1, "RGB": 3, "CMYK": 4}[mode]
    pixels = np.dstack(waves[:channels]).astype(np.uint8)
    stream = io.BytesIO()
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, mode)
    image.save(stream, "JPEG", progressive=True, **options)
    return stream.getvalue()


def eighth(data: bytes) -> np.ndarray:
    return np.asarray(decode_eighth(data, jpeg.read_header(data)).convert("RGB")).astype(int)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("restart", [0, 5])
@pytest.mark.parametrize("size", [(640, 480), (333, 517)])
def test_it_is_what_libjpeg_gives_at_an_eighth(
    mode: str, subsampling: int, restart: int, size: tuple[int, int]
) -> None:
    options = {"subsampling": subsampling, "restart_marker_blocks": restart, "quality": 85}
    data = saved(size, mode, **options)
    expected = jpeg.decode(data, least=(size[0] // 8, size[1] // 8)).convert("RGB")
    found = eighth(data)
    assert found.shape[1::-1] == expected.size
    difference = np.abs(found - np.asarray(expected).astype(int))
    # The last bit is left out; chroma at the very edge is padded in other ways.
    assert difference.mean() < 2.5
    assert np.percentile(difference, 99) <= 12


def test_colours_stored_as_rgb_are_not_converted() -> None:
    data = saved((320, 240), keep_rgb=True)
    expected = np.asarray(jpeg.decode(data, least=(40, 30)).convert("RGB")).astype(int)
    assert np.abs(eighth(data) - expected).mean() < 2.5


def test_a_file_cut_off_or_of_four_components_is_told() -> None:
    data = saved((640, 480))
    for part in (data[:-2], data[: data.index(b"\xff\xda") + 100], data[:700] + b"\xff\xd9"):
        with pytest.raises(jpeg.BrokenJpeg, match="damaged or cut off"):
            decode_eighth(part, jpeg.read_header(data))
    cmyk = saved((320, 240), "CMYK")
    with pytest.raises(jpeg.BrokenJpeg, match="CMYK"):
        decode_eighth(cmyk, jpeg.read_header(cmyk))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_provokes_anything_but_a_refusal(data: st.DataObject) -> None:
    whole = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(2, len(whole) - 3))] = data.draw(st.integers(0, 255))
    try:
        header = jpeg.read_header(bytes(whole))
        if header.width * header.height < 1_000_000:
            decode_eighth(bytes(whole), header)
    except jpeg.BrokenJpeg:
        return


SMALL = saved((120, 90), restart_marker_blocks=7)
