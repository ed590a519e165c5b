"""The character: the picture made ready to move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Aspect, Float32, Landmarks
from understudy.geometry.limb_states import ArmState, LegsState

LayerName = Literal["far_leg", "body", "left_arm", "right_arm", "overlay"]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One cut-out of the picture that moves on its own.

    rgba: (h + pad, w, 4) float32 in 0..1, sRGB, premultiplied by alpha, in the canvas' frame; rows
        past the canvas continue the figure below the picture's edge.
    name: `overlay` is what lies in front of the arms (hair over a shoulder, loose cloth) and moves
        with the body. `far_leg` is there where a picture from the side shows one leg alone.
    """

    name: LayerName
    rgba: Float32


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of the figure and decides how far it may be moved.

    framing: how much of the figure the picture shows.
    left_arm, right_arm: `free` moves, on its own layer or, of a figure in one piece, as a part of
        the body's that bends; `fixed` is part of the body (crossed over it, or not separable from
        it); `unseen` is not in the picture.
    hem_y: canvas y of a skirt's hem, None without a skirt.
    head_cut: the picture's upper edge cuts the head.
    casts_shadow: a contact shadow may be drawn under the feet (light plain floor without one).
    pad: rows that the layers reach past the canvas' lower edge.
    near: which side of the figure a picture from the side shows; None where it shows both.
    sways_only: it sways where it stands and moves its head and free arms, but takes no steps.
    """

    framing: Framing
    left_arm: ArmState
    right_arm: ArmState
    hem_y: float | None = None
    head_cut: bool = False
    casts_shadow: bool = False
    pad: int = 0
    near: Literal["left", "right"] | None = None
    sways_only: bool = False

    @property
    def legs(self) -> LegsState:
        """Whether the legs step."""
        if self.framing != "whole_body":
            return "unseen"
        return "fixed" if self.sways_only else "free"


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """A picture ready to move, at the output's size.

    size: (w, h) of the canvas in pixels, both even: the size of every frame of the take.
    picture: (h, w, 3) uint8 sRGB, the picture resized to the canvas.
    alpha: (h, w) float32 in 0..1, the matte of the figure.
    background: (h, w, 3) uint8 sRGB, the background with the figure taken out.
    layers: back to front as they lie in the picture; `body` is always there.
    landmarks: of the figure, in canvas pixels.
    traits: see `Traits`.
    warnings: sentences for the plan and the report.
    views: the same character from other pictures (its `back`, its `left` and `right` side), in the
        same place and with the same background.
    """

    size: tuple[int, int]
    picture: NDArray[np.uint8]
    alpha: Float32
    background: NDArray[np.uint8]
    layers: tuple[Layer, ...]
    landmarks: Landmarks
    traits: Traits
    warnings: tuple[str, ...] = ()
    views: Mapping[Aspect, Character] = field(default_factory=dict)
