"""The head, sculpted about its pivot at the base of the skull, mouth a little open.

All positions are metres in the head's own frame: x to its left, y up, z out of the face. The jaw is
turned open by `OPEN` degrees at rest, so that the lips are apart in the mesh; closing it is a pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..solid import fields as f
from ..solid.arrays import Float, Float32
from ..solid.turns import about, euler

OPEN = 7.0
CREASE = 44.0
"""Degrees above the eye's axis where the upper lid leaves the face."""
JAW = np.array([0.0, 0.052, 0.002])
"""Where the jaw turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What sets one face apart from another: metres, or ratios where 1 is the plain face."""

    eye_apart: float = 0.0335
    eye_height: float = 0.100
    eye_size: float = 0.0192
    eye_tilt: float = 4.0
    lids: float = 20.0
    """Degrees that the upper lid is open at rest."""
    lower_lid: float = 22.0
    nose_width: float = 1.0
    nose_length: float = 1.0
    nose_tip: float = 1.0
    lips: float = 1.0
    mouth: float = 1.0
    jaw: float = 1.0
    chin: float = 1.0
    cheeks: float = 1.0
    brow: float = 1.0
    ears: float = 1.0
    neck: float = 1.0

    @property
    def eye(self) -> Float:
        """Centre of the left eyeball."""
        return np.array([self.eye_apart, self.eye_height, 0.0725])


def opened(points: object) -> Float:
    """Points of the closed lower face where the open jaw carries them."""
    p = np.asarray(points, float)
    return np.asarray((p - JAW) @ about((1, 0, 0), OPEN).T + JAW)


def upper_lip(face: Face) -> f.Field:
    w, t = face.mouth, face.lips
    line = [
        (0.0265, 0.0270, 0.0835),
        (0.0195, 0.0296, 0.0912),
        (0.0100, 0.0330, 0.0966),
        (0.0038, 0.0332, 0.0984),
        (0.0, 0.0321, 0.0984),
    ]
    side = f.curve(
        [(x * w, y, z) for x, y, z in line],
        [r * t for r in (0.0018, 0.0034, 0.0043, 0.0045, 0.0042)],
        0.002,
    )
    return f.both_sides(side)


def lower_lip(face: Face) -> f.Field:
    w, t = face.mouth, face.lips
    line = [
        (0.0262, 0.0266, 0.0835),
        (0.0185, 0.0242, 0.0905),
        (0.009, 0.0220, 0.0952),
        (0.0, 0.0216, 0.0960),
    ]
    side = f.curve(
        opened([(x * w, y, z) for x, y, z in line]),
        [r * t for r in (0.0018, 0.0038, 0.0056, 0.0061)],
        0.002,
    )
    return f.both_sides(side)


def scalp() -> f.Field:
    """The skull without its face: what hair grows on."""
    return f.union(
        f.ellipsoid((0, 0.128, -0.014), (0.0770, 0.090, 0.098)),
        f.ellipsoid((0, 0.143, 0.027), (0.062, 0.056, 0.060)),
        f.ellipsoid((0, 0.080, 0.027), (0.0605, 0.066, 0.062)),
        blend=0.03,
    )


def _upper(face: Face) -> f.Field:
    c, b = face.cheeks, face.brow
    skull = scalp()
    cheeks = f.both_sides(
        f.union(
            f.ellipsoid((0.042, 0.068, 0.047), (0.025 * c, 0.020, 0.028)),
            f.ellipsoid((0.032, 0.046, 0.056), (0.024 * c, 0.026, 0.027)),
            blend=0.02,
        )
    )
    muzzle = f.ellipsoid((0, 0.036, 0.066), (0.031, 0.026, 0.0285))
    brows = f.both_sides(
        f.curve(
            [(0.010, 0.116, 0.085), (0.034, 0.1215, 0.0795), (0.055, 0.113, 0.058)],
            [0.006 * b, 0.0075 * b, 0.006],
            0.004,
        )
    )
    return f.union(f.union(skull, cheeks, muzzle, blend=0.03), brows, blend=0.018)


def _lower(face: Face) -> f.Field:
    j, c = face.jaw, face.chin
    bone = f.both_sides(
        f.curve(
            opened(
                [
                    (0.053 * j, 0.056, -0.004),
                    (0.0455 * j, 0.026, 0.008),
                    (0.0235 * j, 0.002, 0.050),
                    (0.0, -0.004, 0.066),
                ]
            ),
            [0.015, 0.0160, 0.0160, 0.0160],
            0.03,
        )
    )
    chin = f.ellipsoid(
        opened((0, 0.0015 - 0.003 * (c - 1), 0.072 + 0.006 * (c - 1))),
        (0.0175 * c, 0.0160 * c, 0.0165),
    )
    front = f.ellipsoid(opened((0, 0.016, 0.062)), (0.027, 0.020, 0.026))
    floor = f.ellipsoid(opened((0, 0.022, 0.020)), (0.043 * j, 0.034, 0.048))
    return f.union(bone, front, floor, chin, blend=0.024)


def nose(face: Face) -> f.Field:
    w, t = face.nose_width, face.nose_tip
    drop = 0.046 * (face.nose_length - 1)
    bridge = f.curve(
        [
            (0, 0.112, 0.084),
            (0, 0.092, 0.0935),
            (0, 0.074 - drop / 2, 0.1035),
            (0, 0.0635 - drop, 0.1085),
        ],
        [0.0062, 0.0062 * w, 0.0072 * w, 0.0085 * t],
        0.01,
    )
    tip = f.ellipsoid((0, 0.0625 - drop, 0.1105), (0.0098 * t, 0.0090 * t, 0.0085 * t))
    wings = f.both_sides(
        f.ellipsoid(
            (0.0108 * w, 0.0585 - drop, 0.1000), (0.0066 * w, 0.0066, 0.0088), euler(yaw=22)
        )
    )
    whole = f.union(f.union(bridge, tip, blend=0.008), wings, blend=0.006)
    holes = f.both_sides(
        f.ellipsoid(
            (0.0064 * w, 0.0530 - drop, 0.1045), (0.0030 * w, 0.0042, 0.0050), euler(yaw=14)
        )
    )
    return f.subtract(whole, holes, blend=0.003)


def _ear(face: Face) -> f.Field:
    """The left ear, about its own middle, lying in the yz plane and then turned out."""
    outline = [
        (0, -0.026, 0.004),
        (0, -0.010, 0.0100),
        (0, 0.010, 0.0115),
        (0, 0.026, 0.003),
        (0, 0.0285, -0.010),
        (0, 0.016, -0.0185),
        (0, -0.004, -0.0150),
        (0, -0.020, -0.006),
        (0, -0.028, 0.003),
    ]
    mirrored = [(x, y, -z) for x, y, z in outline]
    rim = f.curve(
        mirrored, [0.0042, 0.0034, 0.0032, 0.0036, 0.0038, 0.0038, 0.0034, 0.0042, 0.0048], 0.003
    )
    plate = f.ellipsoid((-0.001, 0.002, 0.001), (0.0038, 0.026, 0.0155))
    fold = f.curve(
        [(0.001, 0.016, -0.004), (0.0025, 0.004, 0.007), (0.001, -0.012, 0.004)],
        [0.0024, 0.0030, 0.0024],
        0.003,
    )
    bowl = f.ellipsoid((0.004, -0.003, -0.004), (0.0055, 0.0095, 0.0075))
    ear = f.subtract(f.union(plate, rim, fold, blend=0.004), bowl, blend=0.004)
    turn = euler(yaw=-20, roll=-6) @ euler(pitch=-6)
    return f.moved(ear, turn, (0.0765, 0.074, -0.012), face.ears)


def mouth_hole(face: Face) -> f.Field:
    w = face.mouth
    slot = f.ellipsoid(
        opened((0, 0.0268, 0.078)) * 0.5 + np.array([0, 0.0268, 0.078]) * 0.5,
        (0.0225 * w, 0.0050, 0.034),
    )
    cave = f.ellipsoid((0, 0.020, 0.052), (0.026, 0.020, 0.030))
    return f.union(slot, cave, blend=0.006)


def lid_turn(face: Face, side: float = 1.0) -> NDArray[np.float64]:
    """The eye's own axes: its slit runs along x, a little raised at the outer corner."""
    return euler(roll=face.eye_tilt * side, yaw=9 * side)


def head_field(face: Face, neck: tuple[Float, float]) -> f.Field:
    """The whole head with a neck; neck: its lower end in the head's frame, and its radius."""
    base = f.union(_upper(face), _lower(face), blend=0.028)
    e = face.eye
    socket = f.both_sides(
        f.ellipsoid(e + np.array([0.001, 0.002, 0.020]), (0.0225, 0.0150, 0.0150), euler(yaw=18))
    )
    base = f.subtract(base, socket, blend=0.016)
    # A pad round the ball, cut open between two planes: its upper rim is the crease of the lid.
    pad = f.both_sides(f.sphere(e + np.array([0, 0.0014, -0.0006]), face.eye_size + 0.0050))
    base = f.union(base, pad, blend=0.012)
    base = f.union(base, nose(face), blend=0.010)
    lips = f.union(upper_lip(face), lower_lip(face))
    base = f.union(base, lips, blend=0.0046)
    groove = f.round_cone((0, 0.042, 0.1005), (0, 0.050, 0.1005), 0.0030, 0.0022)
    base = f.subtract(base, groove, blend=0.006)
    base = f.subtract(base, mouth_hole(face), blend=0.0025)
    # The upper lid is a mesh of its own and slides under the crease; the lower is part of the face.
    m = lid_turn(face)
    above, below = (m @ euler(pitch=-a)[:, 1] for a in (CREASE, -face.lower_lid))
    reach = f.intersect(f.sphere(e, face.eye_size + 0.0068), f.half_space(e, (0, 0, -1)))
    hole = f.intersect(reach, f.half_space(e, above), f.half_space(e, -below), blend=0.0012)
    slot = f.intersect(f.sphere(e, face.eye_size + 0.0035), f.half_space(e, -below), blend=0.0006)
    base = f.subtract(base, f.both_sides(hole), blend=0.0015)
    base = f.subtract(base, f.both_sides(slot))
    base = f.subtract(base, f.both_sides(f.sphere(e, face.eye_size + 0.0003)))
    low, radius = neck
    throat = f.union(
        f.round_cone(low, (0, 0.045, -0.022), radius, radius * 0.94),
        f.both_sides(
            f.round_cone((0.012, low[1], low[2] + 0.040), (0.052, 0.040, -0.030), 0.010, 0.012)
        ),
        blend=0.02,
    )
    base = f.union(base, throat, blend=0.024)
    return f.union(base, f.both_sides(_ear(face)), blend=0.006)


def jaw_share(points: Float32, face: Face) -> Float32:
    """(N,) how far points of the head's surface follow the jaw."""
    p = points.astype(np.float64)
    x, y, z = p.T
    a = np.radians(OPEN / 2)
    mouth_y, mouth_z = 0.0268 - JAW[1], 0.082 - JAW[2]
    line = np.arctan2(mouth_y, mouth_z) - a
    below = -(np.arctan2(y - JAW[1], np.maximum(z - JAW[2], 1e-3)) - line) * np.hypot(
        y - JAW[1], z - JAW[2]
    )
    lips = np.clip((np.abs(x) - 0.017 * face.mouth) / (0.014 * face.mouth), 0, 1)
    inside = np.clip((0.075 - z) / 0.03, 0, 1)
    width = 0.0012 + 0.017 * np.maximum(lips * lips * (3 - 2 * lips), inside * 0.9)
    t = np.clip(below / width * 0.5 + 0.5, 0, 1)
    share = t * t * (3 - 2 * t)
    front = np.clip((z + 0.012) / 0.05, 0, 1)
    neck = np.clip((y + 0.062) / 0.035, 0, 1)
    return np.asarray(share * front * front * (3 - 2 * front) * neck, np.float32)


def upper_lid(face: Face) -> f.Field:
    """The left upper lid, about the eye's centre, as open as the face keeps it."""
    m = lid_turn(face)
    bottom, top = (m @ euler(pitch=-a)[:, 1] for a in (face.lids, 112.0))
    ball = f.sphere((0, 0, 0), face.eye_size + 0.0003)
    return f.intersect(
        f.subtract(f.sphere((0, 0, 0), face.eye_size + 0.0031), ball),
        f.half_space((0, 0, 0), -bottom),
        f.half_space((0, 0, 0), top),
        blend=0.0012,
    )


def lash_line(face: Face, count: int = 25) -> Float:
    """(count, 3) points along the upper lid's edge, from the inner corner outwards."""
    a = np.radians(np.linspace(172, 4, count))
    edge = np.stack([np.cos(a), np.zeros(count), np.sin(a)], axis=1) * (face.eye_size + 0.0024)
    return np.asarray(edge @ (lid_turn(face) @ euler(pitch=-face.lids)).T)
