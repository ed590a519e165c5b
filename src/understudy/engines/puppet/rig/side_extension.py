"""The figure beyond the picture's sides, for when it sways or the frame grows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.character import Layer
from understudy.character.layers.below_edge import continued
from understudy.geometry.landmarks import Float32


@dataclass(frozen=True, slots=True)
class SideNumbers:
    """When and how far a figure is continued past a side of the picture. Chosen by eye.

    least_cut: share of the picture's height; a side that cuts less of the figure, a hand or a lock
        of hair, is left as it is.
    reach: what is added, a share of the picture's shorter side.
    rim: px, the columns in which a cut is looked for.
    """

    least_cut: float = 0.04
    reach: float = 0.3
    rim: int = 3


NUMBERS = SideNumbers()


def cut_sides(rgba: Float32) -> tuple[bool, bool]:
    """Whether the picture's left and right edge cut a layer (h, w, 4)."""
    solid = rgba[..., 3] > 0.5
    least, rim = NUMBERS.least_cut * len(rgba), NUMBERS.rim
    return (
        bool(solid[:, :rim].any(axis=1).sum() > least),
        bool(solid[:, -rim:].any(axis=1).sum() > least),
    )


def beyond_sides(layer: Layer, step: int, torso: float) -> tuple[Float32, int]:
    """A layer continued past the sides that cut it, and how many columns were added on its left.

    step: pixels of a mesh's cell, of which what is added is a multiple. torso: pixels. Arms end
    where the picture ends.
    """
    rgba = layer.rgba
    if layer.name not in {"body", "overlay"}:
        return rgba, 0
    left, right = cut_sides(rgba)
    columns = step * round(NUMBERS.reach * min(rgba.shape[:2]) / step)
    if right:
        rgba = continued(rgba.transpose(1, 0, 2), columns, torso).transpose(1, 0, 2)
    if left:
        mirrored = rgba[:, ::-1].transpose(1, 0, 2)
        rgba = continued(mirrored, columns, torso).transpose(1, 0, 2)[:, ::-1]
    return np.ascontiguousarray(rgba), columns if left else 0
