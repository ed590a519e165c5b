"""A still camera and its projection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..solid.arrays import Float32
from .raster import transform


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks from `eye` at `target` (metres). width, height: pixels; focal: pixels."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    width: int
    height: int
    focal: float

    def scaled(self, factor: float) -> Camera:
        """The same view in a frame of `factor` times the size."""
        size = round(self.width * factor), round(self.height * factor)
        return Camera(self.eye, self.target, *size, self.focal * factor)

    def axes(self) -> NDArray[np.float64]:
        """Rows: right, down, ahead."""
        ahead = np.subtract(self.target, self.eye)
        ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(ahead, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(ahead, right), ahead])

    def project(self, points: ArrayLike) -> Float32:
        """(N, 3) world points to x, y in pixels and 1 / distance along the view."""
        p = np.ascontiguousarray(points, np.float32)
        q = transform(p, np.array(self.eye, np.float32), self.axes().astype(np.float32))
        near = 1 / q[:, 2]
        q[:, 0] = q[:, 0] * near * np.float32(self.focal) + np.float32(self.width / 2)
        q[:, 1] = q[:, 1] * near * np.float32(self.focal) + np.float32(self.height / 2)
        q[:, 2] = near
        return np.asarray(q, np.float32)

    def rays(self, scale: int) -> Float32:
        """(H * scale, W * scale, 3) world directions through the samples, one metre ahead long."""
        x = ((np.arange(self.width * scale) + 0.5) / scale - self.width / 2) / self.focal
        y = ((np.arange(self.height * scale) + 0.5) / scale - self.height / 2) / self.focal
        gx, gy = np.meshgrid(x, y)
        q = np.stack([gx, gy, np.ones_like(gx)], axis=-1)
        return (q @ self.axes()).astype(np.float32)
