"""Compiled kernels: skinning and depth-buffered triangles."""

from __future__ import annotations

import numpy as np
from numba import njit

from ..solid.arrays import Float32, Int32


@njit(cache=True, fastmath=True, nogil=True)
def skin(
    vertices: Float32,
    bones: Int32,
    weights: Float32,
    real: Float32,
    dual: Float32,
    turns: Float32,
    shifts: Float32,
) -> Float32:
    """Half way between dual quaternion skinning (Kavan et al. 2007), which bulges where a joint
    bends far, and linear blending, which thins there.

    real, dual: (B, 4) w, x, y, z per bone; turns (B, 3, 3) and shifts (B, 3): the same motions.
    """
    out = np.empty_like(vertices)
    for i in range(vertices.shape[0]):
        w = np.float32(0)
        x = np.float32(0)
        y = np.float32(0)
        z = np.float32(0)
        dw = np.float32(0)
        dx = np.float32(0)
        dy = np.float32(0)
        dz = np.float32(0)
        lx = np.float32(0)
        ly = np.float32(0)
        lz = np.float32(0)
        vx, vy, vz = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        p = bones[i, 0]
        for k in range(bones.shape[1]):
            s = weights[i, k]
            if s == 0:
                continue
            b = bones[i, k]
            m = turns[b]
            lx += s * (m[0, 0] * vx + m[0, 1] * vy + m[0, 2] * vz + shifts[b, 0])
            ly += s * (m[1, 0] * vx + m[1, 1] * vy + m[1, 2] * vz + shifts[b, 1])
            lz += s * (m[2, 0] * vx + m[2, 1] * vy + m[2, 2] * vz + shifts[b, 2])
            dot = (
                real[b, 0] * real[p, 0]
                + real[b, 1] * real[p, 1]
                + real[b, 2] * real[p, 2]
                + real[b, 3] * real[p, 3]
            )
            if dot < 0:
                s = -s
            w += s * real[b, 0]
            x += s * real[b, 1]
            y += s * real[b, 2]
            z += s * real[b, 3]
            dw += s * dual[b, 0]
            dx += s * dual[b, 1]
            dy += s * dual[b, 2]
            dz += s * dual[b, 3]
        n = 1 / np.sqrt(w * w + x * x + y * y + z * z)
        w *= n
        x *= n
        y *= n
        z *= n
        dw *= n
        dx *= n
        dy *= n
        dz *= n
        cx = y * vz - z * vy + w * vx
        cy = z * vx - x * vz + w * vy
        cz = x * vy - y * vx + w * vz
        qx = vx + 2 * (y * cz - z * cy) + 2 * (w * dx - dw * x + y * dz - z * dy)
        qy = vy + 2 * (z * cx - x * cz) + 2 * (w * dy - dw * y + z * dx - x * dz)
        qz = vz + 2 * (x * cy - y * cx) + 2 * (w * dz - dw * z + x * dy - y * dx)
        out[i, 0] = np.float32(0.5) * (qx + lx)
        out[i, 1] = np.float32(0.5) * (qy + ly)
        out[i, 2] = np.float32(0.5) * (qz + lz)
    return out


@njit(cache=True, fastmath=True, nogil=True)
def vertex_normals(vertices: Float32, faces: Int32) -> Float32:
    """(V, 3) unit normals, faces weighted by their area."""
    out = np.zeros_like(vertices)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = (
            vertices[b, 0] - vertices[a, 0],
            vertices[b, 1] - vertices[a, 1],
            vertices[b, 2] - vertices[a, 2],
        )
        wx, wy, wz = (
            vertices[c, 0] - vertices[a, 0],
            vertices[c, 1] - vertices[a, 1],
            vertices[c, 2] - vertices[a, 2],
        )
        nx, ny, nz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        for v in (a, b, c):
            out[v, 0] += nx
            out[v, 1] += ny
            out[v, 2] += nz
    for i in range(out.shape[0]):
        n = np.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2)
        if n > 0:
            out[i] /= n
    return out


@njit(cache=True, fastmath=True, nogil=True)
def fill(screen: Float32, faces: Int32, width: int, height: int) -> tuple[Int32, Float32, Float32]:
    """Nearest triangle per sample.

    screen: (V, 3) x right, y down in samples, z = 1 / distance (larger is nearer).
    Returns face (H, W) int32, -1 where none; z (H, W); the first two barycentric weights (H, W, 2).
    """
    face = np.full((height, width), -1, np.int32)
    depth = np.zeros((height, width), np.float32)
    weight = np.zeros((height, width, 2), np.float32)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = screen[a, 0], screen[a, 1], screen[a, 2]
        bx, by, bz = screen[b, 0], screen[b, 1], screen[b, 2]
        cx, cy, cz = screen[c, 0], screen[c, 1], screen[c, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        # Screen y points down, so triangles that face the camera have a negative area.
        if area >= 0:
            continue
        x0 = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        x1 = min(int(np.floor(max(ax, bx, cx) - 0.5)), width - 1)
        y0 = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        y1 = min(int(np.floor(max(ay, by, cy) - 0.5)), height - 1)
        inv = 1 / area
        for y in range(y0, y1 + 1):
            py = np.float32(y + 0.5)
            for x in range(x0, x1 + 1):
                px = np.float32(x + 0.5)
                u = ((bx - px) * (cy - py) - (by - py) * (cx - px)) * inv
                v = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) * inv
                w = 1 - u - v
                if u < 0 or v < 0 or w < 0:
                    continue
                z = u * az + v * bz + w * cz
                if z > depth[y, x]:
                    depth[y, x] = z
                    face[y, x] = f
                    # Perspective: weights in space go with weight times 1 / distance.
                    weight[y, x, 0] = u * az / z
                    weight[y, x, 1] = v * bz / z
    return face, depth, weight


@njit(cache=True, fastmath=True, nogil=True)
def fill_depth(screen: Float32, faces: Int32, width: int, height: int) -> Float32:
    """Nearest z only, both sides of the faces: a shadow map. z: larger is nearer the light."""
    depth = np.full((height, width), np.float32(-1e9))
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = screen[a, 0], screen[a, 1], screen[a, 2]
        bx, by, bz = screen[b, 0], screen[b, 1], screen[b, 2]
        cx, cy, cz = screen[c, 0], screen[c, 1], screen[c, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        x0 = max(int(np.ceil(min(ax, bx, cx) - 0.5)), 0)
        x1 = min(int(np.floor(max(ax, bx, cx) - 0.5)), width - 1)
        y0 = max(int(np.ceil(min(ay, by, cy) - 0.5)), 0)
        y1 = min(int(np.floor(max(ay, by, cy) - 0.5)), height - 1)
        inv = 1 / area
        for y in range(y0, y1 + 1):
            py = np.float32(y + 0.5)
            for x in range(x0, x1 + 1):
                px = np.float32(x + 0.5)
                u = ((bx - px) * (cy - py) - (by - py) * (cx - px)) * inv
                v = ((cx - px) * (ay - py) - (cy - py) * (ax - px)) * inv
                if u < 0 or v < 0 or u + v > 1:
                    continue
                z = u * az + v * bz + (1 - u - v) * cz
                depth[y, x] = max(depth[y, x], z)
    return depth


@njit(cache=True, fastmath=True, nogil=True)
def interpolate(values: Float32, corners: Int32, weights: Float32) -> Float32:
    """(N, C) from (V, C) vertex values; corners: (N, 3); weights: (N, 2) of the first two."""
    n, channels = corners.shape[0], values.shape[1]
    out = np.empty((n, channels), np.float32)
    for i in range(n):
        u, v = weights[i, 0], weights[i, 1]
        w = 1 - u - v
        a, b, c = corners[i, 0], corners[i, 1], corners[i, 2]
        for k in range(channels):
            out[i, k] = u * values[a, k] + v * values[b, k] + w * values[c, k]
    return out


@njit(cache=True, fastmath=True, nogil=True)
def transform(points: Float32, origin: Float32, axes: Float32) -> Float32:
    """(N, 3) coordinates of points along the rows of `axes` (3, 3), counted from `origin`."""
    out = np.empty((points.shape[0], 3), np.float32)
    for i in range(points.shape[0]):
        x = points[i, 0] - origin[0]
        y = points[i, 1] - origin[1]
        z = points[i, 2] - origin[2]
        for k in range(3):
            out[i, k] = axes[k, 0] * x + axes[k, 1] * y + axes[k, 2] * z
    return out
