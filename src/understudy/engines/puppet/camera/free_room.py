"""How far the camera may look past the picture's edges, where nothing shows that they are there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FreeRoomNumbers:
    """What makes a background plain enough to go on, mirrored, past its edge. Chosen by eye.

    blur: share of the picture's longer side, the deviation of the Gaussian that detail is measured
        against. An even sky goes on, the discs of a blurred street do not.
    detail: levels of 255 by which a pixel of a plain ground differs from its surroundings.
    busy: share of a row or a column that may differ by more, for grain and specks.
    most: share of the picture's width or height that may be seen past an edge.
    touching: opacity, 0 to 1, from which the figure counts as cut by an edge.
    """

    blur: float = 0.03
    detail: float = 5.0
    busy: float = 0.005
    most: float = 1.0
    touching: float = 0.2


NUMBERS = FreeRoomNumbers()


@dataclass(frozen=True, slots=True)
class FreeRoom:
    """Pixels past each of the picture's edges that the camera may see."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    @property
    def before(self) -> Float64:
        """Past the left and the upper edge: (2,)."""
        return np.array([self.left, self.top])

    @property
    def after(self) -> Float64:
        """Past the right and the lower edge: (2,)."""
        return np.array([self.right, self.bottom])


def free_room(background: NDArray[np.uint8], alpha: NDArray[np.float32]) -> FreeRoom:
    """How far a background goes on past each edge, mirrored: as deep as it is plain there.

    background: (h, w, 3) uint8 sRGB. alpha: (h, w) 0..1, the figure's matte; an edge that cuts the
    figure ends the picture, however plain the ground.
    """
    columns = _is_busy(background)
    rows = _is_busy(background.transpose(1, 0, 2))
    return FreeRoom(
        left=_depth(columns, alpha[:, 0]),
        top=_depth(rows, alpha[0]),
        right=_depth(columns[::-1], alpha[:, -1]),
        bottom=_depth(rows[::-1], alpha[-1]),
    )


def _is_busy(background: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which columns hold detail, (w,). Only what changes from column to column counts: a floor goes
    on to the side. background: (h, w, 3)."""
    level = np.ascontiguousarray(background, np.float32)
    deviation = NUMBERS.blur * max(background.shape[:2])
    around = cv2.GaussianBlur(level, (0, 1), sigmaX=deviation, sigmaY=0)
    is_detail = np.abs(level - around).max(axis=2) > NUMBERS.detail
    return np.asarray(is_detail.mean(axis=0) > NUMBERS.busy)


def _depth(is_busy: NDArray[np.bool_], edge: NDArray[np.float32]) -> float:
    """Pixels past an edge. is_busy: (N,) rows or columns inwards from it. edge: its matte."""
    if (edge > NUMBERS.touching).any():
        return 0.0
    if not is_busy.any():
        return NUMBERS.most * len(is_busy)
    return float(np.argmax(is_busy))
