"""Compiled kernels that light the samples of a picture: shadows, relief, reflection."""

from __future__ import annotations

import numpy as np
from numba import njit

from ..solid.arrays import Float32, Int32


@njit(cache=True, fastmath=True, nogil=True)
def lit_share(
    depth: Float32,
    rough: Float32,
    block: int,
    points: Float32,
    taps: Float32,
    bias: float,
    softness: Float32,
) -> Float32:
    """(N,) share of the light that reaches points (N, 3) given in shadow-map samples and depth.

    rough: the nearest depth in and around each block of `block` x `block` samples, which settles
    most points at once. taps: (K, 2) offsets in the unit disc, scaled by softness (N,) samples
    (less than a block). Each tap compares with the four map samples around it, weighted as in
    bilinear reading.
    """
    n = points.shape[0]
    height, width = depth.shape
    out = np.ones(n, np.float32)
    for i in range(n):
        lit = np.float32(0)
        z = points[i, 2] + bias
        row, column = int(points[i, 1]) // block, int(points[i, 0]) // block
        if not (0 <= row < rough.shape[0] and 0 <= column < rough.shape[1]):
            continue
        if rough[row, column] <= z:
            continue
        for k in range(taps.shape[0]):
            fx = points[i, 0] + taps[k, 0] * softness[i] - np.float32(0.5)
            fy = points[i, 1] + taps[k, 1] * softness[i] - np.float32(0.5)
            x, y = int(np.floor(fx)), int(np.floor(fy))
            if x < 0 or y < 0 or x >= width - 1 or y >= height - 1:
                lit += 1
                continue
            tx, ty = fx - x, fy - y
            a = np.float32(depth[y, x] <= z)
            b = np.float32(depth[y, x + 1] <= z)
            c = np.float32(depth[y + 1, x] <= z)
            d = np.float32(depth[y + 1, x + 1] <= z)
            lit += (a * (1 - tx) + b * tx) * (1 - ty) + (c * (1 - tx) + d * tx) * ty
        out[i] = lit / taps.shape[0]
    return out


@njit(cache=True, fastmath=True, nogil=True)
def surface_gradient(
    values: Float32, position: Float32, normal: Float32, rows: Int32, columns: Int32, index: Int32
) -> Float32:
    """(N, 3) gradient along the surface of a scalar known per sample (Mikkelsen 2010).

    rows, columns: where each sample lies; index: (H, W) number of the sample there, or -1.
    """
    n = values.shape[0]
    height, width = index.shape
    out = np.zeros((n, 3), np.float32)
    for i in range(n):
        y, x = rows[i], columns[i]
        right, sign_x = (index[y, x + 1], 1) if x + 1 < width else (-1, 1)
        if right < 0 and x > 0:
            right, sign_x = index[y, x - 1], -1
        below, sign_y = (index[y + 1, x], 1) if y + 1 < height else (-1, 1)
        if below < 0 and y > 0:
            below, sign_y = index[y - 1, x], -1
        if right < 0 or below < 0:
            continue
        px = (position[right] - position[i]) * sign_x
        py = (position[below] - position[i]) * sign_y
        # A jump in depth is an edge of the figure, not a slope.
        if np.abs(px).max() > 0.02 or np.abs(py).max() > 0.02:
            continue
        hx = (values[right] - values[i]) * sign_x
        hy = (values[below] - values[i]) * sign_y
        m = normal[i]
        r1x = py[1] * m[2] - py[2] * m[1]
        r1y = py[2] * m[0] - py[0] * m[2]
        r1z = py[0] * m[1] - py[1] * m[0]
        r2x = m[1] * px[2] - m[2] * px[1]
        r2y = m[2] * px[0] - m[0] * px[2]
        r2z = m[0] * px[1] - m[1] * px[0]
        det = px[0] * r1x + px[1] * r1y + px[2] * r1z
        if np.abs(det) < 1e-14:
            continue
        out[i, 0] = (hx * r1x + hy * r2x) / det
        out[i, 1] = (hx * r1y + hy * r2y) / det
        out[i, 2] = (hx * r1z + hy * r2z) / det
    return out


@njit(cache=True, fastmath=True, nogil=True)
def shade(
    albedo: Float32,
    rough: Float32,
    gloss: Float32,
    bleed: Float32,
    sheen: float,
    normal: Float32,
    view: Float32,
    strand: Float32,
    open_: Float32,
    lit: Float32,
    towards: Float32,
    colours: Float32,
    sky: Float32,
    ground: Float32,
) -> Float32:
    """(N, 3) light sent to the camera.

    albedo (N, 3); rough, gloss (N,): GGX roughness and share mirrored head-on; bleed (3,): how far
    light wraps round, per colour; normal, view (N, 3) unit; strand (N, 3): direction of hairs, zero
    where there are none (Kajiya & Kay 1989, two highlights after Marschner et al. 2003); open_ (N,)
    ambient openness; lit (L, N) and towards, colours (L, 3): the lights; sky, ground (3,).
    """
    n = albedo.shape[0]
    out = np.zeros((n, 3), np.float32)
    for i in range(n):
        nx, ny, nz = normal[i, 0], normal[i, 1], normal[i, 2]
        vx, vy, vz = view[i, 0], view[i, 1], view[i, 2]
        facing = min(max(nx * vx + ny * vy + nz * vz, np.float32(1e-3)), np.float32(1))
        up = np.float32(0.5) + np.float32(0.5) * ny
        o = open_[i]
        edge = (1 - facing) ** 5
        mirror_sky = (gloss[i] + (1 - rough[i]) * edge * 0.5) * (0.35 + 0.65 * o) * o
        for c in range(3):
            a = albedo[i, c]
            # Light that bounces in a crease takes the surface's colour (Jimenez et al. 2016).
            k = max(o, ((2.04 * a - 0.33) * o - 4.8 * a + 0.64) * o * o + (2.76 * a + 0.69) * o)
            ambient = sky[c] * up + ground[c] * (1 - up)
            out[i, c] = a * ambient * min(k, 1.0) + mirror_sky * ambient
        hairy = strand[i, 0] != 0 or strand[i, 1] != 0 or strand[i, 2] != 0
        alpha2 = max(rough[i], np.float32(0.05)) ** 4
        kk = (rough[i] + 1) ** 2 / 8
        for j in range(towards.shape[0]):
            lx, ly, lz = towards[j, 0], towards[j, 1], towards[j, 2]
            n_l = nx * lx + ny * ly + nz * lz
            share = lit[j, i]
            hx, hy, hz = vx + lx, vy + ly, vz + lz
            length = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
            hx, hy, hz = hx / length, hy / length, hz / length
            direct = max(n_l, np.float32(0))
            if hairy:
                sx, sy, sz = strand[i, 0], strand[i, 1], strand[i, 2]
                first, second = np.float32(0), np.float32(0)
                for lobe in range(2):
                    shift = np.float32(-0.08) if lobe == 0 else np.float32(0.14)
                    tx, ty, tz = sx + shift * nx, sy + shift * ny, sz + shift * nz
                    t = np.sqrt(tx * tx + ty * ty + tz * tz) + 1e-6
                    t_h = (tx * hx + ty * hy + tz * hz) / t
                    sine = np.sqrt(max(1 - t_h * t_h, 0))
                    if lobe == 0:
                        first = sine**110
                    else:
                        second = sine**22
                reach = max(min(n_l * 0.7 + 0.3, 1.0), 0.0)
                wrap = max((n_l + 0.25) / 1.25, 0) * share
                for c in range(3):
                    a = albedo[i, c]
                    spark = gloss[i] * 5 * first + 1.6 * second * a
                    out[i, c] += colours[j, c] * (a * wrap * 0.85 + spark * reach * share * o)
                continue
            n_h = max(nx * hx + ny * hy + nz * hz, np.float32(0))
            v_h = max(vx * hx + vy * hy + vz * hz, np.float32(0))
            q = n_h * n_h * (alpha2 - 1) + 1
            d = alpha2 / (np.float32(3.14159) * q * q)
            fresnel = gloss[i] + (1 - gloss[i]) * (1 - v_h) ** 5
            g = 1 / ((direct * (1 - kk) + kk) * (facing * (1 - kk) + kk))
            mirror = d * fresnel * g * 0.25 * direct * share
            soft = sheen * (1 - facing) ** 3 * min(max(0.3 + 0.7 * n_l, 0), 1) * share
            for c in range(3):
                b = bleed[c]
                wrapped = max((n_l + b) / (1 + b), np.float32(0)) ** (1 + b)
                lit_c = share ** (1 / (1 + 1.5 * b))
                out[i, c] += colours[j, c] * (albedo[i, c] * (wrapped * lit_c + soft) + mirror)
    return out
