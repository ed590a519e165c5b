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


@dataclass(frozen=True, slots=True)
class FaceNumbers:
    """How a face is moved. Lengths in face widths unless said otherwise.

    largest: the most that a landmark is displaced.
    closed_eye: an eye this narrow in the picture (opening to width) counts as closed already.
    open_mouth: a mouth this open in the picture (gap to width) shows its own inside.
    inside: share of the face's points that must lie in the picture. least_width: px of a face.
    fade: distances from the oval between which displacements fade in.
    upper_lid, lower_lid, fold: how far each goes down when an eye closes, as shares of the opening;
        the lower lid goes up.
    relief: share of the mesh's depth that is slid by. flattest, steepest: its bounds.
    near_mouth: distances from the mouth over which its own gain takes over.
    usual_mouth: width of a mouth whose displacements are taken as they are. mouth_gain: bounds of
        the gain on those of another width.
    """

    largest: float = 0.20
    closed_eye: float = 0.12
    open_mouth: float = 0.10
    inside: float = 0.9
    least_width: float = 16
    fade: tuple[float, float] = (0.02, 0.14)
    upper_lid: float = 0.88
    lower_lid: float = 0.08
    fold: float = 0.40
    relief: float = 0.35
    flattest: float = 0.08
    steepest: float = 0.12
    near_mouth: tuple[float, float] = (0.30, 0.12)
    usual_mouth: float = 0.36
    mouth_gain: tuple[float, float] = (0.45, 1.15)


NUMBERS = FaceNumbers()


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
    if inside.mean() < NUMBERS.inside or width < NUMBERS.least_width:
        return None
    to_oval = np.sqrt(((points[:, None] - points[list(FACE_OVAL)]) ** 2).sum(axis=-1)).min(axis=1)
    share = smoothstep(*NUMBERS.fade, to_oval / width)
    bones, weights = strongest(body_weights(points, skeleton, frame).weights)
    gap = np.sqrt(((points[INNER_LIPS[0]] - points[INNER_LIPS[1]]) ** 2).sum())
    mouth = np.sqrt(((points[MOUTH_CORNERS[0]] - points[MOUTH_CORNERS[1]]) ** 2).sum()) + 1e-6
    opens = bool(gap / mouth < NUMBERS.open_mouth)
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
        eyes=(bool(opening[0] > NUMBERS.closed_eye), bool(opening[1] > NUMBERS.closed_eye)),
        mouth_opens=opens,
    )


def move_face(
    rig: FaceRig, expression: Float32, eyes_closed: Float32, parallax: Float64
) -> Float64:
    """The face's points at rest (468, 2), displaced by an expression and a turn of the head.

    expression: (468, 3) and eyes_closed: (2,), as `Motion`. parallax: (2,), see
    `head.parallax_direction`.
    """
    moved = expression.astype(np.float64) * rig.gain[:, None]
    moved = np.clip(moved, -NUMBERS.largest, NUMBERS.largest)
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
        points[upper] += NUMBERS.upper_lid * closed * span
        points[lower] -= NUMBERS.lower_lid * closed * span
        points[list(LID_FOLDS[side])] += NUMBERS.fold * closed * span
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
    relief = NUMBERS.relief * (nearer - np.median(nearer))
    return np.clip(relief, -NUMBERS.flattest * width, NUMBERS.steepest * width)


def _gain(points: Float64, width: float, mouth: float) -> Float64:
    """Displacements of a small drawn mouth must be small: (468,)."""
    to_mouth = np.sqrt(((points[:, None] - points[list(MOUTH_AREA)]) ** 2).sum(axis=-1)).min(axis=1)
    near = smoothstep(*NUMBERS.near_mouth, to_mouth / width)
    gain = np.clip(mouth / width / NUMBERS.usual_mouth, *NUMBERS.mouth_gain)
    return np.asarray(1.0 + near * (gain - 1.0))
