"""Whether landmarks can be those of a figure that stands on two legs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.geometry.face_mesh import (
    CHIN,
    FOREHEAD,
    LEFT_CHEEK,
    NOSE_TIP,
    RIGHT_CHEEK,
    face_width,
)
from understudy.geometry.landmarks import SIDES_EXCHANGED, Body, Float32, Landmarks

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlausibilityNumbers:
    """How far a measure may be off: a pair is where doubt begins and where it is complete.

    T is the torso's length. All set by eye.
    """

    seen: float = 0.5  # visibility
    least_torso: float = 0.028  # of the picture's longer side: below, hands are a pixel or two
    torso_of_shoulders: float = 1.25  # T per shoulder width, where the picture cuts the hips off
    lean: Range = (50, 80)  # degrees from upright
    head_above: float = 0.12  # T: a head lower than this over the neck is beside the trunk,
    head_beside: float = 0.2  # T: and surely so where it is lower by this
    chin_below: Range = (0.05, 0.2)  # face widths: a chin lower than the shoulders
    shoulder_over_nose: Range = (-0.25, 0.05)  # face widths: the higher shoulder above the nose
    head_far: Range = (1.2, 2.0)  # T from the neck
    wide: Range = (1.4, 2.2)  # T between the shoulders
    narrow: float = 0.2  # T between the shoulders: less is odd,
    too_narrow: float = 0.12  # T: and impossible where it is less by this
    too_long: float = 1.6  # times the most length of a limb: impossible
    limbs: tuple[float, float] = (2.0, 0.5)  # odd limbs that are too many: number, share of them
    thighs_down: float = 0.3  # T: both knees higher than this below the hips are odd,
    thighs_up: float = 0.3  # T: and impossible where they are higher by this
    weak: float = 0.6  # weight of what speaks less clearly: thighs, arms out of sight
    inside: float = 0.7  # of the joints must lie on the mask
    on_mask: float = 0.3  # of the mask: where a joint lies on it
    presence: float = 0.9  # the tracker's own estimate
    share_off: float = 0.4  # of shares and estimates: so much less is impossible
    area: float = 0.6  # T^2: the least that the mask covers,
    area_off: float = 0.5  # T^2: and impossible where it covers less by this
    arm_seen: float = 0.8  # visibility of elbow and wrist, where nobody was detected
    elbow_seen: float = 0.35  # visibility of the clearer elbow, where somebody was,
    elbow_off: float = 0.3  # and so much less is impossible
    face_off: float = 0.6  # face widths from the mesh's nose to the body's
    face_height: float = 0.3  # face widths from forehead to chin: less is inside out


NUMBERS = PlausibilityNumbers()
_LIMBS = (
    # (upper joint, lower joint, least and most length in torsos)
    (Body.LEFT_SHOULDER, Body.LEFT_ELBOW, 0.10, 1.1),
    (Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW, 0.10, 1.1),
    (Body.LEFT_ELBOW, Body.LEFT_WRIST, 0.06, 1.1),
    (Body.RIGHT_ELBOW, Body.RIGHT_WRIST, 0.06, 1.1),
    (Body.LEFT_HIP, Body.LEFT_KNEE, 0.10, 1.6),
    (Body.RIGHT_HIP, Body.RIGHT_KNEE, 0.10, 1.6),
    (Body.LEFT_KNEE, Body.LEFT_ANKLE, 0.10, 1.6),
    (Body.RIGHT_KNEE, Body.RIGHT_ANKLE, 0.10, 1.6),
)


def is_large_enough(landmarks: Landmarks, size: tuple[int, int]) -> bool:
    """Whether the figure's limbs are more than a few pixels wide on a canvas of (w, h)."""
    return _torso(landmarks) >= NUMBERS.least_torso * max(size)


def credibility(landmarks: Landmarks, mask: Float32, presence: float, *, detected: bool) -> float:
    """How credible it is that these are a figure's landmarks: 0 not at all, 1 beyond doubt.

    mask: (h, w) float32 in 0..1, where the figure is seen. presence: the tracker's own
    estimate. detected: a person was detected; where something merely stood out, both arms must be
    visible. An animal on four legs, or a tree, gives limbs of odd lengths, a head beside the trunk,
    or joints off the mask.
    """
    points = landmarks.body[:, :2].astype(np.float64)
    seen = landmarks.body[:, 3] > NUMBERS.seen
    left, right = points[Body.LEFT_SHOULDER], points[Body.RIGHT_SHOULDER]
    wide = float(np.linalg.norm(left - right))
    hips_seen = bool(seen[[Body.LEFT_HIP, Body.RIGHT_HIP]].all())
    # Hips below the picture's edge are guessed: the shoulders are the better measure then.
    torso = _torso(landmarks) if hips_seen else NUMBERS.torso_of_shoulders * wide
    if torso < 4 or not seen[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]].all():
        return 0.0
    neck = (left + right) / 2
    pelvis = (points[Body.LEFT_HIP] + points[Body.RIGHT_HIP]) / 2
    faults = 0.0
    down = (pelvis - neck) / max(1.0, float(np.linalg.norm(pelvis - neck)))
    faults += _beyond(float(np.degrees(np.arctan2(abs(down[0]), down[1]))), *NUMBERS.lean)
    faults += _head_faults(landmarks, neck, down, torso)
    if hips_seen:
        faults += _beyond(wide / torso, *NUMBERS.wide) + _beyond(
            NUMBERS.narrow - wide / torso, 0.0, NUMBERS.too_narrow
        )
    faults += _odd_limbs(points, seen, torso)
    faults += _raised_legs(points, seen, down, torso)
    faults += _beyond(NUMBERS.inside - _inside(points[seen], mask), 0.0, NUMBERS.share_off)
    faults += _beyond(NUMBERS.presence - presence, 0.0, NUMBERS.share_off)
    faults += _beyond(NUMBERS.area - float((mask > 0.5).sum()) / torso**2, 0.0, NUMBERS.area_off)
    faults += _unseen_arms(landmarks, (mask.shape[1], mask.shape[0]), detected=detected)
    return max(0.0, 1.0 - faults)


def _head_faults(landmarks: Landmarks, neck: Points, down: Points, torso: float) -> float:
    """How far the head is from where a head is. neck: (2,) px. down: (2,), along the trunk."""
    points = landmarks.body[:, :2].astype(np.float64)
    head = (points[Body.NOSE] - neck) / torso
    faults = _beyond(NUMBERS.head_above - float(-head @ down), 0.0, NUMBERS.head_beside)
    faults += _beyond(float(np.linalg.norm(head)), *NUMBERS.head_far)
    face = without_false_face(landmarks).face
    if face is None:
        return faults
    # A small body that is imagined inside a portrait has its shoulders in the face.
    chin = float((face[CHIN, :2] - neck) @ down) / max(1.0, float(face_width(face)))
    faults += _beyond(chin, *NUMBERS.chin_below)
    # Or one shoulder on a lock of hair beside the face, where the brim of a hat begins.
    higher = float(points[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], 1].min())
    over = (float(face[NOSE_TIP, 1]) - higher) / max(1.0, float(face_width(face)))
    return faults + _beyond(over, *NUMBERS.shoulder_over_nose)


def _odd_limbs(points: Points, seen: NDArray[np.bool_], torso: float) -> float:
    """How far the lengths of the limbs that are seen are from those of a figure."""
    limbs = [(a, b, low, high) for a, b, low, high in _LIMBS if seen[a] and seen[b]]
    odd = 0.0
    for a, b, low, high in limbs:
        length = float(np.linalg.norm(points[a] - points[b])) / torso
        odd += _beyond(low - length, 0.0, low) + _beyond(length, high, NUMBERS.too_long * high)
    many, share = NUMBERS.limbs
    return odd / max(many, share * len(limbs))


def _unseen_arms(landmarks: Landmarks, size: tuple[int, int], *, detected: bool) -> float:
    """How far the arms are from being visible: both where nobody was detected, else one elbow."""
    points, visibility = landmarks.body[:, :2], landmarks.body[:, 3]
    w, h = size
    if not detected:
        sides = [min(visibility[i], visibility[i + 2]) for i in (13, 14)]
        return _beyond(NUMBERS.arm_seen - float(min(sides)), 0.0, NUMBERS.share_off)
    in_picture = [
        i for i in (Body.LEFT_ELBOW, Body.RIGHT_ELBOW) if 0 <= points[i, 0] < w and points[i, 1] < h
    ]
    if not in_picture:
        return 0.0
    unseen = NUMBERS.elbow_seen - float(visibility[in_picture].max())
    return NUMBERS.weak * _beyond(unseen, 0.0, NUMBERS.elbow_off)


def facing_the_viewer(landmarks: Landmarks) -> Landmarks:
    """The landmarks with left and right exchanged where a figure without a face shows its back.

    An animal's head or a helmet looks to the tracker like the back of a head; people are shown
    from the front far more often.
    """
    points = landmarks.body[:, 0]
    turned = (
        points[Body.LEFT_SHOULDER] < points[Body.RIGHT_SHOULDER]
        and points[Body.LEFT_HIP] < points[Body.RIGHT_HIP]
    )
    if not turned:
        return landmarks
    order = list(SIDES_EXCHANGED)
    return Landmarks(
        landmarks.body[order],
        landmarks.world[order],
        landmarks.right_hand,
        landmarks.left_hand,
        None,
    )


def without_false_face(landmarks: Landmarks) -> Landmarks:
    """The landmarks without a face mesh that does not lie where the body's nose is."""
    if landmarks.face is None:
        return landmarks
    face = landmarks.face[:, :2]
    width = float(np.linalg.norm(face[LEFT_CHEEK] - face[RIGHT_CHEEK]))
    off = float(np.linalg.norm(face[NOSE_TIP] - landmarks.body[Body.NOSE, :2]))
    inside_out = float(face[CHIN, 1] - face[FOREHEAD, 1]) <= NUMBERS.face_height * width
    if off < NUMBERS.face_off * width and not inside_out:
        return landmarks
    return Landmarks(
        landmarks.body, landmarks.world, landmarks.left_hand, landmarks.right_hand, None
    )


def _torso(landmarks: Landmarks) -> float:
    points = landmarks.body[:, :2].astype(np.float64)
    neck = (points[Body.LEFT_SHOULDER] + points[Body.RIGHT_SHOULDER]) / 2
    pelvis = (points[Body.LEFT_HIP] + points[Body.RIGHT_HIP]) / 2
    return float(np.linalg.norm(pelvis - neck))


def _raised_legs(points: Points, seen: NDArray[np.bool_], down: Points, torso: float) -> float:
    """How odd the thighs are: one leg may be kicked up, not both. down: (2,) along the trunk."""
    thighs = [
        float((points[knee] - points[hip]) @ down) / torso
        for hip, knee in ((Body.LEFT_HIP, Body.LEFT_KNEE), (Body.RIGHT_HIP, Body.RIGHT_KNEE))
        if seen[knee]
    ]
    if len(thighs) < 2:
        return 0.0
    raised = NUMBERS.thighs_down - sum(thighs) / 2
    return NUMBERS.weak * _beyond(raised, 0.0, NUMBERS.thighs_up)


def _beyond(value: float, limit: float, far: float) -> float:
    """0 up to the limit, 1 from `far` on."""
    return float(np.clip((value - limit) / (far - limit), 0, 1))


def _inside(points: Points, mask: Float32) -> float:
    """Share of the points (n, 2) that lie on the mask; those off the picture do not count."""
    h, w = mask.shape
    at: NDArray[np.intp] = np.round(points).astype(np.intp)
    on = (at[:, 0] >= 0) & (at[:, 0] < w) & (at[:, 1] >= 0) & (at[:, 1] < h)
    if not on.any():
        return 0.0
    return float((mask[at[on, 1], at[on, 0]] > NUMBERS.on_mask).mean())
