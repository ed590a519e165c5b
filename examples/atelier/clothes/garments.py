"""Clothes, sculpted over the body at rest: fields with folds, cut open where the body comes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.anatomy import Shape, arm, leg, torso
from ..body.skeleton import SIDES, Skeleton, arm_axes
from ..solid import fields as f
from ..solid.arrays import Float, Float32, f32
from ..solid.noise import noise


def along_arm(s: Skeleton, p: Float32) -> tuple[Float32, Float32]:
    """(N,) metres from the shoulder along the nearer arm, and metres away from its axis."""
    q = p * f32(1, 1, 1)
    q[:, 0] = np.abs(q[:, 0])
    a = s.at("L_shoulder").astype(np.float32)
    d = arm_axes("L")[:, 0].astype(np.float32)
    t = (q - a) @ d
    return t.astype(np.float32), np.linalg.norm(q - a - t[:, None] * d, axis=1).astype(np.float32)


def _bump(x: Float32, middle: float, width: float) -> Float32:
    return np.asarray(np.exp(-(((x - middle) / width) ** 2)), np.float32)


def _ridges(q: Float32, seed: int) -> Float32:
    """Folds: sharp in the valleys, round on top; -1..1."""
    n = noise(q, 1.0, seed, 2)
    return np.asarray(1 - 2.2 * np.sqrt(np.abs(n) + 0.01), np.float32)


def sleeve_folds(s: Skeleton, strength: float, seed: int = 51) -> f.Field:
    """Height of the folds round arm and armpit, asked at points near the cloth."""
    upper = float(np.linalg.norm(s.at("L_elbow") - s.at("L_shoulder")))
    whole = upper + float(np.linalg.norm(s.at("L_wrist") - s.at("L_elbow")))

    def height(p: f.Points) -> f.Distances:
        q = p.T
        t, away = along_arm(s, q)
        on_arm = np.clip((t - 0.02) / 0.06, 0, 1) * np.clip((0.11 - away) / 0.03, 0, 1)
        where = (
            0.35
            + 1.0 * _bump(t, upper, 0.055)
            + 1.1 * _bump(t, whole - 0.045, 0.05)
            + 0.5 * _bump(t, 0.10, 0.05)
        )
        side = np.sign(q[:, 0])
        warp = 0.35 * noise(q, 9, seed + 3)
        coords = np.stack([t * 34 + warp * 3 + q[:, 2] * 12, q[:, 2] * 9, side * 9 + away * 5], 1)
        return np.asarray(
            strength * 0.0042 * on_arm * where * _ridges(coords.astype(np.float32), seed),
            np.float32,
        )

    return height


def trunk_folds(s: Skeleton, hem: float, strength: float, seed: int = 61) -> f.Field:
    """Height of the folds on the trunk: slanting from the armpits, gathered above the hem."""
    top = float(s.at("chest")[1])

    def height(p: f.Points) -> f.Distances:
        q = p.T
        x, y, z = q.T
        t, away = along_arm(s, q)
        on_trunk = 1 - np.clip((t - 0.02) / 0.06, 0, 1) * np.clip((0.11 - away) / 0.03, 0, 1)
        slant = y * 22 + np.abs(x) * 16
        coords = np.stack([slant + 1.3 * noise(q, 7, seed + 1), x * 7, z * 7], 1).astype(np.float32)
        gather = np.stack([y * 30 + 1.5 * noise(q, 8, seed + 2), x * 6 + 3, z * 6], 1).astype(
            np.float32
        )
        at_side = np.clip((np.abs(x) - 0.03) / 0.07, 0, 1)
        where = 0.22 + 0.5 * _bump(y, top + 0.03, 0.09) * at_side
        low = _bump(y, hem + 0.075, 0.050)
        return np.asarray(
            strength
            * 0.0045
            * on_trunk
            * (where * _ridges(coords, seed) + 0.9 * low * _ridges(gather, seed + 5)),
            np.float32,
        )

    return height


def leg_folds(s: Skeleton, hem: float, strength: float, seed: int = 71) -> f.Field:
    knee, hip = float(s.at("L_knee")[1]), float(s.at("L_hip")[1])

    def height(p: f.Points) -> f.Distances:
        q = p.T
        x, y, z = q.T
        side = np.sign(x)
        warp = noise(q, 8, seed + 1)
        rings = np.stack([y * 30 + 1.4 * warp + z * 10, z * 8 + side * 5, np.abs(x) * 8], 1).astype(
            np.float32
        )
        # From the crotch, folds spread out and down.
        dx, dy = np.abs(x) - 0.01, y - (hip - 0.075)
        angle = np.arctan2(dx, -dy)
        fan = np.stack(
            [angle * 3.2 + 0.5 * warp, np.hypot(dx, dy) * 4, z * 6 + side * 4], 1
        ).astype(np.float32)
        at_knee = _bump(y, knee, 0.05) * (0.5 + 0.5 * np.clip(-z / 0.04, -0.6, 1))
        at_hem = _bump(y, hem + 0.07, 0.055)
        at_crotch = np.exp(-(((np.hypot(dx, dy) - 0.07) / 0.06) ** 2)) * np.clip(z / 0.05, 0.2, 1)
        shape = (0.16 + 0.45 * at_knee + 1.25 * at_hem) * _ridges(
            rings, seed
        ) + 0.8 * at_crotch * _ridges(fan, seed + 9)
        return np.asarray(strength * 0.0046 * shape, np.float32)

    return height


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """A sweater, shirt or jacket: lengths in metres from the joints named."""

    loose: float = 0.014
    hem: float = 0.90
    """Height of its lower edge."""
    sleeve: float = 1.0
    """1 reaches the wrist, 0.5 the elbow."""
    cuff: float = 0.0
    """Widening towards the wrist."""
    collar: float = 0.010
    """Thickness of the neckline's roll."""
    neck: float = 0.062
    """Radius of the neckline."""
    folds: float = 1.0
    band: float = 0.0
    """Height of a ribbed band that draws in hem and cuffs."""


def neckline(s: Skeleton, top: Top) -> tuple[Float, Float]:
    """Middle of the neckline and the direction that it faces."""
    middle = s.at("neck") + np.array([0, -0.014, 0.014])
    normal = np.array([0.0, 0.88, 0.47])
    return middle, normal / np.linalg.norm(normal)


def top_field(s: Skeleton, shape: Shape, top: Top) -> f.Field:
    lift = s.at("pelvis")[1] - 0.95
    hem = top.hem + lift
    cloth = torso(s, shape, top.loose)
    skirt = f.ellipsoid(
        (0, hem + 0.03, -0.008),
        (0.142 * shape.hips + top.loose, 0.16, 0.104 * shape.hips + top.loose),
    )
    tops = [leg(s, side, shape, top.loose + 0.004) for side in SIDES]
    seat = f.intersect(f.union(*tops, blend=0.06), f.half_space((0, hem - 0.02, 0), (0, -1, 0)))
    cloth = f.union(cloth, skirt, seat, blend=0.04)
    arms = []
    for side in SIDES:
        a, c = s.at(f"{side}_shoulder"), s.at(f"{side}_wrist")
        end = a + (c - a) * top.sleeve
        along = (c - a) / np.linalg.norm(c - a)
        sleeve = arm(s, side, shape, top.loose * (0.75 if top.sleeve > 0.6 else 1.15), top.cuff)
        arms.append(f.intersect(sleeve, f.half_space(end, along), blend=0.004))
    cloth = f.union(cloth, f.union(*arms), blend=0.045)
    sleeves, trunk = sleeve_folds(s, top.folds), trunk_folds(s, hem, top.folds)
    reach = float(np.linalg.norm(s.at("L_wrist") - s.at("L_shoulder"))) * top.sleeve

    def relief(p: f.Points) -> f.Distances:
        h = sleeves(p) + trunk(p)
        if top.band:
            t, away = along_arm(s, p.T)
            low = np.clip((hem + top.band - p[1]) / 0.010, 0, 1) * (away > 0.09)
            end = np.clip((t - (reach - top.band * 0.8)) / 0.010, 0, 1) * (away < 0.09)
            held = np.maximum(low, end)
            h = h * (1 - held) - 0.007 * held
        return np.asarray(h, np.float32)

    cloth = f.displaced(cloth, relief, 0.03)
    middle, normal = neckline(s, top)
    opening = f.round_cone(middle - normal * 0.01, middle + normal * 0.2, top.neck, top.neck + 0.05)
    cloth = f.subtract(
        f.intersect(cloth, f.half_space((0, hem, 0), (0, -1, 0)), blend=0.006), opening
    )
    body = f.union(
        torso(s, shape, top.loose - 0.011),
        *(leg(s, side, shape, top.loose - 0.008) for side in SIDES),
        blend=0.04,
    )
    inner = f.intersect(body, f.half_space((0, hem + 0.02, 0), (0, 1, 0)))
    cloth = f.subtract(cloth, inner, blend=0.004)
    if top.collar:
        roll = f.torus(middle + normal * 0.004, normal, top.neck + 0.002, top.collar)
        cloth = f.union(cloth, roll, blend=0.006)
    return cloth


@dataclass(frozen=True, slots=True, kw_only=True)
class Trousers:
    loose: float = 0.010
    hem: float = 0.010
    """Widening towards the foot."""
    end: float = 0.075
    """Height of the lower edge."""
    turn_up: float = 0.0
    """Height of a rolled hem."""
    cuff: float = 0.0
    """Height of a ribbed cuff that draws the hem in."""
    folds: float = 1.0


def trousers_field(s: Skeleton, shape: Shape, t: Trousers) -> f.Field:
    waist = s.at("spine")[1] - 0.015
    legs = f.union(*(leg(s, side, shape, t.loose, t.hem) for side in SIDES), blend=0.012)
    seat = f.intersect(torso(s, shape, t.loose - 0.002), f.half_space((0, waist, 0), (0, 1, 0)))
    cloth = f.union(legs, seat, blend=0.035)
    folds = leg_folds(s, t.end + t.turn_up, t.folds)

    def relief(p: f.Points) -> f.Distances:
        h = folds(p)
        if t.cuff:
            held = np.clip((t.end + t.cuff - p[1]) / 0.012, 0, 1)
            h = h * (1 - held) - 0.012 * held
        return np.asarray(h, np.float32)

    cloth = f.displaced(cloth, relief, 0.03)
    below = f.half_space((0, t.end, 0), (0, -1, 0))
    cloth = f.intersect(cloth, below, blend=0.005)
    if t.turn_up:
        cuff = f.union(*(leg(s, side, shape, t.loose + 0.006, t.hem) for side in SIDES))
        cuff = f.intersect(
            cuff, below, f.half_space((0, t.end + t.turn_up, 0), (0, 1, 0)), blend=0.006
        )
        cloth = f.union(cloth, cuff)
    hollow = f.union(*(leg(s, side, shape, t.loose - 0.006, t.hem) for side in SIDES))
    hollow = f.intersect(hollow, f.half_space((0, t.end + 0.03, 0), (0, 1, 0)))
    return f.subtract(cloth, hollow)


def blazer_field(s: Skeleton, shape: Shape, top: Top) -> f.Field:
    """A jacket, open in front, with lapels."""
    lift = s.at("pelvis")[1] - 0.95
    button = 1.075 + lift
    whole = top_field(s, shape, top)

    def lapel(p: f.Points) -> f.Distances:
        """Metres inside the lapel's outline, seen from the front; negative outside."""
        x, y = np.abs(p[0]), p[1]
        edge = _opening(y, button)
        high = np.clip((y - button) / (1.385 + lift - button), 0, 1)
        width = 0.062 * np.sin(np.pi * np.clip(high * 0.80 + 0.04, 0, 1)) ** 0.7
        notch = 0.022 * np.clip(1 - np.abs(y - (1.335 + lift)) / 0.010, 0, 1)
        inside = np.minimum(edge + width - notch - x, y - button)
        return np.where(p[2] > -0.02, inside, -1).astype(np.float32)

    def relief(p: f.Points) -> f.Distances:
        return np.asarray(0.0042 * np.clip(lapel(p) / 0.0025, 0, 1), np.float32)

    cloth = f.displaced(whole, relief, 0.03)

    def gap(p: f.Points) -> f.Distances:
        return np.asarray(np.maximum(np.abs(p[0]) - _opening(p[1], button), -p[2]), np.float32)

    return f.subtract(cloth, gap, blend=0.003)


def _opening(y: Float32, button: float) -> Float32:
    """Half width of the jacket's opening at height y."""
    up = np.clip((y - button) / 0.30, 0, 1)
    down = np.clip((button - y) / 0.20, 0, 1)
    return np.asarray(0.012 + 0.062 * up**0.9 + 0.055 * down**1.5, np.float32)
