"""Decoding a giant PNG row by row, straight into a small box-averaged picture.

PNG has no reduced decoding: every row must be inflated and unfiltered. Memory, though, need not
hold more than a few rows and the result. Averaging over n x n boxes is a sum, so that the passes of
an interlaced file can be added to the same boxes as they come.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from zlib_ng import zlib_ng

from understudy.media.picture import png_kernels as kernels
from understudy.media.picture.png import CHANNELS, BrokenPng, Png

# What is fed to and asked of the inflater at once, in bytes: a thousandfold is the most it yields.
_FEED = 2 * 1024
_BLOCK = 2 * 1024 * 1024
MAX_FACTOR = 128
MAX_BYTES = 8 * 1024**3
"""Of all rows, inflated. The slowest filter undoes some 300 MB a second, so that a picture takes
half a minute at most; RGB of 65,536 x 26,214 pixels has 5 GB."""

_InflateError = cast("type[Exception]", zlib_ng.error)

# x0, y0, dx, dy of the seven passes of Adam7.
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def decode_reduced(png: Png, factor: int) -> NDArray[np.uint8]:
    """The picture averaged over boxes of `factor` x `factor` pixels (1 to 128).

    Returns (ceil(H / factor), ceil(W / factor), 4) uint8 RGBA, not premultiplied, colours as
    stored; colours are averaged by their alpha. 16-bit samples give their high byte. Raises
    BrokenPng when the rows are damaged or end too early.
    """
    if not 1 <= factor <= MAX_FACTOR:
        raise ValueError(f"a factor of 1 to {MAX_FACTOR}")
    header = png.header
    rows_bytes = header.height * (header.width * header.bits_per_pixel // 8)
    if rows_bytes > MAX_BYTES:
        raise BrokenPng(
            f"the picture has {header.width * header.height:,} pixels of {header.bits_per_pixel} "
            f"bits, more than {MAX_BYTES // 1024**3} GB"
        )
    sums = np.zeros((-(-header.height // factor), -(-header.width // factor), 4), np.uint32)
    kind, table, key = _pixel_format(png)
    # While one block is added to the boxes, the next is inflated and unfiltered.
    with ThreadPoolExecutor(1) as pool:
        pending: Future[None] | None = None
        for rows in _blocks(png):
            grid = np.array((rows.x0, rows.dx, rows.y0, rows.dy, factor), np.int64)
            if pending is not None:
                pending.result()
            pending = pool.submit(
                kernels.add_rows,
                rows.data,
                kind,
                header.depth,
                table,
                key,
                not png.has_alpha,
                rows.width,
                grid,
                sums,
            )
        if pending is not None:
            pending.result()
    return _average(sums, header.width, header.height, factor)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Some rows of one pass. data: (rows, 1 + bytes) uint8, unfiltered.

    x0, dx: x of the first pixel and step between pixels; y0, dy: the same for rows.
    """

    data: NDArray[np.uint8]
    x0: int
    dx: int
    y0: int
    dy: int
    width: int


def _blocks(png: Png) -> Iterator[_Block]:
    header = png.header
    rows = _Rows(png.data)
    step = max(1, header.bits_per_pixel // 8)
    for x0, y0, dx, dy in _ADAM7 if header.interlaced else ((0, 0, 1, 1),):
        width, height = -(-(header.width - x0) // dx), -(-(header.height - y0) // dy)
        if width <= 0 or height <= 0:
            continue
        stride = 1 + (width * header.bits_per_pixel + 7) // 8
        above = np.zeros(stride - 1, np.uint8)
        at_once = max(1, _BLOCK // stride)
        for first in range(0, height, at_once):
            block = np.empty((min(at_once, height - first), stride), np.uint8)
            rows.fill(block.data.cast("B"))
            if kernels.unfilter(block, above, step) != 0:
                raise BrokenPng("the PNG's rows are damaged")
            above = block[-1, 1:].copy()
            yield _Block(block, x0, dx, y0 + first * dy, dy, width)


class _Rows:
    """The inflated bytes, handed out in the amounts asked for."""

    def __init__(self, data: tuple[memoryview, ...]) -> None:
        self._pieces = _inflated(data)
        self._rest = memoryview(b"")

    def fill(self, target: memoryview) -> None:
        """Fill `target` with the next bytes; raises BrokenPng when there are too few."""
        at = 0
        while at < len(target):
            if not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    raise BrokenPng("the PNG is cut off: rows are missing")
                self._rest = memoryview(piece)
            count = min(len(self._rest), len(target) - at)
            target[at : at + count] = self._rest[:count]
            self._rest = self._rest[count:]
            at += count


def _inflated(data: tuple[memoryview, ...]) -> Iterator[bytes]:
    inflater = zlib_ng.decompressobj()
    try:
        for body in data:
            for at in range(0, len(body), _FEED):
                feed: bytes | memoryview = body[at : at + _FEED]
                while feed:
                    yield inflater.decompress(feed, _BLOCK)
                    feed = inflater.unconsumed_tail
                if inflater.eof:
                    return
    except _InflateError as error:
        raise BrokenPng("the PNG's rows are damaged") from error


def _pixel_format(png: Png) -> tuple[int, NDArray[np.uint8], NDArray[np.int64]]:
    """How to read pixels: (kind, table of RGBA by index, the transparent colour or -1s)."""
    header = png.header
    deep = header.depth == 16
    table = np.zeros((256, 4), np.uint8)
    key = np.full(3, -1, np.int64)
    trns = png.transparency
    if header.colour_type == 3 and png.palette is not None:
        table[: len(png.palette), :3] = png.palette
        table[:, 3] = 255
        if trns:
            alphas = np.frombuffer(trns[:256], np.uint8)
            table[: len(alphas), 3] = alphas
        return kernels.INDEXED, table, key
    if trns and len(trns) >= 2 * CHANNELS[header.colour_type]:
        shades = np.frombuffer(trns[: 2 * CHANNELS[header.colour_type]], ">u2")
        key[: len(shades)] = shades
    keyed = bool(key[0] >= 0)
    if deep and keyed:
        kind = kernels.KEYED_GREY16 if header.colour_type == 0 else kernels.KEYED_RGB16
        return kind, table, key
    if header.colour_type == 0:
        levels = 1 << min(header.depth, 8)
        table[:levels, :3] = (np.arange(levels) * 255 // (levels - 1))[:, None]
        table[:, 3] = 255
        if keyed and key[0] < levels:
            table[key[0], 3] = 0
        return kernels.INDEXED, table, key
    kinds = {2: kernels.RGB8, 4: kernels.GREY_ALPHA8, 6: kernels.RGBA8}
    return kinds[header.colour_type], table, key


def _average(sums: NDArray[np.uint32], width: int, height: int, factor: int) -> NDArray[np.uint8]:
    """Sums of (colour x alpha, alpha) per box to colour and mean alpha."""
    across = np.full(sums.shape[1], factor)
    across[-1] = width - factor * (sums.shape[1] - 1)
    down = np.full(sums.shape[0], factor)
    down[-1] = height - factor * (sums.shape[0] - 1)
    result = np.empty(sums.shape, np.uint8)
    for y in range(len(sums)):
        alpha = sums[y, :, 3].astype(np.float64)
        result[y, :, :3] = sums[y, :, :3] / np.maximum(alpha, 1)[:, None] + 0.5
        result[y, :, 3] = alpha / (across * down[y]) + 0.5
    return result
