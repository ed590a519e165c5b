"""The speaker of the upper-body clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..body import hairstyles
from ..body.anatomy import Shape
from ..body.faceparts import BROW
from ..body.figure import Figure, Wardrobe, add_head, finish
from ..body.head import Face
from ..body.skeleton import Build, make_skeleton
from ..body.skinpaint import Complexion, eye, hair, skin
from ..clothes.fabrics import jersey
from ..clothes.garments import Top, blazer_field, top_field
from ..light.materials import linear, plain
from ..solid import fields as f
from ..solid.meshing import polygonise
from .dressing import SLEEVES, TRUNK, add_arms


def mei(fine: float = 1.0) -> Figure:
    """The speaker: hair in a knot, green jacket over a white shirt. She is seen to the hips."""
    face = Face(
        jaw=0.92,
        chin=0.95,
        cheeks=1.14,
        nose_width=0.98,
        nose_length=0.92,
        nose_tip=0.92,
        lips=0.84,
        mouth=0.95,
        eye_size=0.0192,
        eye_tilt=8,
        lids=19,
        lower_lid=19,
    )
    build = Build(shoulders=0.145, head=1.08, hand=1.06, face=face)
    shape = Shape(chest=0.95, bust=0.9, waist=0.95, limbs=0.95, neck=0.041)
    c = Complexion(
        skin=(214, 162, 130),
        lips=(182, 78, 76),
        iris=(78, 50, 32),
        hair=(38, 30, 30),
        blush=0.9,
        shadow=0.25,
    )
    s = make_skeleton(build)
    w = Wardrobe(s)
    first = w.material(
        skin(c),
        eye(c),
        hair((30, 22, 20), 0.012),
        plain(linear(242, 238, 230), 0.3, 0.05),
        plain(linear(182, 84, 84), 0.4),
        hair(c.hair, 0.07),
        plain(linear(232, 190, 96), 0.25, 0.5),
    )
    faced = add_head(w, face, c, shape, hairstyles.bun(BROW + 3), first, 0.0015 * fine)
    for x in (-1.0, 1.0):
        at = s.at("head") + np.array([0.0825 * x, 0.040, -0.004]) * build.head
        ring = polygonise(
            f.torus(at, (1, 0, 0.25 * x), 0.0085, 0.0014),
            at - 0.02,
            at + 0.02,
            0.0008,
            first + BROW + 4,
        )
        w.wear(ring, ("head",))
    add_arms(w, shape, first, 0.0016 * fine, 0.86)
    shirt = Top(loose=0.004, hem=0.86, sleeve=0.04, collar=0.006, neck=0.060, folds=0.3)
    white = w.material(jersey((226, 223, 216)))
    w.wear(
        polygonise(
            top_field(s, shape, shirt), (-0.4, 0.80, -0.26), (0.4, 1.52, 0.26), 0.0036 * fine, white
        ),
        TRUNK,
    )
    jacket = Top(loose=0.020, hem=0.84, sleeve=0.985, cuff=0.010, collar=0.0, neck=0.072, folds=0.9)
    green = w.material(jersey((30, 108, 92), sheen=0.35))
    w.wear(
        polygonise(
            blazer_field(s, replace(shape, waist=1.16, hips=0.93), jacket),
            (-0.62, 0.78, -0.26),
            (0.62, 1.52, 0.26),
            0.0032 * fine,
            green,
        ),
        (*TRUNK, *SLEEVES),
    )
    return finish(w, face, faced)
