"""Which bones move a vertex, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..solid.meshing import Mesh
from .skeleton import FINGERS, SIDES, Skeleton

INFLUENCES = 4


def bone_segments(s: Skeleton) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64], float]]:
    """Per joint: the stretch of body that it moves, from and to, and how thick that is."""
    out: dict[str, tuple[NDArray[np.float64], NDArray[np.float64], float]] = {}

    def add(name: str, end: str | NDArray[np.float64], radius: float) -> None:
        out[name] = (s.at(name), s.at(end) if isinstance(end, str) else end, radius)

    up = np.array([0.0, 1.0, 0.0])
    out["pelvis"] = (s.at("pelvis") - 0.05 * up, s.at("spine"), 0.13)
    add("spine", "chest", 0.12)
    add("chest", s.at("neck") - 0.04 * up, 0.14)
    add("neck", "head", 0.055)
    add("head", s.at("head") + 0.15 * up, 0.10)
    add("jaw", s.at("jaw") + [0, -0.03, 0.05], 0.03)
    for side in SIDES:
        out[f"{side}_clavicle"] = (
            0.5 * (s.at(f"{side}_clavicle") + s.at(f"{side}_shoulder")),
            s.at(f"{side}_shoulder"),
            0.055,
        )
        add(f"{side}_shoulder", f"{side}_elbow", 0.066)
        add(f"{side}_elbow", f"{side}_forearm", 0.048)
        add(f"{side}_forearm", f"{side}_wrist", 0.038)
        add(f"{side}_wrist", f"{side}_middle1", 0.035)
        for finger in FINGERS:
            for k in range(3):
                end = f"{side}_{finger}{k + 2}" if k < 2 else f"{side}_{finger}_tip"
                add(f"{side}_{finger}{k + 1}", end, 0.009)
        add(f"{side}_hip", f"{side}_knee", 0.08)
        add(f"{side}_knee", f"{side}_ankle", 0.055)
        add(f"{side}_ankle", f"{side}_toe", 0.04)
        add(f"{side}_toe", f"{side}_foot_index", 0.035)
    return out


def bind(mesh: Mesh, s: Skeleton, bones: Sequence[str], sharpness: float = 5.0) -> Mesh:
    """Give the mesh its skin: weights fall with the distance to the bones, in bone thicknesses."""
    segments = bone_segments(s)
    v = mesh.vertices.astype(np.float64)
    score = np.empty((len(v), len(bones)))
    for k, name in enumerate(bones):
        a, b, radius = segments[name]
        axis = b - a
        t = np.clip((v - a) @ axis / (axis @ axis), 0, 1)
        away = np.linalg.norm(v - a - t[:, None] * axis, axis=1)
        power = sharpness * (2.2 if radius < 0.02 else 1)
        score[:, k] = np.maximum(away / radius, 0.05) ** -power
    keep = min(INFLUENCES, len(bones))
    order = np.argsort(-score, axis=1)[:, :keep]
    weights = np.take_along_axis(score, order, 1)
    weights /= weights.sum(1, keepdims=True)
    number = np.array([s.index(n) for n in bones], np.int32)
    mesh.bones = np.zeros((len(v), INFLUENCES), np.int32)
    mesh.weights = np.zeros((len(v), INFLUENCES), np.float32)
    mesh.bones[:, :keep] = number[order]
    mesh.weights[:, :keep] = weights
    return mesh


def fasten(mesh: Mesh, s: Skeleton, bone: str) -> Mesh:
    """Give the whole mesh to one bone."""
    mesh.bones = np.full((len(mesh.vertices), INFLUENCES), s.index(bone), np.int32)
    mesh.weights = np.zeros((len(mesh.vertices), INFLUENCES), np.float32)
    mesh.weights[:, 0] = 1
    return mesh
