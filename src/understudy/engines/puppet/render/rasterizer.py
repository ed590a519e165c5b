"""Drawing textured triangles into a frame, one machine word a pixel.

A pixel of a texture is four 16-bit lanes in a 64-bit word (see `colour.pack_texture`), so a
bilinear sample is four multiplications and a blend is one. Triangles are drawn in painter's order
straight into a persistent frame; of the frame only the box that was drawn in is restored before
the next. Spans are half open and start at pixel centres, so neighbours neither overlap nor gap.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Frame = NDArray[np.uint32]


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


@njit(cache=True, nogil=True, error_model="numpy")
def draw(vertices, uv, triangles, order, texture, frame, top, bottom):  # type: ignore[no-untyped-def]
    """Draw triangles over a frame.

    vertices: (V, 2) float64 frame pixels. uv: (V, 2) float64 texture pixels. triangles: (N, 3)
    int32. order: (N,) int32. texture: (h, w) uint64. frame: (H, W) uint32, drawn over, its rows
    `top` to `bottom` only.
    """
    frame_width = frame.shape[1]
    texture_width = np.uint64(texture.shape[1])
    target = frame.ravel()
    source = texture.ravel()
    u_most = ((texture.shape[1] - 1) << 16) - 1
    v_most = ((texture.shape[0] - 1) << 16) - 1
    lanes = np.uint64(0x00FF00FF00FF00FF)
    halves = np.uint64(0x0080008000800080)
    one = np.uint64(1)
    eight = np.uint64(8)
    byte = np.uint64(255)
    for n in range(order.shape[0]):
        i = order[n]
        a = triangles[i, 0]
        b = triangles[i, 1]
        c = triangles[i, 2]
        if vertices[b, 1] < vertices[a, 1]:
            a, b = b, a
        if vertices[c, 1] < vertices[a, 1]:
            a, c = c, a
        if vertices[c, 1] < vertices[b, 1]:
            b, c = c, b
        x0 = vertices[a, 0]
        y0 = vertices[a, 1]
        x1 = vertices[b, 0]
        y1 = vertices[b, 1]
        x2 = vertices[c, 0]
        y2 = vertices[c, 1]
        first = max(top, int(np.ceil(y0)))
        end = min(bottom, int(np.ceil(y2)))
        if first >= end:
            continue
        area = (y1 - y2) * (x0 - x2) + (x2 - x1) * (y0 - y2)
        if abs(area) < 1e-6:
            continue
        # The texture coordinates are linear in x and y: their steps, in 1/65536 of a pixel.
        a_x = (y1 - y2) / area
        a_y = (x2 - x1) / area
        b_x = (y2 - y0) / area
        b_y = (x0 - x2) / area
        ua = (uv[a, 0] - uv[c, 0]) * 65536.0
        ub = (uv[b, 0] - uv[c, 0]) * 65536.0
        va = (uv[a, 1] - uv[c, 1]) * 65536.0
        vb = (uv[b, 1] - uv[c, 1]) * 65536.0
        u_x = a_x * ua + b_x * ub
        u_y = a_y * ua + b_y * ub
        v_x = a_x * va + b_x * vb
        v_y = a_y * va + b_y * vb
        u_0 = uv[c, 0] * 65536.0 - u_x * x2 - u_y * y2
        v_0 = uv[c, 1] * 65536.0 - v_x * x2 - v_y * y2
        long_slope = (x2 - x0) / (y2 - y0)
        upper_slope = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
        lower_slope = (x2 - x1) / (y2 - y1) if y2 > y1 else 0.0
        for y in range(first, end):
            left = x0 + long_slope * (y - y0)
            right = x0 + upper_slope * (y - y0) if y < y1 else x1 + lower_slope * (y - y1)
            if left > right:
                left, right = right, left
            start = max(0, int(np.ceil(left)))
            stop = min(frame_width, int(np.ceil(right)))
            if start >= stop:
                continue
            u = np.int64(u_0 + u_x * start + u_y * y)
            v = np.int64(v_0 + v_x * start + v_y * y)
            u_step = np.int64(u_x)
            v_step = np.int64(v_x)
            at = np.uint64(y * frame_width + start)
            count = stop - start
            u_end = u + u_step * (count - 1)
            v_end = v + v_step * (count - 1)
            if min(u, u_end) < 0 or max(u, u_end) > u_most:
                # Rounding may lead a sample past the texture's edge: such spans are held inside.
                u = min(max(u, np.int64(0)), u_most)
                u_end = min(max(u_end, np.int64(0)), u_most)
                u_step = _step(u, u_end, count)
            if min(v, v_end) < 0 or max(v, v_end) > v_most:
                v = min(max(v, np.int64(0)), v_most)
                v_end = min(max(v_end, np.int64(0)), v_most)
                v_step = _step(v, v_end, count)
            for _ in range(count):
                p = np.uint64(v >> 16) * texture_width + np.uint64(u >> 16)
                fu = (u >> 8) & 255
                fv = (v >> 8) & 255
                u += u_step
                v += v_step
                both = (fu * fv) >> 8
                sample = (
                    source[p] * np.uint64(256 - fu - fv + both)
                    + source[p + one] * np.uint64(fu - both)
                    + source[p + texture_width] * np.uint64(fv - both)
                    + source[p + texture_width + one] * np.uint64(both)
                )
                sample = ((sample + halves) >> eight) & lanes
                alpha = sample >> np.uint64(48)
                if alpha != np.uint64(0):
                    if alpha < byte:
                        below = np.uint64(target[at])
                        below = (
                            (below & byte)
                            | ((below & np.uint64(0xFF00)) << eight)
                            | ((below & np.uint64(0xFF0000)) << np.uint64(16))
                        )
                        through = byte - alpha
                        through += through >> np.uint64(7)
                        sample += ((below * through + halves) >> eight) & lanes
                    target[at] = np.uint32(
                        (sample & byte)
                        | ((sample >> eight) & np.uint64(0xFF00))
                        | ((sample >> np.uint64(16)) & np.uint64(0xFF0000))
                    )
                at += one


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
def shade(frame, spots, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Darken a box of a frame (H, W) uint32 by soft ellipses, the darkest of them in each pixel.

    spots: (N, 5) float64: centre x and y, half axes along x and y, darkness in 0..1. Darkness
    fades from the middle to nothing at 1.7 half axes.
    """
    for y in range(top, bottom):
        for x in range(left, right):
            dark = 0.0
            for n in range(spots.shape[0]):
                dx = (x - spots[n, 0]) / spots[n, 2]
                dy = (y - spots[n, 1]) / spots[n, 3]
                square = dx * dx + dy * dy
                if square < 2.89:
                    t = min(1.0, (1.7 - np.sqrt(square)) / 1.5)
                    dark = max(dark, spots[n, 4] * t * t * (3.0 - 2.0 * t))
            if dark > 0.002:
                word = np.int64(frame[y, x])
                light = np.int64((1.0 - dark) * 256.0 + 0.5)
                luma = 16 + ((((word & 255) - 16) * light + 128) >> 8)
                blue = 128 + (((((word >> 8) & 255) - 128) * light + 128) >> 8)
                red = 128 + (((((word >> 16) & 255) - 128) * light + 128) >> 8)
                frame[y, x] = np.uint32(luma | (blue << 8) | (red << 16))


@njit(cache=True, nogil=True)
def to_planes(frame, planes, left, top, right, bottom):  # type: ignore[no-untyped-def]
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
