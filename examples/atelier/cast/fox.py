"""The fox of the drawing: an animal's head on a clothed body, to be inked rather than lit.

Its materials are flat paints, which `paper.drawing` turns into washes; the tail's comes last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..body.anatomy import Shape, arm, leg
from ..body.figure import Figure, Wardrobe
from ..body.skeleton import SIDES, Build, Skeleton, arm_axes, make_skeleton
from ..clothes.garments import Top, Trousers, blazer_field, top_field, trousers_field
from ..light.materials import Look, Material, linear, plain, step
from ..solid import fields as f
from ..solid.arrays import Float32
from ..solid.meshing import Mesh, join, polygonise
from ..solid.noise import noise
from ..solid.sweep import profile, resampled, tube
from .dressing import LEGS, SLEEVES, TRUNK, add_arms
from .foxhead import CREAM, RUST, eye_paint, eyes, fur, head_field


def _tail(s: Skeleton, material: int) -> Mesh:
    hip = s.at("pelvis")
    line = resampled(
        [
            hip + [0.03, -0.06, -0.10],
            hip + [0.16, -0.20, -0.20],
            hip + [0.32, -0.42, -0.24],
            hip + [0.36, -0.62, -0.22],
            hip + [0.30, -0.76, -0.18],
        ],
        34,
    )
    thick = profile([(0, 0.022), (0.2, 0.045), (0.55, 0.082), (0.8, 0.066), (1, 0.004)], 34)
    tufts = [tube(line, (0, 0, 1), thick, thick * 0.85, material, 20)]
    rng = np.random.default_rng(8)
    for _ in range(60):
        i = int(rng.integers(8, 30))
        a = rng.uniform(0, 2 * np.pi)
        out = np.array([np.cos(a), np.sin(a) * 0.5, np.sin(a) * 0.7])
        start = line[i] + out * thick[i] * 0.75
        ahead = line[min(i + 4, 33)] - line[i]
        tuft = resampled(
            [start, start + ahead * 0.6 + out * 0.012, start + ahead * 1.25 + out * 0.006], 8
        )
        tufts.append(
            tube(
                tuft,
                out,
                0.016 * profile([(0, 0.6), (0.4, 1), (1, 0.05)], 8),
                0.010 * profile([(0, 0.6), (0.4, 1), (1, 0.05)], 8),
                material,
                8,
            )
        )
    mesh = join(tufts)
    mesh.coords = mesh.vertices.copy()
    return mesh


def _boot(s: Skeleton, side: str, shape: Shape) -> f.Field:
    x = SIDES[side]
    ankle, toe, heel = s.at(f"{side}_ankle"), s.at(f"{side}_toe"), s.at(f"{side}_heel")
    tip = s.at(f"{side}_foot_index")
    foot = f.union(
        f.round_cone(heel + [0, 0.030, 0.026], toe + [0, 0.026, 0], 0.040, 0.046),
        f.round_cone(toe + [0, 0.026, 0], tip + [-0.004 * x, 0.020, -0.012], 0.046, 0.034),
        f.round_cone(ankle + [0, 0.04, 0], toe + [0, 0.042, -0.035], 0.042, 0.034),
        blend=0.03,
    )
    foot = f.intersect(foot, f.half_space((0, 0.004, 0), (0, -1, 0)), blend=0.008)
    shaft = f.intersect(
        leg(s, side, shape, 0.016, 0.010),
        f.half_space((0, 0.405, 0), (0, 1, 0)),
        f.half_space((0, 0.06, 0), (0, -1, 0)),
    )
    fold = f.intersect(
        leg(s, side, shape, 0.026, 0.0),
        f.half_space((0, 0.425, 0), (0, 1, 0)),
        f.half_space((0, 0.355, 0), (0, -1, 0)),
        blend=0.010,
    )

    def creases(p: f.Points) -> f.Distances:
        q = np.stack([p[1] * 26 + 1.5 * noise(p.T, 9, 5), p[2] * 10 + x * 3, p[0] * 6], 1).astype(
            np.float32
        )
        near = np.exp(-(((p[1] - 0.125) / 0.06) ** 2))
        return np.asarray(
            0.0045 * near * (1 - 2.2 * np.sqrt(np.abs(noise(q, 1.0, 9)) + 0.01)), np.float32
        )

    sole = f.intersect(f.grow(foot, 0.005), f.half_space((0, 0.020, 0), (0, 1, 0)), blend=0.004)
    heel_block = f.intersect(
        f.grow(foot, 0.002),
        f.half_space((0, 0.024, 0), (0, 1, 0)),
        f.half_space(heel + [0, 0, 0.045], (0, 0, 1)),
    )
    upper = f.displaced(f.union(foot, shaft, blend=0.025), creases, 0.03)
    return f.union(f.union(upper, fold, blend=0.004), sole, heel_block)


def _flat(paint: Callable[[Float32], Float32]) -> Material:
    """A material that is nothing but its colour: `paint` gives (N, 3) for (N, 3) places."""
    return lambda p: Look(paint(p).astype(np.float32))


def _one(*colour: int) -> Material:
    return plain(linear(*colour), 0.9, 0.0)


def _scarf(s: Skeleton, material: int) -> Mesh:
    """Wound twice round the neck, knotted, both ends hanging."""
    base = s.at("neck") + np.array([0, 0.010, 0.016])
    a = np.linspace(0, 2 * np.pi, 60)
    parts = []
    for lift, wide in ((0.0, 0.082), (0.026, 0.074)):
        height = lift - 0.020 * np.cos(a) + 0.004 * np.sin(3 * a)
        ring = base + np.stack([wide * np.sin(a), height, wide * 0.92 * np.cos(a)], 1)
        parts.append(tube(ring, ring - base, 0.022, 0.017, material, 12))
    knot = base + np.array([0.030, -0.030, 0.082])
    over = resampled([knot + [-0.02, 0.016, -0.01], knot, knot + [0.02, -0.012, 0.0]], 10)
    parts.append(tube(over, (0, 0, 1), 0.020, 0.018, material, 12))
    widths = profile([(0, 0.014), (0.4, 0.026), (1, 0.033)], 20)
    for dx, long in ((0.004, 0.25), (0.040, 0.20)):
        falls = [(0.6 * dx, -0.08, 0.034), (dx, -0.16, 0.040), (1.2 * dx, -long, 0.034)]
        end = resampled([knot, *(knot + fall for fall in np.array(falls))], 20)
        parts.append(tube(end, (0, 0, 1), widths, 0.006, material, 12))
    mesh = join(parts)
    mesh.coords = mesh.vertices.copy()
    return mesh


def _waistcoat(s: Skeleton) -> Callable[[Float32], Float32]:
    buttons, cloth = s.at("chest")[1], linear(196, 158, 84)

    def paint(p: Float32) -> Float32:
        out = np.repeat(cloth[None], len(p), 0)
        front = p[:, 2] > 0
        row = np.mod(p[:, 1] - buttons, 0.050) - 0.025
        out[(np.abs(p[:, 0] + 0.002) < 0.0022) & front] *= 0.45
        out[(np.hypot(p[:, 0] - 0.012, row) < 0.0075) & front] = linear(110, 66, 30)
        return out

    return paint


def _coat(s: Skeleton, shape: Shape) -> tuple[f.Field, f.Field]:
    """The coat with its turned-up cuffs, and the coat without them."""
    cut = Top(loose=0.024, hem=0.80, sleeve=0.97, cuff=0.020, collar=0.0, neck=0.074, folds=1.4)
    cloth = blazer_field(s, replace(shape, waist=1.16, hips=1.0, limbs=0.95), cut)
    reach = float(np.linalg.norm(s.at("L_wrist") - s.at("L_shoulder"))) * cut.sleeve
    cuffs = []
    for side in SIDES:
        along = arm_axes(side)[:, 0]
        end = s.at(f"{side}_shoulder") + along * reach
        lower, upper = f.half_space(end, along), f.half_space(end - along * 0.065, -along)
        cuffs.append(f.intersect(arm(s, side, shape, 0.028, 0.024), lower, upper, blend=0.006))
    return f.union(cloth, *cuffs), cloth


def _buttons(s: Skeleton, cloth: f.Field, material: int) -> Mesh:
    knobs = []
    for x in (-1.0, 1.0):
        for y in (1.045, 0.985, 0.925):
            out = x * (0.062 + 0.225 * (1.075 - y))
            spot = np.array([out, y + s.at("pelvis")[1] - 0.95, 0.3])
            for _ in range(12):
                spot[2] -= 0.8 * float(cloth(spot.astype(np.float32)[:, None])[0])
            knob = f.ellipsoid(spot, (0.011, 0.011, 0.006))
            knobs.append(polygonise(knob, spot - 0.02, spot + 0.02, 0.0016, material))
    return join(knobs)


def fox(fine: float = 1.0) -> Figure:
    """A gentleman of the road: long coat, red scarf, boots. `fine` scales the triangles."""
    build = Build(shoulders=0.152, hips=0.086, legs=0.97, head=1.30, hand=1.08)
    shape = Shape(chest=0.98, waist=1.0, hips=0.94, limbs=0.92, neck=0.046)
    s = make_skeleton(build)
    w = Wardrobe(s)
    pivot, size = s.at("head"), build.head
    box = ((-0.13, -0.09, -0.11), (0.13, 0.31, 0.18))
    head = polygonise(head_field(), *box, 0.0019 * fine, w.material(_flat(fur)))
    pair = eyes(w.material(_flat(eye_paint)))
    for mesh in (head, pair):
        mesh.vertices = (mesh.vertices * size + pivot).astype(np.float32)
    w.wear(head, ("chest", "neck", "head"), 7.0)
    w.wear(pair, ("head",))
    add_arms(w, shape, w.material(_one(224, 172, 112)), 0.0020 * fine, 0.84)

    shirt = Top(loose=0.006, hem=0.86, sleeve=0.2, collar=0.0, neck=0.060, folds=0.3)
    vest = w.material(_flat(_waistcoat(s)))
    box = ((-0.4, 0.80, -0.26), (0.4, 1.52, 0.26))
    w.wear(polygonise(top_field(s, shape, shirt), *box, 0.0038 * fine, vest), TRUNK)
    coat, cloth = _coat(s, shape)
    box = ((-0.64, 0.74, -0.28), (0.64, 1.54, 0.28))
    blue = w.material(_one(46, 92, 112))
    w.wear(polygonise(coat, *box, 0.0036 * fine, blue), (*TRUNK, *SLEEVES))
    w.wear(_buttons(s, cloth, w.material(_one(226, 178, 70))), ("spine", "pelvis", "chest"))
    w.wear(_scarf(s, w.material(_one(190, 46, 42))), ("neck", "chest"), 4.0)

    pants = Trousers(loose=0.010, hem=0.004, end=0.34, folds=1.0)
    brown = w.material(_one(120, 92, 66))
    box = ((-0.27, 0.30, -0.2), (0.27, 1.06, 0.2))
    w.wear(polygonise(trousers_field(s, shape, pants), *box, 0.0038 * fine, brown), LEGS)
    leather = w.material(_one(104, 58, 36))
    for side in SIDES:
        ends = np.stack([s.at(f"{side}_heel"), s.at(f"{side}_foot_index")])
        low, high = ends.min(0) - [0.09, 0.05, 0.09], ends.max(0) + [0.09, 0.46, 0.09]
        mesh = polygonise(_boot(s, side, shape), low, high, 0.0030 * fine, leather)
        w.wear(mesh, [f"{side}_{n}" for n in ("hip", "knee", "ankle", "toe")], 6.0)
    tip = s.at("pelvis")[1] - 0.64

    def brush(p: Float32) -> Float32:
        white = step(0.012, -0.012, p[:, 1] - tip + 0.02 * noise(p, 40, 7))
        return (RUST + (CREAM - RUST) * white[:, None]).astype(np.float32)

    w.wear(_tail(s, w.material(_flat(brush))), ("pelvis",))
    return Figure(s, join(w.parts), w.materials, {})
