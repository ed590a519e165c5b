"""Compiled inner loops of decoding a PNG: filters undone, pixels added to boxes."""

from __future__ import annotations

import numba
import numpy as np

# How a pixel is read from a row's bytes. Of these, INDEXED goes through a table (palette, or grey
# of up to 8 bits); 16-bit samples give their high byte.
INDEXED, GREY16, RGB8, RGB16, GREY_ALPHA8, GREY_ALPHA16, RGBA8, RGBA16 = range(8)


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
    column = np.zeros(block.shape[1] - 1 if plain else 0, np.uint16)
    for r in range(block.shape[0]):
        y = y0 + r * dy
        row = block[r, 1:]
        line = sums[y // factor]
        if not plain:
            _add_pixels(row, kind, depth, table, key, width, x0, dx, factor, line)
            continue
        for i in range(row.shape[0]):
            column[i] += row[i]
        if (y + 1) % factor == 0 or r == block.shape[0] - 1:
            rows = min(r + 1, y % factor + 1)
            _add_column_sums(column, width, factor, rows, line)
            column[:] = 0


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
def _add_pixels(row, kind, depth, table, key, width, x0, dx, factor, line):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
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
        elif kind == INDEXED and depth == 8:
            for j in range(i, last):
                _add_weighted(sums, table[row[j]])
        else:
            for j in range(i, last):
                _read_pixel(row, j, kind, depth, table, key, pixel)
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
def _read_pixel(row, i, kind, depth, table, key, pixel):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """The i-th pixel as RGBA; of 16-bit samples the high byte, compared whole with the key."""
    if kind == INDEXED:
        per_byte = 8 // depth
        shift = (per_byte - 1 - i % per_byte) * depth
        index = (row[i // per_byte] >> shift) & ((1 << depth) - 1)
        pixel[:] = table[index]
        return
    deep = kind in (GREY16, RGB16, GREY_ALPHA16, RGBA16)
    size = 2 if deep else 1
    grey = kind in (GREY16, GREY_ALPHA8, GREY_ALPHA16)
    colours = 1 if grey else 3
    has_alpha = kind >= GREY_ALPHA8
    first = i * size * (colours + (1 if has_alpha else 0))
    matches = not has_alpha
    for c in range(colours):
        at = first + c * size
        pixel[c] = row[at]
        shade = np.int64(row[at])
        if deep:
            shade = shade << 8 | np.int64(row[at + 1])
        matches = matches and shade == key[c]
    if grey:
        pixel[1] = pixel[0]
        pixel[2] = pixel[0]
    pixel[3] = 255
    if has_alpha:
        pixel[3] = row[first + colours * size]
    elif matches:
        pixel[3] = 0
