"""The dancer of the whole-body clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..body import hairstyles
from ..body.anatomy import Shape
from ..body.faceparts import BROW
from ..body.figure import Figure, Wardrobe, add_head, finish
from ..body.head import Face
from ..body.skeleton import Build, Skeleton, make_skeleton
from ..body.skinpaint import Complexion, eye, hair, skin
from ..clothes.fabrics import jersey, painted
from ..clothes.garments import Top, Trousers, top_field, trousers_field
from ..clothes.shoes import Sneaker
from ..light.materials import linear, plain, step
from ..solid.arrays import Float32
from ..solid.meshing import polygonise
from .dressing import LEGS, TRUNK, add_arms, add_shoes


def _sunrise(s: Skeleton) -> Callable[[Float32], tuple[Float32, Float32]]:
    """The print on his chest: a rising sun over waves."""
    teal, coral = linear(20, 130, 132), linear(238, 104, 74)
    middle = np.array([0.0, s.at("chest")[1] + 0.035])

    def sun(p: Float32) -> tuple[Float32, Float32]:
        x, y = p[:, 0] - middle[0], p[:, 1] - middle[1]
        r, a = np.hypot(x, y), np.arctan2(y, x)
        disc = step(0.046, 0.045, r)
        rays = step(0.0, 0.25, np.cos(a * 16)) * step(0.053, 0.054, r) * step(0.079, 0.078, r)
        up = step(-0.0105, -0.0095, y)
        sun_ = np.maximum(disc, rays) * up
        crest = y + 0.020 + 0.006 * np.sin(x * 95)
        waves = np.zeros(len(p), np.float32)
        for k in range(3):
            waves = np.maximum(waves, step(0.0042, 0.0034, np.abs(crest + 0.0135 * k)))
        waves *= step(0.080, 0.079, np.abs(x))
        front = (p[:, 2] > 0).astype(np.float32)
        ink = np.where((sun_ > 0.5)[:, None], coral, teal)
        return ink.astype(np.float32), (np.maximum(sun_, waves) * front).astype(np.float32)

    return sun


def _striped(s: Skeleton, pants: Trousers) -> Callable[[Float32], Float32]:
    """Dark cloth with a double stripe down the side and a ribbed cuff."""
    dark, stripe = linear(30, 66, 84), linear(240, 236, 226)
    ankle, knee, hip = (s.at(f"L_{n}") for n in ("ankle", "knee", "hip"))

    def joggers(p: Float32) -> Float32:
        x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
        centre = np.interp(y, [ankle[1], knee[1], hip[1]], [ankle[0], knee[0], hip[0]])
        outer = (x > centre) & (y > pants.end + pants.cuff + 0.004)
        band = (
            step(0.022, 0.021, np.abs(z - 0.010)) * step(0.0035, 0.0045, np.abs(z - 0.010)) * outer
        )
        ribs = 0.80 + 0.2 * np.cos(np.arctan2(x - centre, z) * 44)
        cuff = step(pants.end + pants.cuff + 0.002, pants.end + pants.cuff - 0.002, y)
        colour = dark * (1 - cuff * (1 - ribs))[:, None]
        return np.asarray(colour + (stripe - colour) * band[:, None], np.float32)

    return joggers


def kit(fine: float = 1.0) -> Figure:
    """The dancer: wide printed T-shirt, joggers with a stripe, high sneakers."""
    face = Face(
        jaw=1.0,
        chin=1.05,
        cheeks=1.05,
        brow=1.15,
        nose_width=1.28,
        nose_tip=1.08,
        lips=1.0,
        mouth=1.02,
        eye_size=0.0190,
        lids=17,
        eye_tilt=3,
    )
    build = Build(shoulders=0.163, hips=0.088, legs=0.985, head=1.12, hand=1.10, face=face)
    shape = Shape(chest=1.06, waist=1.02, hips=0.98, limbs=1.05, neck=0.049)
    c = Complexion(
        skin=(132, 86, 62),
        lips=(134, 76, 70),
        iris=(74, 44, 26),
        hair=(30, 22, 20),
        blush=0.4,
        stubble=0.25,
    )
    s = make_skeleton(build)
    w = Wardrobe(s)
    curls = plain(linear(34, 25, 22), 0.75, 0.03, 0.25)
    first = w.material(
        skin(c),
        eye(c),
        hair((24, 17, 15), 0.012),
        plain(linear(240, 236, 226), 0.3, 0.05),
        plain(linear(160, 76, 76), 0.4),
        curls,
    )
    faced = add_head(
        w, face, c, shape, hairstyles.afro(BROW + 3, 0.0024 * fine), first, 0.0016 * fine
    )
    add_arms(w, shape, first, 0.0019 * fine, 0.32)
    top = Top(loose=0.024, hem=0.885, sleeve=0.42, collar=0.0075, neck=0.062, folds=1.3)
    cotton = w.material(jersey((222, 217, 206), _sunrise(s)))
    w.wear(
        polygonise(
            top_field(s, replace(shape, waist=1.28, chest=1.12), top),
            (-0.55, 0.82, -0.26),
            (0.55, 1.52, 0.26),
            0.0036 * fine,
            cotton,
        ),
        (*TRUNK, "L_elbow", "R_elbow"),
    )
    pants = Trousers(loose=0.015, hem=0.006, end=0.088, cuff=0.050, folds=1.05)
    fleece = w.material(painted(_striped(s, pants), 0.85, 0.02, 0.00008, 0.3))
    w.wear(
        polygonise(
            trousers_field(s, shape, pants),
            (-0.28, 0.06, -0.2),
            (0.28, 1.06, 0.2),
            0.0036 * fine,
            fleece,
        ),
        LEGS,
        4.0,
    )
    add_shoes(w, Sneaker(upper=(238, 112, 70), accent=(26, 120, 124), high=0.028), 0.0026 * fine)
    return finish(w, face, faced)
