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

from understudy.engines.puppet.pose.head import HeadRelief, sliding
from understudy.engines.puppet.rig.skinning import strongest
from understudy.engines.puppet.rig.weights import BodyFrame, body_weights
from understudy.geometry.face_mesh import eye_opening, face_width, head_frame
from understudy.geometry.filters import smoothstep
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Skeleton

Float64 = NDArray[np.float64]

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# The inner edge of the lips from the image's left to its right.
UPPER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
LOWER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
# Eyes, the figure's left first: the upper lid's edge, the lower lid's, corners between them, and
# the fold above the upper lid.
UPPER_LIDS = ((398, 384, 385, 386, 387, 388, 466), (173, 157, 158, 159, 160, 161, 246))
LOWER_LIDS = ((382, 381, 380, 374, 373, 390, 249), (155, 154, 153, 145, 144, 163, 7))
FOLDS = ((414, 286, 258, 257, 259, 260, 467), (190, 56, 28, 27, 29, 30, 247))
CORNERS = ((362, 263), (133, 33))
MOUTH = (0, 17, 61, 291, 13, 14, 78, 308, 152)

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
    to_oval = np.sqrt(((points[:, None] - points[list(OVAL)]) ** 2).sum(axis=-1)).min(axis=1)
    share = smoothstep(0.02, 0.14, to_oval / width)
    bones, weights = strongest(body_weights(points, skeleton, frame).weights)
    gap = np.sqrt(((points[13] - points[14]) ** 2).sum())
    mouth = np.sqrt(((points[78] - points[308]) ** 2).sum()) + 1e-6
    opens = bool(gap / mouth < OPEN_MOUTH)
    opening = eye_opening(face)
    return FaceRig(
        points=points,
        bones=bones,
        weights=weights,
        depth=sliding(points, skeleton, frame, relief) + share * _protrusion(face, width),
        share=share,
        gain=_gain(points, width, float(mouth)),
        frame=head_frame(face),
        width=width,
        triangles=_triangles(mouth_opens=opens),
        eyes=(bool(opening[0] > CLOSED_EYE), bool(opening[1] > CLOSED_EYE)),
        mouth_opens=opens,
    )


def move_face(rig: FaceRig, expression: Float32, eyes_closed: Float32, slide: Float64) -> Float64:
    """The face's points at rest (468, 2), displaced by an expression and a turn of the head.

    expression: (468, 3) and eyes_closed: (2,), as `Motion`. slide: (2,), see `head.turn_vector`.
    """
    moved = np.clip(expression.astype(np.float64) * rig.gain[:, None], -LARGEST, LARGEST)
    for side in (0, 1):
        # The lids follow their own closing; landmarks of eyes tremble too much for anything else.
        for ring in (UPPER_LIDS, LOWER_LIDS, CORNERS):
            moved[list(ring[side])] = 0.0
    offset = (moved @ rig.frame.T)[:, :2] * rig.width * rig.share[:, None]
    points = rig.points + offset
    for side in (0, 1):
        if not rig.eyes[side]:
            continue
        closed = float(eyes_closed[side])
        upper, lower = list(UPPER_LIDS[side]), list(LOWER_LIDS[side])
        span = rig.points[lower] - rig.points[upper]
        points[upper] += 0.88 * closed * span
        points[lower] -= 0.08 * closed * span
        points[list(FOLDS[side])] += 0.40 * closed * span
    return np.asarray(points + rig.depth[:, None] * slide)


def _triangles(*, mouth_opens: bool) -> NDArray[np.int32]:
    table = files("understudy.engines.puppet.pose").joinpath("face_triangles.npy")
    with table.open("rb") as file:
        parts = [np.load(file).astype(np.int32)]
    for side in (0, 1):
        inner, outer = CORNERS[side]
        parts.append(strip((inner, *UPPER_LIDS[side], outer), (inner, *LOWER_LIDS[side], outer)))
    if not mouth_opens:
        parts.append(strip(UPPER_LIP, LOWER_LIP))
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
    to_mouth = np.sqrt(((points[:, None] - points[list(MOUTH)]) ** 2).sum(axis=-1)).min(axis=1)
    near = smoothstep(0.30, 0.12, to_mouth / width)
    return np.asarray(GAIN * (1.0 + near * (np.clip(mouth / width / 0.36, 0.45, 1.15) - 1.0)))
