"""The layers: body and arms as cut-outs that move on their own, complete where they were hidden."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from understudy.character.character import Layer, LayerName
from understudy.character.figure.anatomy import Anatomy
from understudy.character.image.masks import Mask, box_of, grow, soften
from understudy.character.layers.arm_fill import paint_hidden
from understudy.character.layers.arm_lines import with_their_lines
from understudy.character.layers.body_fill import RIM, hidden_body
from understudy.character.layers.parts import ARMS, BODY, Parts, spread_labels
from understudy.character.matte.foreground import foreground_colours
from understudy.character.matte.matte import Matte
from understudy.geometry.landmarks import Float32

_NAMES: tuple[LayerName, LayerName] = ("left_arm", "right_arm")


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """How layers meet. T is the torso's length."""

    solid: float = 0.9
    """Alpha of the pixels that an arm's hidden colours are painted from,"""
    hidden_margin: int = 3
    """px: this far from what hides it."""
    body_solid: float = 0.5
    """Alpha from which on the body is whole under an arm."""
    view: int = 8
    """px: round an arm, where its colours are freed of the body's."""
    light_blur: float = 0.05
    """T: deviation with which the light is shared out to parts, which have no borders."""
    edge_blur: float = 1.6
    """px: deviation of an edge,"""
    edge: tuple[float, float] = (0.25, 0.5)
    """of which this range, from and length, becomes 0..1: two pixels."""


NUMBERS = LayerNumbers()


def cut_layers(
    matte: Matte, parts: Parts, anatomy: Anatomy, light: Float32 | None
) -> tuple[Layer, ...]:
    """Body, arms and what lies over them, back to front, (h, w, 4) premultiplied each.

    light: (h, w, 4) premultiplied, the light that the figure sheds, or None.
    """
    alpha, colours = matte.alpha, matte.colours
    if all(arm is None for arm in parts.arms):
        return (Layer("body", _before(light, premultiplied(colours, alpha))),)
    parts, pen = with_their_lines(matte, parts, anatomy.torso)
    spread = spread_labels(parts.labels)
    on_top = np.zeros_like(alpha)
    layers: list[Layer] = []
    for label, name, arm, whole in zip(ARMS, _NAMES, anatomy.arms, parts.arms, strict=True):
        if whole is None:
            continue
        visible = spread == label
        # The body fades only where the arm is solid.
        on_top = np.maximum(on_top, soft(visible & ~grow(spread == BODY, RIM - 1)))
        hidden = whole & parts.overlay
        # Where the arm meets the body its outermost pixels are half the body's.
        own = (visible | whole) & ~grow((spread == BODY) & ~hidden, 1)
        cover = soft(own) * alpha
        seen = (
            (parts.labels == label) & (alpha > NUMBERS.solid) & ~grow(hidden, NUMBERS.hidden_margin)
        )
        painted = paint_hidden(
            colours,
            seen,
            grow(hidden, NUMBERS.hidden_margin) & (visible | whole),
            arm,
            anatomy.torso,
        )
        share = None if light is None else _gradual(visible, anatomy.torso) * light
        own_colours = freed_colours(painted, cover, visible | whole)
        layers.append(Layer(name, _before(share, premultiplied(own_colours, cover))))
    hidden_part = hidden_body(colours, alpha, parts, anatomy, pen)
    solid = np.where(alpha > NUMBERS.body_solid, np.float32(1), alpha)
    under = np.minimum(soft(hidden_part.under), solid)
    body = np.maximum(alpha * (1 - on_top), under)
    share = None if light is None else _gradual(spread == BODY, anatomy.torso) * light
    layers.insert(0, Layer("body", _before(share, premultiplied(hidden_part.colours, body))))
    if parts.overlay.any():
        layers.append(Layer("overlay", premultiplied(colours, soft(parts.overlay) * alpha)))
    return tuple(layers)


def freed_colours(colours: Float32, cover: Float32, arm: Mask) -> Float32:
    """An arm's colours without those of the body that shine in at its edge."""
    view = box_of(arm, NUMBERS.view)
    if view is None:
        return colours
    freed = colours.copy()
    freed[view] = foreground_colours(colours[view], cover[view])
    return freed


def _before(light: Float32 | None, figure: Float32) -> Float32:
    """The figure in front of its own light, both (h, w, 4) premultiplied."""
    if light is None:
        return figure
    return np.asarray(figure + (1 - figure[..., 3:]) * light, np.float32)


def _gradual(mask: Mask, unit: float) -> Float32:
    """Which share of the light goes with a part, (h, w, 1): parts of it have no borders."""
    return soften(mask, NUMBERS.light_blur * unit)[..., None]


def premultiplied(colours: Float32, alpha: Float32) -> Float32:
    """(h, w, 3) colours and (h, w) alpha to (h, w, 4) float32, premultiplied."""
    return np.dstack([colours * alpha[..., None], alpha]).astype(np.float32)


def soft(mask: Mask) -> Float32:
    """The mask with an edge two pixels soft."""
    blurred = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), NUMBERS.edge_blur)
    return np.asarray(
        np.clip((blurred - NUMBERS.edge[0]) / NUMBERS.edge[1], 0, 1), dtype=np.float32
    )
