"""Drawing textured triangles into a frame, one machine word a pixel.

A pixel of a texture is four 16-bit lanes in a 64-bit word (see `colour.pack_texture`), so a
bilinear sample is four multiplications and a blend is one. A pixel of a frame is the same four
numbers as bytes of a 32-bit word: Y, Cb, Cr, alpha, premultiplied. Where a frame begins with a
background the alpha is of no account; where it begins with zeros it is the figure's.

Triangles are drawn in painter's order straight into a persistent frame; of the frame only the box
that was drawn in is restored before the next. Spans are half open and start at pixel centres, so
neighbours neither overlap nor gap.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from understudy.engines.puppet.render.colour import KB, KR

Words = NDArray[np.uint64]
Frame = NDArray[np.uint32]

# From limited-range Y, Cb and Cr to R, G and B of 0..255.
LUMA_TO_RGB = 255.0 / 219.0
BLUE_TO_RGB = 255.0 / 224.0 * 2.0 * (1.0 - KB)
RED_TO_RGB = 255.0 / 224.0 * 2.0 * (1.0 - KR)

# Masks and shifts of a word of four lanes, see `colour.pack_texture`.
LANES = np.uint64(0x00FF00FF00FF00FF)
HALVES = np.uint64(0x0080008000800080)
BYTE = np.uint64(255)
ONE, EIGHT = np.uint64(1), np.uint64(8)
# A triangle of less than this, twice its square pixels, covers no pixel centre worth drawing.
SMALLEST_AREA = 1e-6
# A shadow ends at this many half axes from its middle and is darkest up to SHADOW_CORE of them.
SHADOW_REACH, SHADOW_CORE = 1.7, 0.2
# Less darkness than this (0..1) does not change an 8-bit value.
LEAST_SHADOW = 0.002


@njit(cache=True, nogil=True)
def painters_order(depth, triangles, order):  # type: ignore[no-untyped-def]
    """Sort triangles from far to near by counting, keeping the given order among equals.

    depth: (V,) int32 of the vertices, 0 (near) to 255 (far). triangles: (N, 3) int32. order: (N,)
    int32, overwritten.
    """
    count = np.zeros(257, np.int64)
    key = np.empty(triangles.shape[0], np.int64)
    for i in range(triangles.shape[0]):
        far = depth[triangles[i, 0]] + depth[triangles[i, 1]] + depth[triangles[i, 2]]
        key[i] = 255 - far // 3
        count[key[i] + 1] += 1
    for k in range(256):
        count[k + 1] += count[k]
    for i in range(triangles.shape[0]):
        order[count[key[i]]] = i
        count[key[i]] += 1


@njit(cache=True, nogil=True)
def _step(first, last, count):  # type: ignore[no-untyped-def]
    """From `first` towards `last` in `count - 1` steps: rounded to zero, never past `last`."""
    steps = max(1, count - 1)
    return (last - first) // steps if last >= first else -((first - last) // steps)


@njit(cache=True, nogil=True)
def _inside(first, step, count, greatest):  # type: ignore[no-untyped-def]
    """A row of samples (first, step) held within 0..greatest.

    Rounding may lead a sample past the texture's edge.
    """
    last = first + step * (count - 1)
    if min(first, last) < 0 or max(first, last) > greatest:
        first = min(max(first, np.int64(0)), greatest)
        last = min(max(last, np.int64(0)), greatest)
        step = _step(first, last, count)
    return first, step


@njit(cache=True, nogil=True)
def _sample(source, p, width, u, v):  # type: ignore[no-untyped-def]
    """The bilinear sample at a texel `p` and the fractions of (u, v), 1/65536 pixel."""
    fu = (u >> 8) & 255
    fv = (v >> 8) & 255
    both = (fu * fv) >> 8
    sample = (
        source[p] * np.uint64(256 - fu - fv + both)
        + source[p + ONE] * np.uint64(fu - both)
        + source[p + width] * np.uint64(fv - both)
        + source[p + width + ONE] * np.uint64(both)
    )
    return ((sample + HALVES) >> EIGHT) & LANES


@njit(cache=True, nogil=True)
def _blended(sample, alpha, word):  # type: ignore[no-untyped-def]
    """A frame's word with a sample of `alpha` over it, as a frame's word."""
    if alpha < BYTE:
        below = np.uint64(word)
        below = (
            (below & BYTE)
            | ((below & np.uint64(0xFF00)) << EIGHT)
            | ((below & np.uint64(0xFF0000)) << np.uint64(16))
            | ((below & np.uint64(0xFF000000)) << np.uint64(24))
        )
        through = BYTE - alpha
        through += through >> np.uint64(7)
        sample += ((below * through + HALVES) >> EIGHT) & LANES
    return np.uint32(
        (sample & BYTE)
        | ((sample >> EIGHT) & np.uint64(0xFF00))
        | ((sample >> np.uint64(16)) & np.uint64(0xFF0000))
        | ((sample >> np.uint64(24)) & np.uint64(0xFF000000))
    )


@njit(cache=True, nogil=True)
def _draw_row(target, at, count, source, size, u_row, v_row):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Draw `count` pixels of a triangle from `at` on.

    size: (height, width) of the texture. u_row, v_row: where its first sample lies and the step to
    the next, in 1/65536 of a texture pixel.
    """
    width = np.uint64(size[1])
    u, u_step = _inside(u_row[0], u_row[1], count, ((size[1] - 1) << 16) - 1)
    v, v_step = _inside(v_row[0], v_row[1], count, ((size[0] - 1) << 16) - 1)
    for _ in range(count):
        p = np.uint64(v >> 16) * width + np.uint64(u >> 16)
        sample = _sample(source, p, width, u, v)
        u += u_step
        v += v_step
        alpha = sample >> np.uint64(48)
        if alpha != np.uint64(0):
            target[at] = _blended(sample, alpha, target[at])
        at += ONE


@njit(cache=True, nogil=True)
def _from_top(vertices, triangle):  # type: ignore[no-untyped-def]
    """The corners of a triangle from the uppermost to the lowest."""
    a = triangle[0]
    b = triangle[1]
    c = triangle[2]
    if vertices[b, 1] < vertices[a, 1]:
        a, b = b, a
    if vertices[c, 1] < vertices[a, 1]:
        a, c = c, a
    if vertices[c, 1] < vertices[b, 1]:
        b, c = c, b
    return a, b, c


@njit(cache=True, nogil=True, error_model="numpy")
def _gradient(vertices, corners, area, values):  # type: ignore[no-untyped-def]
    """How a value given at the corners changes over a triangle: (step in x, step in y, at 0, 0).

    area: twice the triangle's, signed. Steps are in 1/65536.
    """
    a, b, c = corners
    from_a = (values[a] - values[c]) * 65536.0
    from_b = (values[b] - values[c]) * 65536.0
    along_x = (vertices[b, 1] - vertices[c, 1]) / area * from_a + (
        vertices[c, 1] - vertices[a, 1]
    ) / area * from_b
    along_y = (vertices[c, 0] - vertices[b, 0]) / area * from_a + (
        vertices[a, 0] - vertices[c, 0]
    ) / area * from_b
    origin = values[c] * 65536.0 - along_x * vertices[c, 0] - along_y * vertices[c, 1]
    return along_x, along_y, origin


@njit(cache=True, nogil=True, error_model="numpy")
def draw(vertices, uv, triangles, order, texture, frame, top, bottom):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Draw triangles over a frame.

    vertices: (V, 2) float64 frame pixels. uv: (V, 2) float64 texture pixels. triangles: (N, 3)
    int32. order: (N,) int32. texture: (h, w) uint64. frame: (H, W) uint32, drawn over, its rows
    `top` to `bottom` only.
    """
    width = frame.shape[1]
    target = frame.ravel()
    source = texture.ravel()
    for n in range(order.shape[0]):
        a, b, c = _from_top(vertices, triangles[order[n]])
        x0, y0 = vertices[a, 0], vertices[a, 1]
        x1, y1 = vertices[b, 0], vertices[b, 1]
        x2, y2 = vertices[c, 0], vertices[c, 1]
        area = (y1 - y2) * (x0 - x2) + (x2 - x1) * (y0 - y2)
        if abs(area) < SMALLEST_AREA:
            continue
        u_x, u_y, u_0 = _gradient(vertices, (a, b, c), area, uv[:, 0])
        v_x, v_y, v_0 = _gradient(vertices, (a, b, c), area, uv[:, 1])
        long_slope = (x2 - x0) / (y2 - y0)
        upper_slope = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
        lower_slope = (x2 - x1) / (y2 - y1) if y2 > y1 else 0.0
        for y in range(max(top, int(np.ceil(y0))), min(bottom, int(np.ceil(y2)))):
            left = x0 + long_slope * (y - y0)
            right = x0 + upper_slope * (y - y0) if y < y1 else x1 + lower_slope * (y - y1)
            if left > right:
                left, right = right, left
            start = max(0, int(np.ceil(left)))
            count = min(width, int(np.ceil(right))) - start
            if count > 0:
                u = np.int64(u_0 + u_x * start + u_y * y), np.int64(u_x)
                v = np.int64(v_0 + v_x * start + v_y * y), np.int64(v_x)
                _draw_row(target, np.uint64(y * width + start), count, source, texture.shape, u, v)


@njit(cache=True, nogil=True)
def bounds(vertices):  # type: ignore[no-untyped-def]
    """Least and greatest x and y of vertices (V, 2): (left, top, right, bottom)."""
    left = right = vertices[0, 0]
    top = bottom = vertices[0, 1]
    for i in range(1, vertices.shape[0]):
        x = vertices[i, 0]
        y = vertices[i, 1]
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = max(bottom, y)
    return left, top, right, bottom


@njit(cache=True, nogil=True)
def shade(frame, spots, left, top, right, bottom):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Darken a box of a frame (H, W) uint32 by soft ellipses, the darkest of them in each pixel:
    black of that opacity is laid over it.

    spots: (N, 5) float64: centre x and y, half axes along x and y, darkness in 0..1.
    """
    for y in range(top, bottom):
        for x in range(left, right):
            dark = 0.0
            for n in range(spots.shape[0]):
                dx = (x - spots[n, 0]) / spots[n, 2]
                dy = (y - spots[n, 1]) / spots[n, 3]
                square = dx * dx + dy * dy
                if square < SHADOW_REACH * SHADOW_REACH:
                    t = min(1.0, (SHADOW_REACH - np.sqrt(square)) / (SHADOW_REACH - SHADOW_CORE))
                    dark = max(dark, spots[n, 4] * t * t * (3.0 - 2.0 * t))
            if dark > LEAST_SHADOW:
                word = np.int64(frame[y, x])
                light = np.int64((1.0 - dark) * 256.0 + 0.5)
                luma = 16 + ((((word & 255) - 16) * light + 128) >> 8)
                blue = 128 + (((((word >> 8) & 255) - 128) * light + 128) >> 8)
                red = 128 + (((((word >> 16) & 255) - 128) * light + 128) >> 8)
                alpha = 255 + ((((word >> 24) - 255) * light + 128) >> 8)
                frame[y, x] = np.uint32(luma | (blue << 8) | (red << 16) | (alpha << 24))


@njit(cache=True, nogil=True)
def to_planes(frame, planes, left, top, right, bottom):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Write a box of a frame (H, W) uint32 into I420 planes (H * 3 / 2, W) uint8.

    The box's edges are even. Chroma is the mean of four pixels, as MPEG-1 and JPEG site it.
    """
    height, width = frame.shape
    source = frame.ravel()
    out = planes.ravel()
    area = height * width
    half = width >> 1
    count = right - left
    byte = np.uint32(255)
    two = np.uint32(2)
    for y in range(top, bottom, 2):
        start = y * width + left
        upper = source[start : start + count]
        lower = source[start + width : start + width + count]
        upper_luma = out[start : start + count]
        lower_luma = out[start + width : start + width + count]
        for x in range(count):
            upper_luma[x] = np.uint8(upper[x] & byte)
        for x in range(count):
            lower_luma[x] = np.uint8(lower[x] & byte)
        chroma = area + (y >> 1) * half + (left >> 1)
        blue = out[chroma : chroma + (count >> 1)]
        red = out[chroma + (area >> 2) : chroma + (area >> 2) + (count >> 1)]
        for x in range(count >> 1):
            a = upper[2 * x] >> np.uint32(8)
            b = upper[2 * x + 1] >> np.uint32(8)
            c = lower[2 * x] >> np.uint32(8)
            d = lower[2 * x + 1] >> np.uint32(8)
            blue[x] = np.uint8(((a & byte) + (b & byte) + (c & byte) + (d & byte) + two) >> two)
            a >>= np.uint32(8)
            b >>= np.uint32(8)
            c >>= np.uint32(8)
            d >>= np.uint32(8)
            red[x] = np.uint8(((a & byte) + (b & byte) + (c & byte) + (d & byte) + two) >> two)


@njit(cache=True, nogil=True, error_model="numpy")
def to_rgba(frame, out, left, top, right, bottom):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Write a box of a frame (H, W) uint32 that began with zeros into (H, W, 4) uint8.

    R, G, B are sRGB and not premultiplied; 0 where nothing was drawn. (ITU-R BT.709, full range.)
    """
    for y in range(top, bottom):
        for x in range(left, right):
            word = np.int64(frame[y, x])
            alpha = word >> 24
            if alpha == 0:
                out[y, x, 0] = out[y, x, 1] = out[y, x, 2] = out[y, x, 3] = 0
                continue
            share = 255.0 / alpha
            luma = ((word & 255) * share - 16.0) * LUMA_TO_RGB
            blue = luma + (((word >> 8) & 255) * share - 128.0) * BLUE_TO_RGB
            red = luma + (((word >> 16) & 255) * share - 128.0) * RED_TO_RGB
            green = (luma - KR * red - KB * blue) / (1.0 - KR - KB)
            out[y, x, 0] = np.uint8(min(max(red + 0.5, 0.0), 255.0))
            out[y, x, 1] = np.uint8(min(max(green + 0.5, 0.0), 255.0))
            out[y, x, 2] = np.uint8(min(max(blue + 0.5, 0.0), 255.0))
            out[y, x, 3] = np.uint8(alpha)
