"""The body under the clothes, as fields about the skeleton at rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..solid import fields as f
from ..solid.arrays import Float
from .skeleton import FINGERS, Skeleton, arm_axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a body is filled out; 1 is plain."""

    chest: float = 1.0
    bust: float = 0.0
    waist: float = 1.0
    hips: float = 1.0
    limbs: float = 1.0
    neck: float = 0.044


def torso(s: Skeleton, shape: Shape, extra: float = 0.0) -> f.Field:
    """The trunk without limbs, `extra` metres thicker all round."""
    up = np.array([0, s.at("pelvis")[1] - 0.95, 0])
    x = extra
    left, right = s.at("L_shoulder"), s.at("R_shoulder")
    inner = np.array([0.84, 1, 1])
    low = np.array([0, -0.010, 0])
    parts = [
        f.ellipsoid(
            np.array([0, 1.235, -0.014]) + up,
            (0.124 * shape.chest + x, 0.165 + x, 0.092 * shape.chest + x),
        ),
        f.ellipsoid(
            np.array([0, 1.09, -0.004]) + up,
            (0.106 * shape.waist + x, 0.13 + x, 0.079 * shape.waist + x),
        ),
        f.ellipsoid(
            np.array([0, 0.955, -0.010]) + up,
            (0.138 * shape.hips + x, 0.095 + x, 0.096 * shape.hips + x),
        ),
        f.round_cone(left * inner + low, right * inner + low, 0.044 + x, 0.044 + x),
        f.both_sides(f.sphere(np.array([0.064, 0.905, -0.042]) + up, 0.070 * shape.hips + x)),
    ]
    if shape.bust:
        parts.append(
            f.both_sides(
                f.ellipsoid(
                    np.array([0.060, 1.238, 0.056]) + up,
                    (0.050 + x, 0.050 + x, 0.044 * shape.bust + x),
                )
            )
        )
    trunk = f.union(*parts, blend=0.055)
    slope = f.both_sides(
        f.round_cone(
            np.array([0.028, 1.425, -0.036]) + up,
            left * np.array([0.86, 1, 1]) + [0, -0.004, 0],
            0.029 + x,
            0.030 + x,
        )
    )
    return f.union(trunk, slope, blend=0.03)


def arm(s: Skeleton, side: str, shape: Shape, extra: float = 0.0, cuff: float = 0.0) -> f.Field:
    """From the shoulder to the wrist; `cuff` widens it towards the hand."""
    a, b, c = (s.at(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist"))
    k, x = shape.limbs, extra
    mid = a + 0.45 * (b - a)
    fat = b + 0.28 * (c - b)
    return f.union(
        f.round_cone(a + (mid - a) * 0.1, mid, 0.042 * k + x, 0.041 * k + x),
        f.round_cone(mid, b, 0.042 * k + x, 0.034 * k + x),
        f.round_cone(b, fat, 0.034 * k + x, 0.037 * k + x + cuff * 0.3),
        f.round_cone(fat, c, 0.037 * k + x + cuff * 0.3, 0.0245 * k + x + cuff),
        blend=0.025,
    )


def leg(s: Skeleton, side: str, shape: Shape, extra: float = 0.0, hem: float = 0.0) -> f.Field:
    """From the hip to the ankle; `hem` widens it towards the foot."""
    a, b, c = (s.at(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
    k, x = shape.limbs, extra
    back = np.array([0, 0, -0.008])
    high = a + 0.12 * (b - a)
    calf = b + 0.33 * (c - b) + back
    return f.union(
        f.round_cone(a, high, 0.080 * shape.hips + x, 0.082 * shape.hips + x),
        f.round_cone(high, b, 0.082 * shape.hips + x, 0.052 * k + x),
        f.round_cone(b, calf, 0.052 * k + x, 0.050 * k + x + hem * 0.4),
        f.round_cone(calf, c, 0.050 * k + x + hem * 0.4, 0.036 * k + x + hem),
        blend=0.03,
    )


def hand(s: Skeleton, side: str) -> f.Field:
    """A hand with its wrist: palm, pads, knuckles, fingers."""
    k = s.build.hand
    axes = arm_axes(side)
    wrist = s.at(f"{side}_wrist")

    def at(u: float, t: float, h: float) -> Float:
        return np.asarray(wrist + axes @ (np.array([u, t, h]) * k))

    def r(*radii: float) -> list[float]:
        return [v * k for v in radii]

    palm = f.union(
        f.round_cone(at(0.000, 0.006, 0), at(0.088, 0.026, -0.002), *r(0.0215, 0.0125)),
        f.round_cone(at(0.000, 0.002, 0), at(0.092, 0.006, 0.000), *r(0.0220, 0.0130)),
        f.round_cone(at(0.000, -0.003, 0), at(0.086, -0.014, -0.002), *r(0.0215, 0.0120)),
        f.round_cone(at(0.000, -0.007, 0), at(0.076, -0.032, -0.006), *r(0.0205, 0.0110)),
        blend=0.010 * k,
    )
    palm = f.union(
        palm,
        f.round_cone(at(0.022, 0.022, -0.012), at(0.052, 0.042, -0.019), *r(0.0165, 0.0125)),
        f.round_cone(at(0.020, -0.018, -0.010), at(0.055, -0.028, -0.012), *r(0.0130, 0.0100)),
        blend=0.014 * k,
    )
    radii = {
        "thumb": (0.0145, 0.0118, 0.0112, 0.0082),
        "index": (0.0112, 0.0098, 0.0086, 0.0064),
        "middle": (0.0114, 0.0100, 0.0088, 0.0066),
        "ring": (0.0108, 0.0095, 0.0083, 0.0063),
        "pinky": (0.0096, 0.0082, 0.0073, 0.0056),
    }
    whole = palm
    for finger in FINGERS:
        points = [s.at(f"{side}_{finger}{n}") for n in (1, 2, 3)] + [s.at(f"{side}_{finger}_tip")]
        points[3] = (
            points[3] - (points[3] - points[2]) / np.linalg.norm(points[3] - points[2]) * 0.006 * k
        )
        first = f.curve(points, r(*radii[finger]), 0.004)
        whole = f.union(whole, first, blend=0.0065 * k)
        knuckle = points[0] + axes[:, 2] * 0.004 * k
        if finger != "thumb":
            whole = f.union(whole, f.sphere(knuckle, 0.0085 * k), blend=0.008 * k)
    return whole


def nails(s: Skeleton, side: str) -> f.Field:
    """The nails, slightly proud of the finger ends."""
    k = s.build.hand
    axes = arm_axes(side)
    parts = []
    for finger in FINGERS:
        tip, last = s.at(f"{side}_{finger}_tip"), s.at(f"{side}_{finger}3")
        along = (tip - last) / np.linalg.norm(tip - last)
        back = axes @ np.array([-0.25, 0.45, 0.86]) if finger == "thumb" else axes[:, 2]
        back = back - along * (along @ back)
        back /= np.linalg.norm(back)
        across = np.cross(along, back)
        turn = np.stack([across, back, along], axis=1)
        size = {"thumb": 1.2, "pinky": 0.82}.get(finger, 1.0) * k
        centre = tip - along * 0.0075 * size + back * 0.0042 * size
        parts.append(f.ellipsoid(centre, np.array([0.0050, 0.0027, 0.0068]) * size, turn))
    return f.union(*parts)
