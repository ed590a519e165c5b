"""The woman of the photo-like picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..body import hairstyles
from ..body.anatomy import Shape
from ..body.faceparts import BROW
from ..body.figure import Figure, Wardrobe, add_head, finish
from ..body.head import Face
from ..body.skeleton import Build, Skeleton, arm_axes, make_skeleton
from ..body.skinpaint import Complexion, eye, hair, skin
from ..clothes.fabrics import Limb, denim, knit, upright
from ..clothes.garments import Top, Trousers, along_arm, top_field, trousers_field
from ..clothes.shoes import Sneaker
from ..light.materials import linear, plain, step
from ..solid.arrays import Float32, f32
from ..solid.meshing import polygonise
from .dressing import LEGS, SLEEVES, TRUNK, add_arms, add_shoes


def _stitches(s: Skeleton) -> Limb:
    """Rows of stitches run round the trunk and round the arms."""
    axes = arm_axes("L").astype(np.float32)
    shoulder = s.at("L_shoulder").astype(np.float32)

    def around(p: Float32) -> tuple[Float32, Float32]:
        along, turn = upright(p)
        t, away = along_arm(s, p)
        q = p * f32(1, 1, 1)
        q[:, 0] = np.abs(q[:, 0])
        q -= shoulder
        round_arm = np.arctan2(q @ axes[:, 2], q[:, 2]) / (2 * np.pi) * 0.42
        on_arm = (t > 0.035) & (away < 0.085)
        along, turn = np.where(on_arm, -t, along), np.where(on_arm, round_arm, turn)
        return along.astype(np.float32), turn.astype(np.float32)

    return around


def _ribs(s: Skeleton, top: Top) -> Callable[[Float32], Float32]:
    """Where a sweater is ribbed: hem, cuffs and collar."""
    hem = top.hem + s.at("pelvis")[1] - 0.95
    reach = float(np.linalg.norm(s.at("L_wrist") - s.at("L_shoulder"))) * top.sleeve
    neck = s.at("neck")

    def ribbed(p: Float32) -> Float32:
        t, away = along_arm(s, p)
        low = (p[:, 1] < hem + 0.052) & (away > 0.09)
        end = (t > reach - 0.046) & (away < 0.09)
        collar = np.hypot(p[:, 0], p[:, 2] - neck[2] - 0.02) < 0.079
        return np.asarray((low | end | (collar & (p[:, 1] > neck[1] - 0.06))), np.float32)

    return ribbed


def _seams(s: Skeleton) -> Callable[[Float32], Float32]:
    hip, knee, ankle = (s.at(f"L_{n}") for n in ("hip", "knee", "ankle"))

    def distance(p: Float32) -> Float32:
        """Metres to the outer and inner seams, the fly, the pockets and the yoke."""
        x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
        middle = np.interp(
            y, [ankle[1], knee[1], hip[1], hip[1] + 0.1], [ankle[0], knee[0], hip[0], 0.0]
        )
        outer = np.where(x > middle, np.abs(z + 0.004), 1.0)
        inner = np.where((x < middle) & (y < hip[1] - 0.08), np.abs(z + 0.002), 1.0)
        fly = np.where((z > 0) & (y > hip[1] - 0.06), x, 1.0)
        pocket = np.where(
            (z > 0) & (x > 0.05), np.abs(np.hypot(x - 0.150, y - (hip[1] + 0.10)) - 0.095), 1.0
        )
        back = np.where((z < 0) & (y > hip[1] - 0.02), np.abs(y - hip[1] - 0.045 - 0.2 * x), 1.0)
        return np.asarray(np.minimum.reduce([outer, inner, fly, pocket, back]), np.float32)

    return distance


def robin(fine: float = 1.0) -> Figure:
    """The person of the photo-like picture: chunky yellow sweater, turned-up jeans, sneakers."""
    face = Face(
        jaw=0.87,
        chin=0.88,
        cheeks=1.14,
        nose_width=0.9,
        nose_length=0.93,
        nose_tip=0.92,
        lips=0.74,
        mouth=0.92,
        eye_size=0.0198,
        lids=20,
    )
    build = Build(shoulders=0.143, hips=0.086, legs=0.955, head=1.25, hand=1.06, face=face)
    shape = Shape(chest=0.90, bust=0.9, waist=0.90, hips=0.95, limbs=0.88, neck=0.039)
    c = Complexion(
        skin=(218, 162, 132),
        lips=(196, 110, 102),
        iris=(84, 132, 98),
        hair=(134, 62, 30),
        freckles=0.75,
    )
    s = make_skeleton(build)
    w = Wardrobe(s)
    first = w.material(
        skin(c),
        eye(c),
        hair((82, 40, 22), 0.015),
        plain(linear(238, 232, 220), 0.3, 0.05),
        plain(linear(180, 84, 84), 0.4),
        hair(c.hair),
    )
    faced = add_head(w, face, c, shape, hairstyles.bob(BROW + 3), first, 0.0016 * fine)
    add_arms(w, shape, first, 0.0019 * fine, 0.86)
    top = Top(
        loose=0.020,
        hem=0.905,
        sleeve=0.985,
        cuff=0.010,
        collar=0.013,
        neck=0.056,
        folds=0.85,
        band=0.055,
    )
    wool = w.material(knit((206, 146, 62), _stitches(s), _ribs(s, top)))
    w.wear(
        polygonise(
            top_field(s, replace(shape, waist=1.06), top),
            (-0.62, 0.84, -0.26),
            (0.62, 1.52, 0.26),
            0.0036 * fine,
            wool,
        ),
        (*TRUNK, *SLEEVES),
    )
    pants = Trousers(loose=0.010, hem=0.012, end=0.095, turn_up=0.042, folds=1.1)
    blue = w.material(
        denim(
            (52, 78, 116),
            _seams(s),
            lambda p: step(pants.end + pants.turn_up + 0.001, pants.end + pants.turn_up, p[:, 1]),
        )
    )
    w.wear(
        polygonise(
            trousers_field(s, shape, pants),
            (-0.27, 0.06, -0.2),
            (0.27, 1.06, 0.2),
            0.0036 * fine,
            blue,
        ),
        LEGS,
    )
    add_shoes(w, Sneaker(upper=(236, 232, 222), accent=(206, 84, 60)), 0.0026 * fine)
    return finish(w, face, faced)
