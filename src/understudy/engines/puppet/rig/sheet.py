"""A sheet: a figure in one piece, whose drawn lines bend and never break.

What is cut into layers shows its cuts once it moves. Of a photograph they can be hidden; a drawn
outline that ends in mid-air cannot. So a drawing is one mesh, its arms a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer
from understudy.character.figure.anatomy import measure
from understudy.character.image.masks import Mask, depth, grow
from understudy.character.layers.parts import ARMS as ARM_LABELS
from understudy.character.layers.parts import spread_labels
from understudy.character.layers.parts_by_bones import arm_borders, parts_by_bones
from understudy.engines.puppet.render.colour import pack_texture
from understudy.engines.puppet.rig.mesh import Mesh, cropped, cut_along, grid_mesh, snapped
from understudy.engines.puppet.rig.rigged_layer import (
    DEPTH,
    FAR_LEG,
    NEAR_LEG,
    RiggedLayer,
    ordered,
)
from understudy.engines.puppet.rig.sheet_mesh import cut_open, shared_edges
from understudy.engines.puppet.rig.sheet_skinning import Sheet, fabric_of, reach_of
from understudy.engines.puppet.rig.sheet_weights import TRUNK, limbs_of, sheet_weights
from understudy.engines.puppet.rig.skinning import strongest
from understudy.engines.puppet.rig.weights import BodyFrame, body_weights
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import ARMS, LEGS, Bone, Limb, Skeleton

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SheetNumbers:
    """How a sheet is held together.

    drawn: alpha from which on a pixel is the figure's.
    held: how hard what lies on a bone's middle is held there, per T².
    crotch: half widths of a leg round its hip within which the legs are grown together. least_root:
        T, at least.
    behind: how far from the camera, as `DEPTH` has it, an arm lies that passes behind the body.
    snap: share of a cell within which a vertex is moved onto the seam between legs.
    """

    drawn: float = 0.5
    held: float = 100.0
    crotch: float = 1.5
    least_root: float = 0.25
    behind: float = 150.0
    snap: float = 0.15


NUMBERS = SheetNumbers()


def is_sheet(character: Character) -> bool:
    """Whether arms move that have no layer of their own."""
    names = {layer.name for layer in character.layers}
    traits = character.traits
    return (traits.left_arm == "free" and "left_arm" not in names) or (
        traits.right_arm == "free" and "right_arm" not in names
    )


def rigged_sheet(
    character: Character, layer: Layer, skeleton: Skeleton, frame: BodyFrame, step: int
) -> RiggedLayer:
    """The body's layer as a sheet. step: px of a grid cell."""
    alpha = np.asarray(layer.rgba[..., 3])
    half_width = _half_widths(alpha, skeleton)
    anatomy = measure(character.landmarks)
    labels = parts_by_bones(alpha, anatomy, skeleton.arms).labels
    mesh = grid_mesh(alpha, step)
    if not skeleton.limbless:
        mesh = _cut_between_legs(mesh, skeleton, frame, step)
    part = _part_at(labels, mesh.vertices[mesh.triangles].mean(axis=1))
    # The mesh reaches a cell past what is drawn.
    grown = [grow(border.grown, 2 * step) for border in arm_borders(alpha, labels, anatomy)]
    legs = _between_legs(mesh, part, half_width, skeleton, frame)
    is_open = _touching_edges(mesh, part, grown) | legs
    mesh = cut_open(mesh, is_open)
    fabric = fabric_of(mesh)
    weights, held = sheet_weights(
        mesh.vertices,
        fabric.stiffness,
        _of_vertices(part, mesh),
        limbs_of(skeleton, half_width),
        skeleton,
        frame,
    )
    hold = NUMBERS.held * (step / skeleton.torso) ** 2 * held.astype(np.float64)
    columns, strong = strongest(weights)
    texture, origin = cropped(layer.rgba)
    orders = _orders(weights, mesh.triangles)
    fore = [
        weights[:, list(limb.bones[1:])].sum(axis=1)[mesh.triangles].min(axis=1) for limb in ARMS
    ]
    return RiggedLayer(
        name=layer.name,
        vertices=mesh.vertices,
        uv=mesh.vertices - origin,
        triangles=mesh.triangles,
        bones=columns,
        weights=strong,
        texture=pack_texture(texture),
        origin=origin,
        order=orders[False, False, False],
        order_swapped=orders[True, False, False],
        order_outer=orders[False, False, False][:0],
        sheet=Sheet(reach_of(mesh, fabric, weights, hold), orders, (fore[0] > 0.5, fore[1] > 0.5)),
    )


def _half_widths(alpha: Float32, skeleton: Skeleton) -> dict[Limb, float]:
    """How far limbs reach from their bones, pixels: the median along them."""
    deep = depth(alpha > NUMBERS.drawn)
    found = {}
    for limb in (*ARMS, *LEGS):
        joints = skeleton.joints[list(limb.joints)]
        share = np.linspace(0.1, 0.9, 17)[:, None]
        # The upper arm lies within the trunk's edge in part.
        ends = joints[1:4] if limb in ARMS else joints[:3]
        places = np.concatenate([a + share * (b - a) for a, b in pairwise(ends)])
        found[limb] = float(np.median(_looked_up(deep, places)))
    return found


def _part_at(labels: NDArray[np.uint8], places: Float64) -> NDArray[np.int64]:
    """Which part places (n, 2) belong to: that of the nearest pixel that has one."""
    at = _looked_up(spread_labels(labels), places)
    return np.select([at == ARM_LABELS[0], at == ARM_LABELS[1]], [1, 2], TRUNK)


def _looked_up(image: NDArray[Any], places: Float64) -> NDArray[Any]:
    """The pixels of (H, W) at places (n, 2), or next to them inside the image."""
    height, width = image.shape
    x = np.clip(np.rint(places[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(places[:, 1]).astype(int), 0, height - 1)
    return np.asarray(image[y, x])


def _touching_edges(mesh: Mesh, part: NDArray[np.int64], grown: list[Mask]) -> NDArray[np.bool_]:
    """Which shared edges (E,) lie where an arm touches the rest without having grown there.

    part: (N,) of each triangle. grown: for each arm where it has (H, W).
    """
    edges = shared_edges(mesh)
    one, other = part[edges.triangles].T
    is_open = (one != other) & (np.minimum(one, other) > TRUNK)
    for side, mask in enumerate(grown):
        border = (one == 1 + side) != (other == 1 + side)
        is_open |= border & ~_looked_up(mask, edges.middles)
    return np.asarray(is_open)


def _between_legs(
    mesh: Mesh,
    part: NDArray[np.int64],
    half_width: dict[Limb, float],
    skeleton: Skeleton,
    frame: BodyFrame,
) -> NDArray[np.bool_]:
    """Which shared edges (E,) lie between legs that touch."""
    edges = shared_edges(mesh)
    if skeleton.limbless:
        return np.zeros(len(edges.triangles), np.bool_)
    centres = mesh.vertices[mesh.triangles].mean(axis=1)
    right = body_weights(centres, skeleton, frame).side > 0
    one, other = right[edges.triangles].T
    below = edges.middles[:, 1] > frame.leg_split.y
    of_legs = (part[edges.triangles] == TRUNK).all(axis=1)
    away = _away_from_roots(edges.middles, LEGS, half_width, skeleton, NUMBERS.crotch)
    return np.asarray((one != other) & below & of_legs & away)


def _cut_between_legs(mesh: Mesh, skeleton: Skeleton, frame: BodyFrame, step: int) -> Mesh:
    """The mesh with its triangles cut along the seam between the legs, from top to bottom, so that
    none that is whole lies beside one that is cut."""

    def side(points: Float64) -> Float64:
        return body_weights(points, skeleton, frame).side

    slopes = [
        (side(mesh.vertices + offset) - side(mesh.vertices - offset)) / 2 for offset in np.eye(2)
    ]
    slope = np.stack(slopes, axis=1)
    fitted = snapped(mesh, side(mesh.vertices), slope, NUMBERS.snap * step)
    moved = (fitted.vertices != mesh.vertices).any(axis=1)
    field = np.where(moved, 0.0, side(fitted.vertices))
    points, pieces, _ = cut_along(fitted.vertices, fitted.triangles, field)
    used, numbers = np.unique(pieces, return_inverse=True)
    return Mesh(points[used], numbers.reshape(-1, 3).astype(np.int32))


def _away_from_roots(
    places: Float64,
    limbs: tuple[Limb, ...],
    half_width: dict[Limb, float],
    skeleton: Skeleton,
    widths: float,
) -> NDArray[np.bool_]:
    """Whether places (n, 2) are farther from where limbs begin than so many half widths."""
    away = np.ones(len(places), np.bool_)
    for limb in limbs:
        root = skeleton.joints[limb.joints[0]]
        reach = max(widths * half_width[limb], NUMBERS.least_root * skeleton.torso)
        away &= ((places - root) ** 2).sum(axis=1) > reach**2
    return away


def _of_vertices(part: NDArray[np.int64], mesh: Mesh) -> NDArray[np.int64]:
    """The part of each vertex (V,): an arm's where all its triangles are the arm's."""
    lowest = np.full(len(mesh.vertices), 9, np.int64)
    np.minimum.at(lowest, mesh.triangles.ravel(), np.repeat(part, 3))
    return lowest


def _orders(
    weights: Float64, triangles: NDArray[np.int32]
) -> dict[tuple[bool, bool, bool], NDArray[np.int32]]:
    """Triangles from far to near: see `Sheet`."""
    found = {}
    for left_leg, *arms in product((False, True), repeat=3):
        far = DEPTH.copy()
        for limb, is_far in zip(LEGS, (left_leg, not left_leg), strict=True):
            far[[*limb.between[0], *limb.between[1], *limb.bones]] = FAR_LEG if is_far else NEAR_LEG
        for limb, behind in zip(ARMS, arms, strict=True):
            if behind:
                # What reaches farthest to the front reaches farthest to the back as well.
                bones = list(limb.all_bones)
                far[bones] = NUMBERS.behind + (DEPTH[Bone.CHEST] - far[bones]) / 4
        found[left_leg, arms[0], arms[1]] = ordered(weights @ far, triangles)
    return found
