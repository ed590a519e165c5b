"""What every member of the cast wears alike: bare arms and hands, shoes, the bones of clothes."""

from __future__ import annotations

import numpy as np

from ..body.anatomy import Shape, arm, hand, nails
from ..body.figure import Wardrobe
from ..body.skeleton import FINGERS, SIDES, arm_axes
from ..clothes.shoes import LACES, Sneaker, shoe_materials, shoe_meshes
from ..solid import fields as f
from ..solid.arrays import f32
from ..solid.meshing import join, polygonise

TRUNK = (
    *("pelvis", "spine", "chest", "neck", "L_clavicle", "R_clavicle"),
    *("L_shoulder", "R_shoulder", "L_hip", "R_hip"),
)
SLEEVES = ("L_elbow", "R_elbow", "L_forearm", "R_forearm")
LEGS = ("pelvis", "spine", "L_hip", "R_hip", "L_knee", "R_knee")
"""The bones that move a top, its long sleeves, and trousers."""


def add_arms(w: Wardrobe, shape: Shape, material: int, step: float, bare_from: float) -> None:
    """Forearms and hands; `bare_from` is the share of the arm that a sleeve hides."""
    s = w.skeleton
    for side in SIDES:
        a, wrist = s.at(f"{side}_shoulder"), s.at(f"{side}_wrist")
        along = arm_axes(side)[:, 0]
        limb = f.intersect(arm(s, side, shape), f.half_space(a + (wrist - a) * bare_from, -along))
        whole = f.union(limb, hand(s, side), blend=0.014)
        points = np.stack(
            [a + (wrist - a) * bare_from, wrist, *(s.at(f"{side}_{n}_tip") for n in FINGERS)]
        )
        mesh = polygonise(whole, points.min(0) - 0.06, points.max(0) + 0.06, step, material)
        nail = nails(s, side)(np.ascontiguousarray(mesh.vertices.T))
        tips = np.min(
            [np.linalg.norm(mesh.vertices - s.at(f"{side}_{n}_tip"), axis=1) for n in FINGERS],
            axis=0,
        )
        rosy = 0.35 * np.exp(-((tips / 0.016) ** 2)) + 0.10
        mesh.tint *= 1 - rosy[:, None].astype(np.float32) * f32(0.0, 0.30, 0.34)
        mesh.tint *= np.where(nail < 0.0004, 1.12, 1.0).astype(np.float32)[:, None]
        bones = [f"{side}_{n}" for n in ("shoulder", "elbow", "forearm", "wrist")]
        w.wear(mesh, [*bones, *(f"{side}_{n}{k}" for n in FINGERS for k in (1, 2, 3))])


def add_shoes(w: Wardrobe, style: Sneaker, step: float) -> None:
    """A pair of sneakers."""
    s = w.skeleton
    first = w.material(*shoe_materials(style))
    left = shoe_meshes(style, step)
    left.material += np.int32(first)
    coords = left.vertices.copy()
    coords[left.material == first + LACES] = left.coords[left.material == first + LACES]
    left.coords = coords
    for side, x in SIDES.items():
        mesh = join([left])
        if x < 0:
            mesh.vertices = mesh.vertices * f32(-1, 1, 1)
            mesh.faces = np.ascontiguousarray(mesh.faces[:, ::-1])
        ankle = s.at(f"{side}_ankle")
        mesh.vertices = (mesh.vertices + f32(ankle[0], 0, ankle[2] + 0.022)).astype(np.float32)
        w.wear(mesh, (f"{side}_knee", f"{side}_ankle", f"{side}_toe"), 6.0)
