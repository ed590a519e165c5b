"""A performer: sculpted parts on a skeleton, with a face that moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..light.materials import Material
from ..light.raster import skin
from ..solid.arrays import Float32
from ..solid.meshing import Mesh, join
from .anatomy import Shape
from .expression import Morph, face_morphs
from .faceparts import face_meshes
from .head import Face, jaw_share
from .rig import Controls, pose_body
from .skeleton import Posed, Skeleton
from .skinning import INFLUENCES, bind, fasten
from .skinpaint import Complexion


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    skeleton: Skeleton
    mesh: Mesh
    materials: Sequence[Material]
    morphs: Mapping[str, Morph]

    def pose(self, controls: Controls) -> tuple[Posed, Float32]:
        """Joints and (V, 3) vertices under the controls of `rig.pose_body` and `expression`."""
        posed = pose_body(self.skeleton, controls)
        vertices = self.mesh.vertices.copy()
        for name, morph in self.morphs.items():
            amount = controls.get(name, 0.0)
            if amount:
                vertices[morph.vertices] += np.float32(amount) * morph.shift
        motion = *posed.dual_quaternions(), posed.turns, posed.shifts
        float32 = [np.ascontiguousarray(part, np.float32) for part in motion]
        moved = skin(vertices, self.mesh.bones, self.mesh.weights, *float32)
        return posed, moved


@dataclass(slots=True)
class Wardrobe:
    """Collects parts and their materials while a figure is made."""

    skeleton: Skeleton
    parts: list[Mesh] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)

    def material(self, *materials: Material) -> int:
        """Number of the first of these materials."""
        self.materials += materials
        return len(self.materials) - len(materials)

    def wear(self, mesh: Mesh, bones: Sequence[str], sharpness: float = 5.0) -> Mesh:
        if len(bones) == 1:
            fasten(mesh, self.skeleton, bones[0])
        else:
            bind(mesh, self.skeleton, bones, sharpness)
        self.parts.append(mesh)
        return mesh


def add_head(
    wardrobe: Wardrobe,
    face: Face,
    complexion: Complexion,
    shape: Shape,
    hair: Mesh,
    first_material: int,
    step: float,
) -> slice:
    """Put head and hair on the skeleton; the vertices' numbers of the face come back."""
    s = wardrobe.skeleton
    size = s.build.head
    pivot = s.at("head")
    low = (s.at("neck") + np.array([0, -0.075, 0.0]) - pivot) / size
    start = sum(len(m.vertices) for m in wardrobe.parts)
    face_parts = face_meshes(face, complexion, (low, shape.neck / size), step)
    for mesh, bone in [*face_parts, (hair, "head")]:
        local = mesh.vertices.copy()
        mesh.vertices = (local * size + pivot).astype(np.float32)
        mesh.material = mesh.material + np.int32(first_material)
        if bone == "skin":
            wardrobe.wear(mesh, ("chest", "neck", "head"), 7.0)
            _follow_jaw(mesh, jaw_share(local, face), s)
        else:
            wardrobe.wear(mesh, ("head",) if bone == "brow" else (bone,))
    return slice(start, sum(len(m.vertices) for m in wardrobe.parts) - len(hair.vertices))


def _follow_jaw(mesh: Mesh, share: Float32, s: Skeleton) -> None:
    """Hand `share` of every vertex's weight on to the jaw (in place of its weakest bone)."""
    last = INFLUENCES - 1
    mesh.bones[:, last] = s.index("jaw")
    mesh.weights[:, last] = 0
    mesh.weights /= mesh.weights.sum(1, keepdims=True)
    mesh.weights *= (1 - share)[:, None]
    mesh.weights[:, last] = share


def finish(wardrobe: Wardrobe, face: Face, faced: slice) -> Figure:
    mesh = join(wardrobe.parts)
    s = wardrobe.skeleton
    local = (mesh.vertices[faced] - s.at("head").astype(np.float32)) / np.float32(s.build.head)
    morphs = face_morphs(local, face, faced.start, s.build.head)
    return Figure(s, mesh, wardrobe.materials, morphs)
