"""Cutting a figure into layers, or leaving it in one piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from understudy.character.arm_traits import arm_states, middle_covered
from understudy.character.character import Layer
from understudy.character.corrections import Corrections
from understudy.character.figure.anatomy import Anatomy
from understudy.character.figure.outlined import is_outlined
from understudy.character.figure.unrecognized.silhouette import enclosed_by_lines
from understudy.character.image.masks import Box, box_of
from understudy.character.layers.layers import cut_layers
from understudy.character.layers.masked_arm import is_sure
from understudy.character.layers.parts import ARMS, Parts, find_parts
from understudy.character.layers.parts_by_bones import arm_borders, parts_by_bones
from understudy.character.learned.arm_masks import ArmMask, ArmMasks
from understudy.character.matte.matte import Matte
from understudy.character.traits import hem_of
from understudy.geometry.landmarks import Float32
from understudy.geometry.limb_states import ArmState
from understudy.geometry.skeleton import SIDES


@dataclass(frozen=True, slots=True, eq=False)
class CutOut:
    """layers: see `Character`. arms: the left and the right arm's state. hem: a skirt's, canvas y.
    against: whether the arms of a figure in one piece are drawn against its body.
    """

    layers: tuple[Layer, ...]
    arms: tuple[ArmState, ArmState]
    hem: float | None
    against: tuple[bool, bool]


def outline_drawing(
    values: Float32, given: Float32 | None, alpha: Float32, torso: float
) -> Float32 | None:
    """The matte (h, w) of a figure that is lines on paper, by its lines; None of any other figure.

    values: (h, w, 3) float32 sRGB 0..1. given: (h, w) float32, the matte that came with it,
    which then lies on white paper, or None. alpha: (h, w) float32, the figure's matte as it was
    found. torso: pixels.
    """
    if given is not None:
        values = values * given[..., None] + 1 - given[..., None]
    drawn = enclosed_by_lines(np.round(values * 255).astype(np.uint8), alpha)
    return drawn if drawn is not None and is_outlined(values, drawn, torso) else None


def cut_figure(  # noqa: PLR0913 - what was found and what was given
    matte: Matte,
    light: Float32 | None,
    anatomy: Anatomy,
    masks: ArmMasks,
    corrections: Corrections,
    *,
    by_bones: bool,
) -> CutOut:
    """The layers (canvas) and what is known of them.

    light: (h, w, 4) premultiplied, what the figure sheds, or None. by_bones: it stays in one piece.
    Works on the figure's box: most pictures are mostly background.
    """
    size = matte.alpha.shape[1], matte.alpha.shape[0]
    everything = matte.alpha if light is None else np.maximum(matte.alpha, light[..., 3])
    view = box_of(everything > 0, 0.1 * anatomy.torso) or (slice(0, size[1]), slice(0, size[0]))
    origin = np.array([view[1].start, view[0].start], float)
    place = anatomy.in_frame(origin, 1.0)
    piece = Matte(
        np.ascontiguousarray(matte.alpha[view]), np.ascontiguousarray(matte.colours[view])
    )
    # What is surely not to be moved need not be cut out first.
    sure = is_sure(masks[0]), is_sure(masks[1])
    hopes = corrections.chosen(arm_states(anatomy, size, (0.0, 0.0), matte.alpha, sure))
    here = _in_view(masks[0], view), _in_view(masks[1], view)
    find = (
        partial(parts_by_bones, piece.alpha) if by_bones else partial(find_parts, piece, masks=here)
    )
    parts = find(place, (hopes[0] == "free", hopes[1] == "free"))
    covered = [0.0 if arm is None else middle_covered(arm, place) for arm in parts.arms]
    states = arm_states(anatomy, size, (covered[0], covered[1]), matte.alpha, sure)
    against = _drawn_against(piece.alpha, parts, place) if by_bones else (False, False)
    states = corrections.chosen(_held(states, against))
    if states != hopes:
        parts = find(place, (states[0] == "free", states[1] == "free"))
    # What is told apart by bones stays one layer, and bends: see `parts_by_bones`.
    layered = replace(parts, arms=(None, None)) if by_bones else parts
    cut = cut_layers(piece, layered, place, None if light is None else light[view])
    hem = hem_of(piece.alpha, place, np.isin(parts.labels, ARMS))
    layers = []
    for layer in cut:
        rgba = np.zeros((size[1], size[0], 4), np.float32)
        rgba[view] = layer.rgba
        layers.append(Layer(layer.name, rgba))
    hem = None if hem is None else hem + float(origin[1])
    return CutOut(tuple(layers), states, hem, against)


def _drawn_against(alpha: Float32, parts: Parts, anatomy: Anatomy) -> tuple[bool, bool]:
    left, right = arm_borders(alpha, parts.labels, anatomy)
    return left.is_against(anatomy.arms[0]), right.is_against(anatomy.arms[1])


def _held(
    states: tuple[ArmState, ArmState], against: tuple[bool, bool]
) -> tuple[ArmState, ArmState]:
    """The arms' states, fixed where they are drawn against the body."""
    left, right = (
        "fixed" if lies and state == "free" else state
        for state, lies in zip(states, against, strict=True)
    )
    return left, right


def _in_view(mask: ArmMask | None, view: Box) -> ArmMask | None:
    return None if mask is None else replace(mask, likely=np.ascontiguousarray(mask.likely[view]))


def warnings_of(cut: CutOut) -> tuple[str, ...]:
    """What the plan says of arms that do not move."""
    arms = cut.arms
    said = [
        f"The {side} arm is drawn against the body, whose line it shares, and will not move."
        if state == "fixed"
        else f"The {side} arm is drawn against the body: their lines will look cut when it moves."
        for side, state, against in zip(SIDES, arms, cut.against, strict=True)
        if against
    ]
    if said:
        return tuple(said)
    if arms == ("fixed", "fixed"):
        return ("The arms lie across the body and will not move.",)
    if arms == ("unseen", "unseen"):
        return ("The picture does not show both hands, so the arms will not move.",)
    for side, state in zip(SIDES, arms, strict=True):
        if state == "fixed":
            said.append(f"The {side} arm lies across the body and will not move.")
        elif state == "unseen":
            said.append(f"The picture does not show the whole {side} arm, so it will not move.")
    return tuple(said)
