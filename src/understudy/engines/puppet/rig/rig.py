"""The rig: a character's layers as textured meshes that hang on its bones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer, LayerName
from understudy.character.image.masks import depth
from understudy.engines.puppet.rig.fingers import HandRig, hand_rig
from understudy.engines.puppet.rig.hidden_foot import hidden_foot, with_foot
from understudy.engines.puppet.rig.leg_split import LegSplit, find_leg_split
from understudy.engines.puppet.rig.patches import elbow_patch, upper_arm_patch
from understudy.engines.puppet.rig.rigged_layer import RiggedLayer, rigged
from understudy.engines.puppet.rig.sheet import is_sheet, rigged_sheet
from understudy.engines.puppet.rig.skirts import upright_cloth
from understudy.engines.puppet.rig.sleeves import Sleeve, hang
from understudy.engines.puppet.rig.weights import (
    BodyFrame,
    ChainWeights,
    arm_weights,
    body_frame,
    body_weights,
)
from understudy.geometry.skeleton import ARMS, Bone, Limb, Skeleton, skeleton_of

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RigNumbers:
    """How layers are meshed.

    cell: px of a grid cell on a canvas whose short side is `canvas` px. least_cell: px.
    arm_seam, leg_seam: a triangle whose corners differ by more along the limb spans a gap of the
        body.
    drawn: alpha from which on a pixel is the limb's.
    """

    cell: int = 8
    canvas: int = 720
    least_cell: int = 4
    arm_seam: float = 0.6
    leg_seam: float = 0.9
    drawn: float = 0.5


NUMBERS = RigNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """A character's skeleton and its layers, `body` among them, back to front.

    hands: of the left and the right arm's layer, where they have fingers to move. Their bones
        follow the skeleton's, and those of the sleeves follow theirs.
    patches: what lies behind an arm's layer where the picture shows it folded, by its name.
    """

    skeleton: Skeleton
    frame: BodyFrame
    layers: tuple[RiggedLayer, ...]
    hands: tuple[HandRig | None, HandRig | None]
    patches: Mapping[LayerName, tuple[RiggedLayer, ...]]

    @property
    def sleeves(self) -> tuple[Sleeve, ...]:
        """What hangs from the arms, in the order of its bones."""
        return tuple(layer.sleeve for layer in self.layers if layer.sleeve is not None)

    @property
    def body(self) -> RiggedLayer:
        """The layer that every character has."""
        return next(layer for layer in self.layers if layer.name == "body")


def skeleton_of_character(character: Character) -> Skeleton:
    """The skeleton that a motion for this character is made for."""
    traits = character.traits
    skeleton = skeleton_of(
        character.landmarks,
        character.size,
        legs=traits.legs == "free",
        arms=(traits.left_arm == "free", traits.right_arm == "free"),
        near=traits.near,
    )
    is_cut = traits.pad > 0 and traits.framing != "whole_body"
    return replace(skeleton, cut=is_cut or traits.sways_only, flat=is_sheet(character))


def build_rig(
    character: Character, skeleton: Skeleton, hinged: tuple[bool, bool] = (False, False)
) -> Rig:
    """Mesh and weigh every layer of a character. hinged: of which arms the elbow is a pin."""
    body = next(layer for layer in character.layers if layer.name == "body")
    frame = body_frame(skeleton, _leg_split(character, body, skeleton))
    step = max(NUMBERS.least_cell, round(NUMBERS.cell * min(character.size) / NUMBERS.canvas))
    marks = character.landmarks
    left = hand_rig(marks.left_hand, Bone.LEFT_HAND, len(Bone))
    after_left = len(Bone) + (left.bones if left else 0)
    right = hand_rig(marks.right_hand, Bone.RIGHT_HAND, after_left)
    next_bone = after_left + (right.bones if right else 0)
    layers = []
    patches: dict[LayerName, tuple[RiggedLayer, ...]] = {}
    for layer in character.layers:
        if layer.name == "body" and is_sheet(character):
            layers.append(rigged_sheet(character, layer, skeleton, frame, step))
        elif layer.name in {"body", "overlay", "far_leg"}:
            layers.append(_body(layer, skeleton, frame, step))
        else:
            side = 0 if layer.name == "left_arm" else 1
            arm = _arm(
                layer, skeleton, ARMS[side], (left, right)[side], step, hinged[side], next_bone
            )
            layers.append(arm)
            next_bone += arm.sleeve is not None
            patches[layer.name] = tuple(_patches(layer, skeleton, ARMS[side], step, hinged[side]))
    return Rig(skeleton, frame, tuple(layers), (left, right), patches)


def _leg_split(character: Character, body: Layer, skeleton: Skeleton) -> LegSplit:
    """Where the legs part: nowhere in a figure that takes no steps, whose legs are one piece, and
    in one that the picture cuts above the knees, where a hem or a crotch is a guess and a jacket
    would open as legs do."""
    split = find_leg_split(body.rgba, skeleton, character.traits.hem_y)
    if skeleton.legs and character.traits.framing not in {"upper_body", "head"}:
        return split
    return LegSplit(float(len(body.rgba)), split.cloth)


def _arm(  # noqa: PLR0913 - one arm's surroundings
    layer: Layer,
    skeleton: Skeleton,
    limb: Limb,
    hand: HandRig | None,
    step: int,
    hinged: bool,
    sleeve_bone: int,
) -> RiggedLayer:
    girth = _half_width(layer, skeleton.joints[limb.joints[1]])

    def weigh(points: Float64, *, forced: int | None = None) -> ChainWeights:
        return arm_weights(points, skeleton, limb, girth=girth, hinged=hinged, forced=forced)

    # Fingers that move one by one are narrower than a cell.
    fine = step // 2 if hand is not None and len(hand.groups) > 2 else step

    def hanging(points: Float64, weights: Float64) -> tuple[Sleeve, Float64] | None:
        return hang(points, weights, skeleton, limb, sleeve_bone)

    return rigged(layer, weigh, NUMBERS.arm_seam, fine, skeleton.torso, hand, hanging)


def _half_width(layer: Layer, place: Float64) -> float:
    """Pixels from a place (2,) on a layer to the layer's nearest edge; 0 beside it."""
    x, y = np.round(place).astype(int)
    height, width = layer.rgba.shape[:2]
    if not (0 <= x < width and 0 <= y < height):
        return 0.0
    return float(depth(layer.rgba[..., 3] > NUMBERS.drawn)[y, x])


def _patches(
    layer: Layer, skeleton: Skeleton, limb: Limb, step: int, hinged: bool
) -> Iterator[RiggedLayer]:
    """What lies behind an arm, back to front: of a hinged one the whole upper arm, the elbow."""

    def upper(points: Float64, *, forced: int | None = None) -> ChainWeights:
        return arm_weights(points, skeleton, limb, hinged=True, forced=0)

    def elbow(points: Float64, *, forced: int | None = None) -> ChainWeights:
        weights = np.zeros((len(points), len(Bone)))
        weights[:, limb.between[1][1]] = 1.0
        return ChainWeights(weights, np.zeros(len(points)), np.zeros(len(points)))

    if hinged:
        painted = upper_arm_patch(layer.rgba, skeleton, limb)
        yield rigged(Layer(layer.name, painted), upper, NUMBERS.arm_seam, step, skeleton.torso)
    behind = elbow_patch(layer.rgba, skeleton, limb)
    if behind is not None:
        yield rigged(Layer(layer.name, behind), elbow, NUMBERS.arm_seam, step, skeleton.torso)


def _body(layer: Layer, skeleton: Skeleton, frame: BodyFrame, step: int) -> RiggedLayer:
    # From the side each of the two layers shows one leg.
    alone = None
    if skeleton.near is not None:
        alone = int((skeleton.near == "left") == (layer.name == "far_leg"))

    def weigh(points: Float64, *, forced: int | None = None) -> ChainWeights:
        return body_weights(points, skeleton, frame, forced=forced if alone is None else alone)

    body = rigged(layer, weigh, NUMBERS.leg_seam, step, skeleton.torso)
    hidden = hidden_foot(layer.rgba[..., 3], skeleton, frame.leg_split)
    if layer.name == "body" and alone is None and hidden is not None:
        body = with_foot(body, hidden, skeleton, weigh)
    return replace(body, upright=upright_cloth(body.vertices, skeleton, frame))
