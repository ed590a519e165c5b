"""Compiled inner loops of decoding a PNG: filters undone, pixels added to boxes."""

from __future__ import annotations

import numba
import numpy as np

# How a pixel is read from a row's bytes. INDEXED goes through a table (palette, or grey); samples
# of other depths are brought to 8 bits before. KEYED16 keeps 16 bits, to compare them with a key.
INDEXED, RGB8, GREY_ALPHA8, RGBA8, KEYED_GREY16, KEYED_RGB16 = range(6)


@numba.njit(nogil=True, cache=True)
def unfilter(block, above, step):  # type: ignore[no-untyped-def]
    """Undo the filters of a block of rows in place; 0, or 1 for an unknown filter.

    block: (rows, 1 + bytes) uint8, each row led by its filter's number. above: (bytes,) uint8, the
    row before the block; left holding the block's last row. step: bytes of a pixel.
    """
    for r in range(block.shape[0]):
        row = block[r, 1:]
        kind = block[r, 0]
        if kind == 1:
            for i in range(step, row.shape[0]):
                row[i] += row[i - step]
        elif kind == 2:
            for i in range(row.shape[0]):
                row[i] += above[i]
        elif kind == 3:
            for i in range(min(step, row.shape[0])):
                row[i] += above[i] >> 1
            for i in range(step, row.shape[0]):
                row[i] += (np.int32(row[i - step]) + np.int32(above[i])) >> 1
        elif kind == 4:
            _undo_paeth(row, above, step)
        elif kind != 0:
            return 1
        above = row
    return 0


@numba.njit(nogil=True, cache=True)
def _undo_paeth(row, above, step):  # type: ignore[no-untyped-def]
    """Each byte is predicted by whichever of left, above and above left fits best."""
    for channel in range(min(step, row.shape[0])):
        left = np.int32(0)
        corner = np.int32(0)
        for i in range(channel, row.shape[0], step):
            up = np.int32(above[i])
            from_left = abs(up - corner)
            from_up = abs(left - corner)
            from_corner = abs(left + up - corner - corner)
            best = up if from_up <= from_corner else corner
            if from_left <= from_up and from_left <= from_corner:
                best = left
            left = (np.int32(row[i]) + best) & 255
            row[i] = left
            corner = up


@numba.njit(nogil=True, cache=True)
def add_rows(block, kind, depth, table, key, opaque, width, grid, sums):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Add a block of unfiltered rows to the boxes.

    grid: x of the first pixel, step in x, y of the first row, step in y, size of a box.
    """
    x0, dx, y0, dy, factor = grid[0], grid[1], grid[2], grid[3], grid[4]
    plain = kind == RGB8 and opaque and dx == 1
    packed = depth < 8
    deep = depth == 16 and kind < KEYED_GREY16
    length = block.shape[1] - 1
    if packed:
        length *= 8 // depth
    elif deep:
        length //= 2
    samples = np.empty(length if packed or deep else 0, np.uint8)
    column = np.zeros(length if plain else 0, np.uint16)
    for r in range(block.shape[0]):
        y = y0 + r * dy
        row = block[r, 1:]
        line = sums[y // factor]
        if packed:
            _unpack(row, depth, samples)
            row = samples
        elif deep:
            for i in range(length):
                samples[i] = row[2 * i]
            row = samples
        if not plain:
            _add_pixels(row, kind, table, key, width, x0, dx, factor, line)
            continue
        for i in range(row.shape[0]):
            column[i] += row[i]
        if (y + 1) % factor == 0 or r == block.shape[0] - 1:
            rows = min(r + 1, y % factor + 1)
            _add_column_sums(column, width, factor, rows, line)
            column[:] = 0


@numba.njit(nogil=True, cache=True)
def _unpack(row, depth, samples):  # type: ignore[no-untyped-def]
    """Spread samples of 1, 2 or 4 bits, the first in the highest bits, over a byte each."""
    mask = np.uint8((1 << depth) - 1)
    at = 0
    for byte in row:
        for shift in range(8 - depth, -1, -depth):
            samples[at] = (byte >> shift) & mask
            at += 1


@numba.njit(nogil=True, cache=True)
def _add_column_sums(column, width, factor, rows, line):  # type: ignore[no-untyped-def]
    """The common case, opaque 8-bit RGB: sums of some rows' bytes, added across each box."""
    for box in range(line.shape[0]):
        first = box * factor
        last = min(first + factor, width)
        red = np.uint32(0)
        green = np.uint32(0)
        blue = np.uint32(0)
        for x in range(first, last):
            red += np.uint32(column[3 * x])
            green += np.uint32(column[3 * x + 1])
            blue += np.uint32(column[3 * x + 2])
        line[box, 0] += red * np.uint32(255)
        line[box, 1] += green * np.uint32(255)
        line[box, 2] += blue * np.uint32(255)
        line[box, 3] += np.uint32(255 * (last - first) * rows)


@numba.njit(nogil=True, cache=True)
def _add_pixels(row, kind, table, key, width, x0, dx, factor, line):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Add one row's pixels to its boxes, colours weighted by alpha."""
    pixel = np.empty(4, np.uint8)
    direct = (kind == RGB8 and key[0] < 0) or kind == RGBA8
    size = 4 if kind == RGBA8 else 3
    i = 0
    while i < width:
        box, last = _box_of(i, width, x0, dx, factor)
        sums = line[box]
        if direct:
            # Without a branch a pixel, and the sums in registers.
            red = green = blue = weight = np.uint32(0)
            for j in range(i * size, last * size, size):
                alpha = np.uint32(row[j + 3]) if size == 4 else np.uint32(255)
                red += np.uint32(row[j]) * alpha
                green += np.uint32(row[j + 1]) * alpha
                blue += np.uint32(row[j + 2]) * alpha
                weight += alpha
            sums[0] += red
            sums[1] += green
            sums[2] += blue
            sums[3] += weight
        elif kind == INDEXED:
            red = green = blue = weight = np.uint32(0)
            for j in range(i, last):
                index = row[j]
                alpha = np.uint32(table[index, 3])
                red += np.uint32(table[index, 0]) * alpha
                green += np.uint32(table[index, 1]) * alpha
                blue += np.uint32(table[index, 2]) * alpha
                weight += alpha
            sums[0] += red
            sums[1] += green
            sums[2] += blue
            sums[3] += weight
        elif kind == GREY_ALPHA8:
            grey = weight = np.uint32(0)
            for j in range(2 * i, 2 * last, 2):
                alpha = np.uint32(row[j + 1])
                grey += np.uint32(row[j]) * alpha
                weight += alpha
            sums[0] += grey
            sums[1] += grey
            sums[2] += grey
            sums[3] += weight
        else:
            for j in range(i, last):
                _read_keyed(row, j, kind, key, pixel)
                _add_weighted(sums, pixel)
        i = last


@numba.njit(nogil=True, inline="always")
def _box_of(i, width, x0, dx, factor):  # type: ignore[no-untyped-def]
    """The box of the pass' i-th pixel, and the first pixel after that box (or the row's end)."""
    box = (x0 + i * dx) // factor
    last = ((box + 1) * factor - x0 + dx - 1) // dx
    return box, min(last, width)


@numba.njit(nogil=True, inline="always")
def _add_weighted(sums, pixel):  # type: ignore[no-untyped-def]
    alpha = np.uint32(pixel[3])
    sums[0] += np.uint32(pixel[0]) * alpha
    sums[1] += np.uint32(pixel[1]) * alpha
    sums[2] += np.uint32(pixel[2]) * alpha
    sums[3] += alpha


@numba.njit(nogil=True, cache=True)
def _read_keyed(row, i, kind, key, pixel):  # type: ignore[no-untyped-def]
    """The i-th pixel as RGBA, transparent where it has the key's colour.

    Of 16-bit samples it is the high byte, but they are compared whole.
    """
    size = 1 if kind == RGB8 else 2
    colours = 1 if kind == KEYED_GREY16 else 3
    matches = True
    for c in range(colours):
        at = (i * colours + c) * size
        pixel[c] = row[at]
        shade = np.int64(row[at])
        if size == 2:
            shade = shade << 8 | np.int64(row[at + 1])
        matches = matches and shade == key[c]
    if colours == 1:
        pixel[1] = pixel[0]
        pixel[2] = pixel[0]
    pixel[3] = 0 if matches else 255
