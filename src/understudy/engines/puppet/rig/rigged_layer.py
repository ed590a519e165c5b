"""A layer of a character as a textured mesh whose vertices follow bones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Layer, LayerName
from understudy.engines.puppet.render.colour import pack_texture
from understudy.engines.puppet.render.rasterizer import painters_order
from understudy.engines.puppet.rig.fingers import HandRig, finger_weights
from understudy.engines.puppet.rig.mesh import Mesh, cropped, cut_along, grid_mesh, snapped
from understudy.engines.puppet.rig.sheet_skinning import Sheet
from understudy.engines.puppet.rig.side_extension import beyond_sides
from understudy.engines.puppet.rig.skinning import skin, strongest
from understudy.engines.puppet.rig.skirts import hung
from understudy.engines.puppet.rig.sleeves import Sleeve
from understudy.engines.puppet.rig.weights import ChainWeights
from understudy.geometry.skeleton import ARMS, LEGS, Bone

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """How a layer is meshed.

    snap: share of a cell within which a vertex is moved onto a seam.
    outer: share of forearm and hand in a triangle's weights that makes it one of theirs.
    """

    snap: float = 0.15
    outer: float = 0.5


NUMBERS = LayerNumbers()

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
    upright: (V, 2), of cloth that hangs over the legs, see `skirts`. sleeve: of an arm, the cloth
    that hangs from it. sheet: of a body in one piece with its arms,
    how it is posed instead of by its weights.
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
    upright: Float64 | None = None
    sleeve: Sleeve | None = None
    sheet: Sheet | None = None

    def posed(self, maps: Float64, offset: Float64 | None = None) -> Float64:
        """Where the vertices are under the bones' maps (B, 2, 3): (V, 2).

        offset: (V, 2), how far each is moved at rest before.
        """
        rest = self.vertices if offset is None else self.vertices + offset
        if self.sheet is None:
            placed = np.empty_like(rest)
            if self.upright is None:
                skin(rest, self.bones, self.weights, maps, placed)
                return placed
            rest = rest - np.outer(self.upright.sum(axis=1), (1.0, 0.0))
            skin(rest, self.bones, self.weights, maps, placed)
            return placed + hung(self.upright, maps[Bone.PELVIS])
        placed = self.sheet.posed(maps)
        if offset is not None:
            moved, still = np.empty_like(rest), np.empty_like(rest)
            skin(rest, self.bones, self.weights, maps, moved)
            skin(self.vertices, self.bones, self.weights, maps, still)
            placed += moved - still
        return placed


class Weigher(Protocol):
    def __call__(self, points: Float64, *, forced: int | None = None) -> ChainWeights: ...


class Hanging(Protocol):
    def __call__(self, points: Float64, weights: Float64) -> tuple[Sleeve, Float64] | None: ...


def rigged(  # noqa: PLR0913 - a layer, and how it is weighed and cut
    layer: Layer,
    weigh: Weigher,
    seam: float,
    step: int,
    torso: float,
    hand: HandRig | None = None,
    hanging: Hanging | None = None,
) -> RiggedLayer:
    """A layer's mesh, hung on its bones.

    weigh: what tells the weights of points. seam: a triangle whose corners differ by more along the
    limb spans a gap of the body. step: px of a grid cell. torso: pixels. hand: the fingers of an
    arm's layer. hanging: what tells the cloth that hangs from an arm.
    """
    rgba, left = beyond_sides(layer, step, torso)
    mesh = grid_mesh(rgba[..., 3], step)
    mesh = Mesh(mesh.vertices - (left, 0.0), mesh.triangles)
    mesh = _fitted_to_seam(mesh, weigh, seam, step)
    vertices, triangles, weights = _split_at_seam(mesh, weigh, seam)
    all_weights, numbers = weights, list(range(len(Bone)))
    if hand is not None:
        all_weights = finger_weights(hand, vertices, weights)
        numbers += range(hand.first, hand.first + hand.bones)
    found = None if hanging is None else hanging(vertices, weights)
    if found is not None:
        sleeve, loose = found
        all_weights = np.column_stack([all_weights * (1.0 - loose[:, None]), loose])
        numbers.append(sleeve.index)
    columns, strong = strongest(all_weights)
    bones = np.array(numbers, np.int32)[columns]
    texture, origin = cropped(rgba)
    origin -= (left, 0.0)
    outer = weights[:, [b for limb in ARMS for b in limb.bones[1:]]].sum(axis=1)
    body_bones, body_weights = strongest(weights)
    order, order_swapped = orders_of_legs(body_bones, body_weights, triangles)
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
        order_swapped=order_swapped,
        order_outer=order[outer[triangles].min(axis=1)[order] > NUMBERS.outer],
        sleeve=None if found is None else found[0],
    )


def orders_of_legs(
    bones: NDArray[np.int32],
    weights: Float64,
    triangles: NDArray[np.int32],
    farther: Float64 | float = 0.0,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Triangles (N, 3) from far to near while the left leg is the nearer one, and while it is the
    farther one: (N,) numbers each.

    bones, weights: (V, 6). farther: (V,) by how much vertices lie farther than their bones say.
    """
    depths = []
    for near, far in (LEGS, LEGS[::-1]):
        of_bones = DEPTH.copy()
        of_bones[list(near.all_bones)], of_bones[list(far.all_bones)] = NEAR_LEG, FAR_LEG
        depths.append((weights * of_bones[bones]).sum(axis=1) + farther)
    return ordered(depths[0], triangles), ordered(depths[1], triangles)


def ordered(depth: Float64, triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    """Triangles (N, 3) from far to near, as (N,) numbers. depth: (V,) of their vertices."""
    order = np.empty(len(triangles), np.int32)
    painters_order(np.rint(depth).astype(np.int32), triangles, order)
    return order


def _spread(values: Float64, triangles: NDArray[np.int32]) -> Float64:
    corners = values[triangles]
    return np.asarray(corners.max(axis=1) - corners.min(axis=1))


def _fitted_to_seam(mesh: Mesh, weigh: Weigher, seam: float, step: int) -> Mesh:
    """Move the vertices that all but lie on a seam onto it: what is cut off beside them would be
    slivers."""
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
    mesh: Mesh, weigh: Weigher, seam: float
) -> tuple[Float64, NDArray[np.int32], Float64]:
    """Split the mesh where neighbours belong to different parts of the body.

    A triangle across a seam would be a web between, say, the two legs. It is cut along the seam,
    and each piece has corners of its own that follow its side alone.
    """
    free = weigh(mesh.vertices)
    across = _spread(free.stage, mesh.triangles) > seam
    if not across.any():
        return mesh.vertices, mesh.triangles, free.weights
    points, pieces, sides = cut_along(mesh.vertices, mesh.triangles[across], free.side)
    weights = [weigh(points, forced=s).weights for s in (0, 1)]
    whole = np.concatenate([free.weights, np.zeros_like(weights[0][len(free.weights) :])])
    count = len(points)
    triangles = np.concatenate(
        [mesh.triangles[~across].astype(np.int64), pieces + ((1 + sides) * count)[:, None]]
    )
    used, renumbered = np.unique(triangles, return_inverse=True)
    return (
        np.ascontiguousarray(points[used % count]),
        np.ascontiguousarray(renumbered.reshape(-1, 3).astype(np.int32)),
        np.concatenate([whole, *weights])[used],
    )
