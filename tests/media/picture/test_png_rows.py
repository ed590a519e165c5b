"""Decoding giant PNGs by rows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.media_maker import CHANNELS, write_png
from understudy.media.picture import png
from understudy.media.picture.png_rows import decode_reduced

KINDS = [
    (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16),
    (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16),
]  # fmt: skip


def made(
    colour_type: int, depth: int, interlaced: bool, size: tuple[int, int]
) -> tuple[png.Png, np.ndarray]:
    """A PNG of noise, some of it in a transparent colour, and the RGBA that it means."""
    generator = np.random.default_rng(depth + colour_type)
    width, height = size
    most = (1 << depth) - 1
    samples = generator.integers(0, most + 1, (height, width, CHANNELS[colour_type]))
    rgba = np.full((height, width, 4), 255)
    chunks: list[tuple[bytes, bytes]] = []
    if colour_type == 3:
        palette = generator.integers(0, 256, (most + 1, 4))
        palette[(most + 1) // 2 :, 3] = 255
        alphas = palette[: (most + 1) // 2, 3]
        chunks = [(b"PLTE", _bytes(palette[:, :3])), (b"tRNS", _bytes(alphas))]
        rgba = palette[samples[:, :, 0]]
    else:
        colours = samples >> 8 if depth == 16 else samples * 255 // most
        rgba[:, :, :3] = colours[:, :, : 3 if colour_type in (2, 6) else 1]
    if colour_type in (0, 2):
        samples[::3] = key = most // 3
        rgba[::3] = (255 * key // most) if depth < 16 else key >> 8
        rgba[:, :, 3] = np.where((samples == key).all(axis=2), 0, 255)
        chunks = [(b"tRNS", key.to_bytes(2, "big") * CHANNELS[colour_type])]
    elif colour_type in (4, 6):
        rgba[:, :, 3] = samples[:, :, -1] >> 8 if depth == 16 else samples[:, :, -1]
    data = write_png(samples, colour_type, depth, interlaced=interlaced, chunks=chunks)
    return png.parse(data), rgba


def _bytes(values: np.ndarray) -> bytes:
    return values.astype(np.uint8).tobytes()


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour_type", "depth"), KINDS)
def test_every_kind_of_pixel_is_read(colour_type: int, depth: int, interlaced: bool) -> None:
    parts, expected = made(colour_type, depth, interlaced, (45, 31))
    rows = decode_reduced(parts, 1)
    assert np.array_equal(rows[:, :, 3], expected[:, :, 3])
    seen = expected[:, :, 3] > 0
    assert np.array_equal(rows[seen], expected[seen])


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("colour_type", "depth"), [k for k in KINDS if k[1] == 8])
def test_whole_and_by_rows_are_the_same(colour_type: int, depth: int, interlaced: bool) -> None:
    parts, _ = made(colour_type, depth, interlaced, (45, 31))
    image, alpha = png.decode(parts)
    rows = decode_reduced(parts, 1)
    assert alpha is not None
    assert np.array_equal(rows[:, :, 3], alpha)
    assert np.array_equal(rows[alpha > 0][:, :3], np.asarray(image.convert("RGB"))[alpha > 0])


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("factor", [2, 3, 7, 50])
@pytest.mark.parametrize(("colour_type", "depth"), [(2, 8), (6, 8), (0, 8)])
def test_boxes_hold_the_average_of_their_pixels(
    colour_type: int, depth: int, interlaced: bool, factor: int
) -> None:
    parts, _ = made(colour_type, depth, interlaced, (45, 31))
    whole = decode_reduced(parts, 1).astype(np.float64)
    boxes = decode_reduced(parts, factor)
    assert boxes.shape == (-(-31 // factor), -(-45 // factor), 4)
    for y, x in np.ndindex(boxes.shape[:2]):
        box = whole[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor].reshape(-1, 4)
        weight = box[:, 3].sum()
        assert abs(boxes[y, x, 3] - weight / len(box)) <= 0.51
        if weight:
            colour = (box[:, :3] * box[:, 3:]).sum(0) / weight
            assert np.abs(boxes[y, x, :3] - colour).max() <= 0.51


def test_rows_that_end_early_or_have_an_unknown_filter_are_told() -> None:
    parts, _ = made(2, 8, False, (45, 31))
    short = png.Png(parts.header, None, None, None, None, (parts.data[0][:-60],))
    with pytest.raises(png.BrokenPng, match=r"cut off|damaged"):
        decode_reduced(short, 2)


def test_a_factor_out_of_range_is_a_fault() -> None:
    with pytest.raises(ValueError, match="1 to 128"):
        decode_reduced(made(2, 8, False, (45, 31))[0], 129)
