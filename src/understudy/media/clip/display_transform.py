"""Turning decoded frames upright, as the clip's display matrix asks.

The matrix of a track header (ISO/IEC 14496-12, 8.3.2) maps stored to shown pixels. Of all it can
say, quarter turns and mirrorings are kept; any other angle is taken to the nearest of these.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DisplayTransform:
    """Exchange x and y first where `transposed`, then mirror left-right, then top-bottom."""

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @property
    def degrees(self) -> int:
        """The clockwise quarter turn (0, 90, 180, 270), any mirroring left out of account."""
        if self.transposed:
            return 90 if self.mirrored_x else 270
        return 180 if self.mirrored_y else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The (w, h) after the turn; the same exchange leads back."""
        return (height, width) if self.transposed else (width, height)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn pixels (H, W, C); the result is contiguous."""
        if self.transposed:
            pixels = pixels.transpose(1, 0, 2)
        if self.mirrored_x:
            pixels = pixels[:, ::-1]
        if self.mirrored_y:
            pixels = pixels[::-1]
        return np.ascontiguousarray(pixels)


def transform_of_matrix(matrix: bytes | None) -> DisplayTransform:
    """The turn that a display matrix asks for.

    matrix: nine native 32-bit integers as libav hands them out (a b u, c d v, x y w; x' = ax + cy,
    y' = bx + dy, y down); None or a shorter or all-zero one means no transform.
    """
    if matrix is None or len(matrix) < 36:
        return DisplayTransform()
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return DisplayTransform(False, a < 0, d < 0)
    return DisplayTransform(True, c < 0, b < 0)
