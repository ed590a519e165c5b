"""Where a picture lies in the frame that a model draws; the rest is black."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FramePart:
    """A part of a frame, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def of(self, frame: Image) -> Image:
        """That part of (H, W, 3)."""
        return frame[self.top : self.top + self.height, self.left : self.left + self.width]

    def with_part(self, frame: Image, part: Image) -> Image:
        """The frame (H, W, 3) with another picture in its place."""
        changed = frame.copy()
        changed[self.top : self.top + self.height, self.left : self.left + self.width] = part
        return changed


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> FramePart:
    """Where diffusers' letterbox puts a picture of `size` in a `frame`, both (w, h)."""
    width, height = frame
    wide = width / height < size[0] / size[1]
    inner_width = width if wide else size[0] * height // size[1]
    inner_height = size[1] * width // size[0] if wide else height
    return FramePart(
        (width - inner_width) // 2, (height - inner_height) // 2, inner_width, inner_height
    )
