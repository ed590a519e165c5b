"""The face: the driver's expression on the picture's own features.

The triangles are MediaPipe's canonical face mesh (Apache-2.0) on the picture's landmarks, textured
with the picture itself. Displacements come from the driver's neutral face, so the character keeps
its features and takes the expression alone. The eyes and the mouth are holes of that mesh: eyes
are closed by drawing the lids together, the mouth opens on a dark inside with a hint of teeth.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.pose.head import HeadRelief, parallax_depths
from understudy.engines.puppet.rig.skinning import strongest
from understudy.engines.puppet.rig.weights import BodyFrame, body_weights
from understudy.geometry.face_mesh import (
    CANTHI,
    FACE_OVAL,
    INNER_LIPS,
    LID_FOLDS,
    LOWER_LID_EDGES,
    LOWER_LIP_EDGE,
    MOUTH_AREA,
    MOUTH_CORNERS,
    UPPER_LID_EDGES,
    UPPER_LIP_EDGE,
    eye_opening,
    face_width,
    head_frame,
)
from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Skeleton

Float64 = NDArray[np.float64]

# The most that a landmark is displaced, in face widths.
LARGEST = 0.20
GAIN = 1.0
# An eye this narrow in the picture (opening to width) counts as closed already.
CLOSED_EYE = 0.12
# A mouth this open in the picture (gap to width) shows its own inside.
OPEN_MOUTH = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class FaceRig:
    """The face of a picture ready to be moved.

    points: (468, 2) canvas pixels at rest. bones, weights: of each, as `RiggedLayer`. depth: (468,)
    how far each slides when the head turns, pixels. share: (468,) in 0..1, fading to the oval.
    mouth_gain: on displacements of lips and chin. frame: (3, 3) of the head in the picture.
    width: of the face, pixels. triangles: (N, 3). eyes: which of the two may close.
    mouth_opens: the mouth is closed in the picture, so its inside has to be drawn.
    """

    points: Float64
    bones: NDArray[np.int32]
    weights: Float64
    depth: Float64
    share: Float64
    gain: Float64
    frame: Float64
    width: float
    triangles: NDArray[np.int32]
    eyes: tuple[bool, bool]
    mouth_opens: bool


def face_rig(
    skeleton: Skeleton, frame: BodyFrame, relief: HeadRelief, size: tuple[int, int]
) -> FaceRig | None:
    """Rig the face, None where the picture shows none or only a part of one.

    size: (w, h) of the canvas.
    """
    face = skeleton.face
    if face is None or not np.isfinite(face).all():
        return None
    points = face[:, :2].astype(np.float64)
    inside = (points >= 0).all(axis=1) & (points < np.array(size)).all(axis=1)
    width = float(face_width(face))
    if inside.mean() < 0.9 or width < 16:
        return None
    to_oval = np.sqrt(((points[:, None] - points[list(FACE_OVAL)]) ** 2).sum(axis=-1)).min(axis=1)
    share = smoothstep(0.02, 0.14, to_oval / width)
    bones, weights = strongest(body_weights(points, skeleton, frame).weights)
    gap = np.sqrt(((points[INNER_LIPS[0]] - points[INNER_LIPS[1]]) ** 2).sum())
    mouth = np.sqrt(((points[MOUTH_CORNERS[0]] - points[MOUTH_CORNERS[1]]) ** 2).sum()) + 1e-6
    opens = bool(gap / mouth < OPEN_MOUTH)
    opening = eye_opening(face)
    return FaceRig(
        points=points,
        bones=bones,
        weights=weights,
        depth=parallax_depths(points, skeleton, frame, relief) + share * _protrusion(face, width),
        share=share,
        gain=_gain(points, width, float(mouth)),
        frame=head_frame(face),
        width=width,
        triangles=_triangles(mouth_opens=opens),
        eyes=(bool(opening[0] > CLOSED_EYE), bool(opening[1] > CLOSED_EYE)),
        mouth_opens=opens,
    )


def move_face(
    rig: FaceRig, expression: Float32, eyes_closed: Float32, parallax: Float64
) -> Float64:
    """The face's points at rest (468, 2), displaced by an expression and a turn of the head.

    expression: (468, 3) and eyes_closed: (2,), as `Motion`. parallax: (2,), see
    `head.parallax_direction`.
    """
    moved = np.clip(expression.astype(np.float64) * rig.gain[:, None], -LARGEST, LARGEST)
    for side in (0, 1):
        # The lids follow their own closing; landmarks of eyes tremble too much for anything else.
        for ring in (UPPER_LID_EDGES, LOWER_LID_EDGES, CANTHI):
            moved[list(ring[side])] = 0.0
    offset = (moved @ rig.frame.T)[:, :2] * rig.width * rig.share[:, None]
    points = rig.points + offset
    for side in (0, 1):
        if not rig.eyes[side]:
            continue
        closed = float(eyes_closed[side])
        upper, lower = list(UPPER_LID_EDGES[side]), list(LOWER_LID_EDGES[side])
        span = rig.points[lower] - rig.points[upper]
        points[upper] += 0.88 * closed * span
        points[lower] -= 0.08 * closed * span
        points[list(LID_FOLDS[side])] += 0.40 * closed * span
    return np.asarray(points + rig.depth[:, None] * parallax)


def _triangles(*, mouth_opens: bool) -> NDArray[np.int32]:
    table = files("understudy.engines.puppet.pose").joinpath("face_triangles.npy")
    with table.open("rb") as file:
        parts = [np.load(file).astype(np.int32)]
    for side in (0, 1):
        inner, outer = CANTHI[side]
        parts.append(
            strip((inner, *UPPER_LID_EDGES[side], outer), (inner, *LOWER_LID_EDGES[side], outer))
        )
    if not mouth_opens:
        parts.append(strip(UPPER_LIP_EDGE, LOWER_LIP_EDGE))
    return np.concatenate(parts)


def strip(upper: tuple[int, ...], lower: tuple[int, ...]) -> NDArray[np.int32]:
    """Triangles between two lines of as many points each; shared ends give no empty triangles."""
    corners = [
        three
        for a, b, c, d in zip(upper, upper[1:], lower, lower[1:], strict=False)
        for three in ((a, b, c), (b, d, c))
        if len(set(three)) == 3
    ]
    return np.array(corners, np.int32)


def _protrusion(face: Float32, width: float) -> Float64:
    """How far each landmark stands out of its surroundings, the nose above all: (468,) pixels."""
    nearer = -face[:, 2].astype(np.float64)
    return np.clip(0.35 * (nearer - np.median(nearer)), -0.08 * width, 0.12 * width)


def _gain(points: Float64, width: float, mouth: float) -> Float64:
    """Displacements of a small drawn mouth must be small: (468,)."""
    to_mouth = np.sqrt(((points[:, None] - points[list(MOUTH_AREA)]) ** 2).sum(axis=-1)).min(axis=1)
    near = smoothstep(0.30, 0.12, to_mouth / width)
    return np.asarray(GAIN * (1.0 + near * (np.clip(mouth / width / 0.36, 0.45, 1.15) - 1.0)))
