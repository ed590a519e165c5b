"""How a face moves: shapes that push its vertices, each worth 1 when fully there.

smile, wide, pucker, lip_up, lip_down, press; L_brow, R_brow (up), frown, L_squint, R_squint, puff.
The jaw, the lids and the eyes are joints: controls jaw (0 closed, 1 open), L_blink, R_blink (0..1),
gaze_x, gaze_y (degrees, to the performer's left and up).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..solid.arrays import Float32, f32
from .head import Face, jaw_share


@dataclass(frozen=True, slots=True, eq=False)
class Morph:
    """vertices: (M,) numbers; shift: (M, 3) metres."""

    vertices: NDArray[np.intp]
    shift: Float32


def _near(p: Float32, at: tuple[float, float, float], reach: tuple[float, float, float]) -> Float32:
    q = (p - f32(*at)) / f32(*reach)
    return np.asarray(np.exp(-(q * q).sum(1)), np.float32)


def _push(amount: Float32, x: Float32 | float, y: Float32 | float, z: Float32 | float) -> Float32:
    return np.stack([amount * x, amount * y, amount * z], axis=1).astype(np.float32)


def face_morphs(p: Float32, face: Face, first: int, scale: float) -> dict[str, Morph]:
    """Shapes of the face's vertices (head's frame), which are numbered from `first` on."""
    side = np.sign(p[:, 0]).astype(np.float32)
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    low = jaw_share(p, face)
    skin = (p[:, 2] > 0.0).astype(np.float32)
    w = face.mouth
    corner = _near(q, (0.027 * w, 0.026, 0.084), (0.017, 0.015, 0.03)) * skin
    cheek = _near(q, (0.040, 0.058, 0.070), (0.022, 0.020, 0.04)) * skin
    lips_u = _near(q, (0.0, 0.034, 0.096), (0.020, 0.009, 0.018)) * (1 - low)
    lips_l = _near(q, (0.0, 0.014, 0.090), (0.020, 0.013, 0.022)) * low
    mouth = _near(q, (0.0, 0.027, 0.092), (0.026, 0.016, 0.03)) * skin
    e = face.eye
    brow_y = e[1] + 0.026

    def brow(x: float, reach: float) -> Float32:
        return _near(p, (x, brow_y, 0.085), (reach, 0.017, 0.05)) * skin

    puff = _near(q, (0.040, 0.036, 0.066), (0.022, 0.022, 0.03)) * skin
    under = _near(q, (e[0], e[1] - 0.022, 0.085), (0.022, 0.010, 0.03)) * skin
    shapes: dict[str, Callable[[], Float32]] = {
        "smile": lambda: (
            _push(corner, side * 0.0090, 0.0135, -0.0050)
            + _push(cheek, side * 0.0010, 0.0055, 0.0035)
            + _push(mouth, 0.0, 0.0012, -0.0012)
        ),
        "wide": lambda: _push(corner, side * 0.0075, 0.0, -0.0030),
        "frown_mouth": lambda: _push(corner, side * 0.001, -0.0070, -0.001),
        "pucker": lambda: (
            _push(corner, side * -0.0125, 0.0, 0.0050) + _push(mouth, 0.0, 0.0, 0.0065)
        ),
        "lip_up": lambda: _push(lips_u, 0.0, 0.0050, 0.0008),
        "lip_down": lambda: _push(lips_l, 0.0, -0.0055, 0.0006),
        "press": lambda: _push(lips_u, 0.0, -0.0022, -0.0022) + _push(lips_l, 0.0, 0.0022, -0.0020),
        "L_brow": lambda: _push(brow(e[0], 0.024), 0.0, 0.0085, 0.0),
        "R_brow": lambda: _push(brow(-e[0], 0.024), 0.0, 0.0085, 0.0),
        "brow_inner": lambda: _push(
            _near(q, (0.012, brow_y, 0.09), (0.015, 0.016, 0.04)) * skin, 0.0, 0.0065, 0.0
        ),
        "frown": lambda: _push(
            _near(q, (0.016, brow_y, 0.09), (0.018, 0.014, 0.04)) * skin,
            side * -0.0035,
            -0.0050,
            0.0015,
        ),
        "squint": lambda: _push(under, 0.0, 0.0030, 0.0012),
        "puff": lambda: _push(puff, side * 0.008, 0.0, 0.005),
    }
    out = {}
    for name, shape in shapes.items():
        shift = shape() * np.float32(scale)
        moved = np.flatnonzero(np.abs(shift).max(1) > 2e-5)
        out[name] = Morph(moved + first, shift[moved])
    return out
