"""The rig: a character's layers as textured meshes that hang on its bones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer, LayerName
from understudy.engines.puppet.render.colour import pack_texture
from understudy.engines.puppet.render.rasterizer import painters_order
from understudy.engines.puppet.rig.fingers import HandRig, finger_weights, hand_rig
from understudy.engines.puppet.rig.leg_split import find_leg_split
from understudy.engines.puppet.rig.mesh import Mesh, cropped, grid_mesh, snapped
from understudy.engines.puppet.rig.patches import elbow_patch, upper_arm_patch
from understudy.engines.puppet.rig.side_extension import beyond_sides
from understudy.engines.puppet.rig.skinning import strongest
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
    snap: share of a cell by which a vertex is moved onto a seam at most; from a half on triangles
        would turn over.
    outer: share of forearm and hand in a triangle's weights that makes it one of theirs.
    arm_seam, leg_seam: a triangle whose corners differ by more along the limb spans a gap of the
        body.
    """

    cell: int = 8
    canvas: int = 720
    least_cell: int = 4
    snap: float = 0.45
    outer: float = 0.5
    arm_seam: float = 0.6
    leg_seam: float = 0.9


NUMBERS = RigNumbers()

# How far each bone lies from the camera within its layer, 0 (near) to 255 (far).
DEPTH = np.full(len(Bone), 140, np.float64)
DEPTH[Bone.HEAD] = 110
for _limb in ARMS:
    DEPTH[list(_limb.between[1])] = 115
    DEPTH[list(_limb.bones[1:])] = (90, 60)
NEAR_LEG, FAR_LEG = 170, 200


@dataclass(frozen=True, slots=True, eq=False)
class RiggedLayer:
    """One layer ready to be skinned and drawn.

    vertices: (V, 2) float64 at rest, canvas pixels. uv: (V, 2) float64, pixels of `texture`.
    triangles: (N, 3) int32. bones, weights: (V, 6). texture: (h, w) uint64, cropped; origin: its
        upper left corner, canvas pixels.
    order: triangle order from far to near while the left leg is the nearer one; order_swapped:
        while it is the farther one. order_outer: of an arm, forearm and hand alone.
    """

    name: LayerName
    vertices: Float64
    uv: Float64
    triangles: NDArray[np.int32]
    bones: NDArray[np.int32]
    weights: Float64
    texture: NDArray[np.uint64]
    origin: Float64
    order: NDArray[np.int32]
    order_swapped: NDArray[np.int32]
    order_outer: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """A character's skeleton and its layers, `body` among them, back to front.

    hands: of the left and the right arm's layer, where they have fingers to move.
    patches: what lies behind an arm's layer where the picture shows it folded, by its name.
    """

    skeleton: Skeleton
    frame: BodyFrame
    layers: tuple[RiggedLayer, ...]
    hands: tuple[HandRig | None, HandRig | None]
    patches: Mapping[LayerName, tuple[RiggedLayer, ...]]

    @property
    def body(self) -> RiggedLayer:
        """The layer that every character has."""
        return next(layer for layer in self.layers if layer.name == "body")


class _Weigher(Protocol):
    def __call__(self, points: Float64, *, forced: int | None = None) -> ChainWeights: ...


def skeleton_of_character(character: Character) -> Skeleton:
    """The skeleton that a motion for this character is made for."""
    traits = character.traits
    skeleton = skeleton_of(
        character.landmarks,
        character.size,
        legs=traits.framing == "whole_body" and not traits.sways_only,
        arms=(traits.left_arm == "free", traits.right_arm == "free"),
        near=traits.near,
    )
    is_cut = traits.pad > 0 and traits.framing != "whole_body"
    return replace(skeleton, cut=is_cut or traits.sways_only)


def build_rig(
    character: Character, skeleton: Skeleton, hinged: tuple[bool, bool] = (False, False)
) -> Rig:
    """Mesh and weigh every layer of a character. hinged: of which arms the elbow is a pin."""
    body = next(layer for layer in character.layers if layer.name == "body")
    frame = body_frame(skeleton, find_leg_split(body.rgba, skeleton, character.traits.hem_y))
    step = max(NUMBERS.least_cell, round(NUMBERS.cell * min(character.size) / NUMBERS.canvas))
    marks = character.landmarks
    left = hand_rig(marks.left_hand, Bone.LEFT_HAND, len(Bone))
    after_left = len(Bone) + (left.bones if left else 0)
    right = hand_rig(marks.right_hand, Bone.RIGHT_HAND, after_left)
    layers = []
    patches: dict[LayerName, tuple[RiggedLayer, ...]] = {}
    for layer in character.layers:
        if layer.name in {"body", "overlay", "far_leg"}:
            layers.append(_body(layer, skeleton, frame, step))
        else:
            side = 0 if layer.name == "left_arm" else 1
            layers.append(
                _arm(layer, skeleton, ARMS[side], (left, right)[side], step, hinged[side])
            )
            patches[layer.name] = tuple(_patches(layer, skeleton, ARMS[side], step, hinged[side]))
    return Rig(skeleton, frame, tuple(layers), (left, right), patches)


def _arm(  # noqa: PLR0913 - one arm's surroundings
    layer: Layer, skeleton: Skeleton, limb: Limb, hand: HandRig | None, step: int, hinged: bool
) -> RiggedLayer:
    def weigh(points: Float64, *, forced: int | None = None) -> ChainWeights:
        return arm_weights(points, skeleton, limb, hinged=hinged, forced=forced)

    # Fingers that move one by one are narrower than a cell.
    fine = step // 2 if hand is not None and len(hand.groups) > 2 else step
    return _rigged(layer, weigh, NUMBERS.arm_seam, fine, skeleton.torso, hand)


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
        yield _rigged(Layer(layer.name, painted), upper, NUMBERS.arm_seam, step, skeleton.torso)
    behind = elbow_patch(layer.rgba, skeleton, limb)
    if behind is not None:
        yield _rigged(Layer(layer.name, behind), elbow, NUMBERS.arm_seam, step, skeleton.torso)


def _body(layer: Layer, skeleton: Skeleton, frame: BodyFrame, step: int) -> RiggedLayer:
    # From the side each of the two layers shows one leg.
    alone = None
    if skeleton.near is not None:
        alone = int((skeleton.near == "left") == (layer.name == "far_leg"))

    def weigh(points: Float64, *, forced: int | None = None) -> ChainWeights:
        return body_weights(points, skeleton, frame, forced=forced if alone is None else alone)

    return _rigged(layer, weigh, NUMBERS.leg_seam, step, skeleton.torso)


def _rigged(  # noqa: PLR0913 - a layer, and how it is weighed and cut
    layer: Layer,
    weigh: _Weigher,
    seam: float,
    step: int,
    torso: float,
    hand: HandRig | None = None,
) -> RiggedLayer:
    rgba, left = beyond_sides(layer, step, torso)
    mesh = grid_mesh(rgba[..., 3], step)
    mesh = Mesh(mesh.vertices - (left, 0.0), mesh.triangles)
    mesh = _fitted_to_seam(mesh, weigh, seam, step)
    vertices, triangles, weights = _split_at_seam(mesh, weigh, seam)
    all_weights = weights if hand is None else finger_weights(hand, vertices, weights)
    bones, strong = strongest(all_weights)
    if hand is not None:
        # Appended bones are numbered from the hand's first one.
        bones = np.where(bones < len(Bone), bones, bones - len(Bone) + hand.first).astype(np.int32)
    texture, origin = cropped(rgba)
    origin -= (left, 0.0)
    near_left, near_right = DEPTH.copy(), DEPTH.copy()
    near_left[Bone.LEFT_HIP_1 : Bone.LEFT_FOOT + 1] = NEAR_LEG
    near_left[Bone.RIGHT_HIP_1 : Bone.RIGHT_FOOT + 1] = FAR_LEG
    near_right[Bone.LEFT_HIP_1 : Bone.LEFT_FOOT + 1] = FAR_LEG
    near_right[Bone.RIGHT_HIP_1 : Bone.RIGHT_FOOT + 1] = NEAR_LEG
    outer = weights[:, [b for limb in ARMS for b in limb.bones[1:]]].sum(axis=1)
    order = _order(weights @ near_left, triangles)
    return RiggedLayer(
        name=layer.name,
        vertices=vertices,
        uv=vertices - origin,
        triangles=triangles,
        bones=bones,
        weights=strong,
        texture=pack_texture(texture),
        origin=origin,
        order=order,
        order_swapped=_order(weights @ near_right, triangles),
        order_outer=order[outer[triangles].min(axis=1)[order] > NUMBERS.outer],
    )


def _order(depth: Float64, triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    order = np.empty(len(triangles), np.int32)
    painters_order(np.rint(depth).astype(np.int32), triangles, order)
    return order


def _spread(values: Float64, triangles: NDArray[np.int32]) -> Float64:
    corners = values[triangles]
    return np.asarray(corners.max(axis=1) - corners.min(axis=1))


def _fitted_to_seam(mesh: Mesh, weigh: _Weigher, seam: float, step: int) -> Mesh:
    """Move the vertices beside a seam onto it, so that the parts come apart along a clean line."""
    free = weigh(mesh.vertices)
    torn = mesh.triangles[_spread(free.stage, mesh.triangles) > seam]
    if not len(torn):
        return mesh
    gradient = np.stack(
        [
            weigh(mesh.vertices + offset).side - weigh(mesh.vertices - offset).side
            for offset in (np.array([1.0, 0.0]), np.array([0.0, 1.0]))
        ],
        axis=1,
    )
    at_seam = np.zeros(len(mesh.vertices), np.bool_)
    at_seam[np.unique(torn)] = True
    return snapped(mesh, np.where(at_seam, free.side, 1e9), gradient / 2.0, NUMBERS.snap * step)


def _split_at_seam(
    mesh: Mesh, weigh: _Weigher, seam: float
) -> tuple[Float64, NDArray[np.int32], Float64]:
    """Split the mesh where neighbours belong to different parts of the body.

    A triangle across a seam would be a web between, say, the two legs. It goes to the side where
    its middle lies, with corners of its own that follow that side alone.
    """
    free = weigh(mesh.vertices)
    across = _spread(free.stage, mesh.triangles) > seam
    if not across.any():
        return mesh.vertices, mesh.triangles, free.weights
    middle = mesh.vertices[mesh.triangles].mean(axis=1)
    side = (weigh(middle).side > 0).astype(np.int64)
    copies = [free.weights] + [weigh(mesh.vertices, forced=s).weights for s in (0, 1)]
    count = len(mesh.vertices)
    label = np.where(across, 1 + side, 0)
    triangles = mesh.triangles.astype(np.int64) + (label * count)[:, None]
    used, renumbered = np.unique(triangles, return_inverse=True)
    return (
        np.ascontiguousarray(mesh.vertices[used % count]),
        np.ascontiguousarray(renumbered.reshape(-1, 3).astype(np.int32)),
        np.concatenate(copies)[used],
    )
