"""The meshes of a face: skin, eyes, lids, lashes, brows, teeth and tongue; and how it moves."""

from __future__ import annotations

import numpy as np

from ..solid import fields as f
from ..solid.arrays import Float, Float32, f32
from ..solid.meshing import Mesh, join, polygonise
from ..solid.sweep import profile, resampled, tube
from .head import Face, head_field, lash_line, opened, upper_lid
from .skinpaint import Complexion, make_up

SKIN, EYE, BROW, TEETH, TONGUE = range(5)
"""Materials of a face, in this order."""


def _flipped(mesh: Mesh) -> Mesh:
    vertices = mesh.vertices * f32(-1, 1, 1)
    coords = mesh.coords.copy()
    return Mesh(
        vertices,
        np.ascontiguousarray(mesh.faces[:, ::-1]),
        mesh.material.copy(),
        coords,
        occlusion=mesh.occlusion.copy(),
        tint=mesh.tint.copy(),
    )


def _teeth(face: Face, lower: bool) -> f.Field:
    def field(p: f.Points) -> f.Distances:
        x, z = p[0], p[2] - np.float32(0.0480)
        around = np.arctan2(x, z)
        across = np.hypot(x / np.float32(0.0195 * face.mouth), z / np.float32(0.0295)) - 1
        gap = 0.0005 * np.exp(-((np.sin(around * 10.5) / 0.16) ** 2))
        ring = np.abs(across) * np.float32(0.024) - np.float32(0.0024) + gap
        height = np.abs(p[1]) - np.float32(0.0055)
        return np.asarray(
            np.maximum(np.maximum(ring, height), np.float32(0.01) - p[2]) * 0.8, np.float32
        )

    return f.moved(field, np.eye(3), (0, 0.0145 if lower else 0.0318, 0))


def _brow(face: Face, surface: f.Field, thick: float) -> Mesh:
    """The left brow: short hairs laid along its arch, each on the skin."""
    e, rng = face.eye, np.random.default_rng(11)
    arch = resampled(
        [
            (e[0] - 0.0215, e[1] + 0.0225, 0.10),
            (e[0] - 0.006, e[1] + 0.0285, 0.10),
            (e[0] + 0.010, e[1] + 0.0290, 0.095),
            (e[0] + 0.0245, e[1] + 0.0205, 0.085),
        ],
        60,
    )
    hairs = []
    for k in range(110):
        s = rng.uniform(0, 0.97)
        i = int(s * 59)
        ahead = arch[min(i + 1, 59)] - arch[max(i - 1, 0)]
        ahead /= np.linalg.norm(ahead)
        up = np.array([-ahead[1], ahead[0], 0.0])
        width = thick * float(np.interp(s, [0, 0.08, 0.35, 1], [0.0026, 0.0036, 0.0032, 0.0007]))
        side = rng.uniform(-1, 1)
        root = arch[i] + up * side * width
        lean = (
            ahead * np.interp(s, [0, 0.3], [0.35, 1])
            + up * (np.interp(s, [0, 0.35], [0.9, 0.12]) - 0.35 * side)
        ) * rng.uniform(0.006, 0.0095)
        line = resampled([root, root + lean * 0.5, root + lean - up * 0.0008], 6)
        for _ in range(3):
            line[:, 2] -= surface(np.ascontiguousarray(line.T, np.float32))
        line[:, 2] += 0.0009
        hairs.append(
            tube(
                line,
                (0, 0, 1),
                profile([(0, 0.0006), (0.4, 0.0008), (1, 0.0001)], 6),
                profile([(0, 0.0004), (0.4, 0.0007), (1, 0.0001)], 6),
                BROW,
                6,
                k,
            )
        )
    return join(hairs)


def _lashes(face: Face) -> Mesh:
    """A dark line on the left upper lid's edge, with a few lashes at its outer end."""
    line = lash_line(face)
    body = tube(
        line,
        line,
        profile([(0, 0.0006), (0.5, 0.0012), (1, 0.0014)], len(line)),
        profile([(0, 0.0006), (0.5, 0.0013), (1, 0.0017)], len(line)),
        BROW,
        8,
    )
    hairs = [body]
    for k, i in enumerate((10, 12, 14, 16, 18, 20, 22)):
        root = line[i]
        out = root / np.linalg.norm(root)
        long = 0.0022 + 0.0026 * k / 6
        bend = np.array([0.35 + 0.06 * k, 0.55, 0.25])
        points = resampled(
            [
                root,
                root + out * long * 0.6 + bend * long * 0.2,
                root + out * long * 0.8 + bend * long,
            ],
            6,
        )
        hairs.append(
            tube(
                points,
                (0, 0, 1),
                profile([(0, 0.0007), (1, 0.0001)], 6),
                profile([(0, 0.0007), (1, 0.0001)], 6),
                BROW,
                6,
                k,
            )
        )
    return join(hairs)


def face_meshes(
    face: Face, c: Complexion, neck: tuple[Float, float], step: float, brow: float = 1.0
) -> list[tuple[Mesh, str]]:
    """Meshes in the head's frame, each with the bone it rides on; "skin" is for the head's skin."""
    surface = head_field(face, neck)
    skin = polygonise(surface, (-0.115, neck[0][1], -0.13), (0.115, 0.25, 0.14), step, SKIN)
    skin.tint = make_up(skin.vertices, face, c)
    parts: list[tuple[Mesh, str]] = [(skin, "skin")]
    ball = polygonise(f.sphere((0, 0, 0), 1.0), (-1.1,) * 3, (1.1,) * 3, 0.11, EYE)
    reach = face.eye_size + 0.006
    lid = polygonise(upper_lid(face), (-reach,) * 3, (reach,) * 3, min(step * 0.6, 0.0009), SKIN)
    lashes = _lashes(face)
    brows = _brow(face, surface, brow)
    for side in ("L", "R"):
        e = (face.eye * ([1, 1, 1] if side == "L" else [-1, 1, 1])).astype(np.float32)

        def placed(mesh: Mesh, at: Float32, side: str = side) -> Mesh:
            copy = _flipped(mesh) if side == "R" else join([mesh])
            copy.vertices = copy.vertices + at
            return copy

        eyeball = join([ball])
        eyeball.vertices = ball.vertices * np.float32(face.eye_size) + e
        eyeball.coords = ball.vertices.copy()
        eyeball.occlusion[:] = 1
        parts.append((eyeball, f"{side}_eye"))
        cover = placed(lid, e)
        cover.coords = cover.vertices.copy()
        cover.tint = make_up(cover.vertices, face, c)
        cover.occlusion[:] = 0.92
        parts.append((cover, f"{side}_lid"))
        parts.append((placed(lashes, e), f"{side}_lid"))
        parts.append((placed(brows, np.zeros(3, np.float32)), "brow"))
    for low in (False, True):
        row = polygonise(_teeth(face, low), (-0.03, 0, 0.005), (0.03, 0.045, 0.09), 0.0012, TEETH)
        row.occlusion *= 0.75
        if low:
            row.vertices = opened(row.vertices).astype(np.float32)
        parts.append((row, "jaw" if low else "head"))
    tongue = polygonise(
        f.ellipsoid((0, 0.012, 0.052), (0.018, 0.008, 0.027)),
        (-0.03, -0.01, 0.01),
        (0.03, 0.03, 0.09),
        0.0016,
        TONGUE,
    )
    tongue.vertices = opened(tongue.vertices).astype(np.float32)
    parts.append((tongue, "jaw"))
    return parts
