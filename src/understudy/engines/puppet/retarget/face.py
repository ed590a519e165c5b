"""The driver's head and face: how the head is turned, what the face does, how far the eyes close.

The head's frame is read off four landmarks of the rigid part of the face (the sides and the middle
line); what is left after it is taken out is the expression, measured against the driver's own
neutral face, so that one person's features never arrive on another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.puppet.retarget.driver import BodyTrack
from understudy.geometry.face_mesh import (
    INNER_LIPS,
    NOSE_TIP,
    RIGID,
    eye_opening,
    face_width,
    head_angles,
    head_frame,
)
from understudy.geometry.filters import gaussian, interpolate_gaps, smoothstep
from understudy.geometry.landmarks import FACE_LANDMARKS, Body, Float32
from understudy.geometry.transforms import norms, wrap_angle

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceNumbers:
    """What is believed of a face. Where two are given, a share runs from 0 at the first to 1 at the
    second.

    least_frames: with fewer faces than this nothing is read.
    confidence_seconds: over which confidence fades (sigma).
    frontal: absolute yaw of the head, radians, at which expression counts.
    nose: a mesh whose nose lies farther from the body's, in torsos, is not believed.
    turned_away: nor one on a driver who is turned by more than this, radians.
    width: nor one whose width is outside of these shares of the usual.
    least_width: an expression is measured on a face of at least this share of the usual width.
    calm_mouth, open_eyes: percentiles that mark the driver's neutral frames.
    open_eye: percentile of the opening that counts as open.
    closing: opening against the open eye, at which an eye is closed.
    known: confidence between which a reading fades in near the edge of what was seen.
    neighbours: in a longer clip (frames) a face is believed only together with both neighbours.
    usual_roll: share of the driver's usual tilt of the head that is taken out of the ears' tilt.
    upright: cosine of the driver's yaw at which the tilt of the head can be read.
    faces_at_once: that are worked on together, so that those of a long clip take little memory.
    """

    least_frames: int = 3
    confidence_seconds: float = 0.08
    frontal: tuple[float, float] = (0.95, 0.5)
    nose: float = 0.12
    turned_away: float = 1.9
    width: tuple[float, float] = (0.6, 1.5)
    least_width: float = 0.9
    calm_mouth: float = 35.0
    open_eyes: float = 40.0
    open_eye: float = 75.0
    closing: tuple[float, float] = (0.72, 0.28)
    known: tuple[float, float] = (0.5, 1.0)
    neighbours: int = 4
    usual_roll: float = 0.5
    upright: tuple[float, float] = (0.35, 0.8)
    faces_at_once: int = 1024


NUMBERS = FaceNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class FaceMotion:
    """head (T, 3), known (T,), expression (T, 468, 3), eyes_closed (T, 2): see `Motion`."""

    head: Float64
    known: Float64
    expression: Float32
    eyes_closed: Float64


def read_face(face: Float32, figure: BodyTrack, own: Float32 | None) -> FaceMotion:
    """Read the driver's face landmarks (T, 468, 3), NaN where none was seen.

    own: (468, 3) the face of the picture, against which the head's turn is measured, or None.
    A mesh that does not sit on the nose, that is of an odd size, or that belongs to a head turned
    away counts as not seen.
    """
    frames = len(figure)
    roll = _roll_of_ears(figure)
    good = _trusted(face, figure)
    if good.sum() < NUMBERS.least_frames:
        head = np.stack([np.zeros(frames), np.zeros(frames), roll], axis=1)
        nothing = np.zeros(frames)
        return FaceMotion(
            head, nothing, np.zeros((frames, FACE_LANDMARKS, 3), np.float32), np.zeros((frames, 2))
        )
    filled = interpolate_gaps(face, good)
    frame = head_frame(filled)
    angles = head_angles(frame)
    known = gaussian(good.astype(np.float64), NUMBERS.confidence_seconds / figure.frame_seconds)
    # Near the edge of what was seen the reading fades out and does not snap.
    known = np.minimum(smoothstep(*NUMBERS.known, known), 1.0)
    attention = known * smoothstep(*NUMBERS.frontal, np.abs(angles[:, 0]))
    expression, eyes_closed = _expression(filled, frame, good, attention)

    reference = head_angles(head_frame(own)) if own is not None else np.zeros(3)
    turn = wrap_angle(angles - reference)
    turn[:, 2] = known * turn[:, 2] + (1.0 - known) * roll
    return FaceMotion(turn, known, expression, eyes_closed * known[:, None])


def _trusted(face: Float32, figure: BodyTrack) -> NDArray[np.bool_]:
    seen: NDArray[np.bool_] = np.asarray(np.isfinite(face).all(axis=(1, 2)))
    if not seen.any():
        return seen
    nose = np.nan_to_num(face[:, NOSE_TIP, :2]) - figure.points[:, Body.NOSE]
    torso = figure.scale * figure.lengths["spine"]
    width = face_width(face)
    typical = float(np.median(width[seen]))
    good = seen & (norms(nose) < NUMBERS.nose * torso)
    good &= np.abs(wrap_angle(figure.yaw)) < NUMBERS.turned_away
    narrowest, widest = NUMBERS.width
    good &= (width > narrowest * typical) & (width < widest * typical)
    if len(good) > NUMBERS.neighbours:
        before, after = np.roll(good, 1), np.roll(good, -1)
        before[0], after[-1] = good[0], good[-1]
        good &= before & after
    return good


def _expression(
    face: Float32, frame: Float64, good: NDArray[np.bool_], attention: Float64
) -> tuple[Float32, Float64]:
    """Displacements from the neutral face in the head's frame, face widths, as far as attention
    (T,) is paid to them; and eye closing."""
    width = face_width(face)
    # The width shrinks by tracking noise in a turned head; the expression must not pump with it.
    steady = np.maximum(width, NUMBERS.least_width * np.median(width[good]))

    def local(frames: slice | NDArray[np.intp], points: slice | list[int]) -> Float64:
        some = face[frames].astype(np.float64)
        centred = some[:, points] - some[:, RIGID].mean(axis=1, keepdims=True)
        turned = np.einsum("tji,tkj->tki", frame[frames], centred)
        return np.asarray(turned / steady[frames][:, None, None])

    blocks = [
        slice(first, first + NUMBERS.faces_at_once)
        for first in range(0, len(face), NUMBERS.faces_at_once)
    ]
    lips = np.concatenate([local(block, list(INNER_LIPS)) for block in blocks])
    mouth = norms(lips[:, 0] - lips[:, 1])
    opening = eye_opening(face)
    calm = good & (mouth <= np.percentile(mouth[good], NUMBERS.calm_mouth))
    awake = good & (
        opening.mean(axis=1) >= np.percentile(opening.mean(axis=1)[good], NUMBERS.open_eyes)
    )
    neutral_frames = calm & awake if (calm & awake).sum() >= NUMBERS.least_frames else calm
    neutral = np.median(local(np.flatnonzero(neutral_frames), slice(None)), axis=0)

    open_eye = np.percentile(opening[good], NUMBERS.open_eye, axis=0)
    closed = smoothstep(*NUMBERS.closing, opening / (open_eye + 1e-9))
    expression = np.empty(face.shape, np.float32)
    for block in blocks:
        shown = local(block, slice(None)) - neutral
        expression[block] = shown * attention[block, None, None]
    return expression, np.where(good[:, None], closed, 0.0)


def _roll_of_ears(figure: BodyTrack) -> Float64:
    ears = figure.points[:, Body.LEFT_EAR] - figure.points[:, Body.RIGHT_EAR]
    tilt = np.arctan2(ears[:, 1], np.maximum(np.abs(ears[:, 0]), 1e-6))
    return (tilt - float(np.median(tilt)) * NUMBERS.usual_roll) * (
        1.0 - smoothstep(*NUMBERS.upright[::-1], np.abs(np.cos(figure.yaw)))
    )


def upright_share(yaw: Float64) -> Float64:
    """How far the tilt of a head turned by `yaw` (T,) can be read off eyes and ears: 0..1.

    Seen from the side they tell nothing of it.
    """
    return smoothstep(*NUMBERS.upright, np.abs(np.cos(yaw)))
