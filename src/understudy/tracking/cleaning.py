"""Taking out of a raw track what cannot be true.

A face mesh on the back of a head, a hand put on the other arm, legs exchanged for a moment, a joint
that jumps away and back: trackers make these errors with full confidence. What contradicts the
body, or the frames before and after, is set to NaN and later filled from its surroundings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import CHIN, FOREHEAD, LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from understudy.geometry.hand_landmarks import MIDDLE_KNUCKLE, WRIST
from understudy.geometry.landmarks import Body, Float32

_LEAST_BODY_PRESENCE = 0.5
_LEAST_FACE_PRESENCE = 0.6
_LEAST_HAND_PRESENCE = 0.5

# A face lies on the head: its nose this near to the body's, in face heights; its height within this
# factor of what it is at other times; turned no further than this in degrees.
_NOSE_DISTANCE = 0.35
_FACE_SIZE = 1.6
_MOST_YAW = 70.0
# A body turned so far, in degrees, shows no face.
_TURNED_AWAY = 100.0

# A hand lies on the wrist: this near, in forearms, and nearer than the other wrist by this factor;
# its palm has this length in forearms.
_WRIST_DISTANCE = 0.6
_OTHER_WRIST = 0.5
_LEAST_PALM, _MOST_PALM = 0.06, 1.4

# Limbs that were exchanged come back within so many frames; both times the joints jump at least so
# far in trunks, and at most this share of that if the sides are exchanged.
_SWAP_FRAMES = 6
_SWAP_JUMP = 0.25
_SWAP_SHARE = 0.4

# A spike leaves the line between the frames around it by this many trunks, and by this many times
# what these move from one to the other and per frame.
_SPIKE = 0.18
_SPIKE_FACTOR = 2.5
_SPIKE_FRAMES = 2

# Parts seen for fewer frames than this in a row of looks are taken for chance.
_LEAST_LOOKS = 2
_NEAR_LOOKS = 8

_LEGS = (
    (Body.LEFT_KNEE, Body.RIGHT_KNEE),
    (Body.LEFT_ANKLE, Body.RIGHT_ANKLE),
    (Body.LEFT_HEEL, Body.RIGHT_HEEL),
    (Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX),
)
_ARMS = (
    (Body.LEFT_ELBOW, Body.RIGHT_ELBOW),
    (Body.LEFT_WRIST, Body.RIGHT_WRIST),
    (Body.LEFT_PINKY, Body.RIGHT_PINKY),
    (Body.LEFT_INDEX, Body.RIGHT_INDEX),
    (Body.LEFT_THUMB, Body.RIGHT_THUMB),
)


@dataclass(frozen=True, slots=True, eq=False)
class RawTrack:
    """What a tracker found, frame by frame, in the clip's pixels; NaN where it found nothing.

    Shapes and units as in `Performance`. presence: (T, 4) in 0..1, how sure the tracker is of body,
    face, left and right hand; 0 where it found, or looked for, none.
    """

    times: NDArray[np.float64]
    body: Float32
    world: Float32
    left_hand: Float32
    right_hand: Float32
    face: Float32
    presence: Float32

    @classmethod
    def scaled_from(
        cls, times: NDArray[np.float64], arrays: Mapping[str, Float32], scale: float
    ) -> Self:
        """From a tracker's arrays by name, places magnified by `scale`."""
        body = arrays["body"].copy()
        body[..., :3] *= np.float32(scale)
        return cls(
            times=times,
            body=body,
            world=arrays["world"],
            left_hand=arrays["left_hand"] * np.float32(scale),
            right_hand=arrays["right_hand"] * np.float32(scale),
            face=arrays["face"] * np.float32(scale),
            presence=arrays["presence"],
        )


def clean(raw: RawTrack) -> RawTrack:
    """The track without what cannot be true."""
    body, world = raw.body.copy(), raw.world.copy()
    unsure = raw.presence[:, 0] < _LEAST_BODY_PRESENCE
    body[unsure], world[unsure] = np.nan, np.nan
    trunk = trunk_length(body)
    for limbs in (_LEGS, _ARMS):
        for first, last in find_swaps(body, limbs, trunk):
            span = slice(first, last)
            for one, other in limbs:
                body[span, [one, other]] = body[span, [other, one]]
                world[span, [one, other]] = world[span, [other, one]]
    spikes = find_spikes(body[..., :2], trunk)
    body[spikes, :3], world[spikes] = np.nan, np.nan
    bodied = replace(raw, body=body, world=world)
    face, left, right = raw.face.copy(), raw.left_hand.copy(), raw.right_hand.copy()
    face[~believable_faces(bodied)] = np.nan
    left[~believable_hands(bodied, "left")] = np.nan
    right[~believable_hands(bodied, "right")] = np.nan
    return replace(bodied, face=face, left_hand=left, right_hand=right)


def trunk_length(body: Float32) -> float:
    """The usual distance in pixels from between the shoulders to between the hips (T, 33, 4)."""
    ends = [
        np.mean([body[:, left, :2], body[:, right, :2]], axis=0)
        for left, right in (
            (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER),
            (Body.LEFT_HIP, Body.RIGHT_HIP),
        )
    ]
    lengths = np.linalg.norm(ends[0] - ends[1], axis=1)
    lengths = lengths[np.isfinite(lengths)]
    return float(np.median(lengths)) if len(lengths) else 1.0


def find_swaps(
    body: Float32, limbs: Sequence[tuple[Body, Body]], trunk: float
) -> list[tuple[int, int]]:
    """The frames, first to before last, for which the left and the right limb are exchanged."""
    left, right = ([pair[side] for pair in limbs] for side in (0, 1))
    here = body[:, left + right, :2]
    there = body[:, right + left, :2]
    kept = np.linalg.norm(here[1:] - here[:-1], axis=2).mean(axis=1)
    exchanged = np.linalg.norm(there[1:] - here[:-1], axis=2).mean(axis=1)
    jumps = np.flatnonzero((kept > _SWAP_JUMP * trunk) & (exchanged < _SWAP_SHARE * kept)) + 1
    swaps: list[tuple[int, int]] = []
    for first, last in zip(jumps[:-1].tolist(), jumps[1:].tolist(), strict=True):
        ended = bool(swaps) and swaps[-1][1] > first - 1
        if last - first <= _SWAP_FRAMES and not ended:
            swaps.append((first, last))
    return swaps


def find_spikes(points: Float32, trunk: float) -> NDArray[np.bool_]:
    """(T, N): where points (T, N, 2) jump away from their way and come back at once."""
    spikes = np.zeros(points.shape[:2], bool)
    still = np.zeros((1, points.shape[1]), points.dtype)
    # From the frame before to each; what leads out of the track counts as still.
    speed = np.concatenate([still, np.linalg.norm(np.diff(points, axis=0), axis=2), still])
    for length in range(1, _SPIKE_FRAMES + 1):
        before, after = points[: -length - 1], points[length + 1 :]
        if len(before) == 0:
            break
        step = np.linalg.norm(after - before, axis=2)
        # Something on its way turns round fast, too.
        pace = np.maximum(speed[: len(step)], speed[length + 2 :])
        off = np.full(step.shape, np.inf)
        for k in range(1, length + 1):
            line = before + (after - before) * (k / (length + 1))
            inside = points[k : len(points) - length - 1 + k]
            off = np.minimum(off, np.linalg.norm(inside - line, axis=2))
        found = off > np.maximum(_SPIKE * trunk, _SPIKE_FACTOR * np.fmax(step, pace))
        for k in range(1, length + 1):
            spikes[k : len(points) - length - 1 + k] |= found
    return spikes


def believable_faces(raw: RawTrack) -> NDArray[np.bool_]:
    """(T,): whether there is a face that fits the body."""
    face, body = raw.face, raw.body
    height = np.linalg.norm(face[:, FOREHEAD, :2] - face[:, CHIN, :2], axis=1)
    off = np.linalg.norm(face[:, NOSE_TIP, :2] - body[:, Body.NOSE, :2], axis=1)
    across = face[:, LEFT_CHEEK] - face[:, RIGHT_CHEEK]
    yaw = np.degrees(np.arctan2(across[:, 2], across[:, 0]))
    shoulders = raw.world[:, Body.LEFT_SHOULDER] - raw.world[:, Body.RIGHT_SHOULDER]
    turn = np.degrees(np.arctan2(shoulders[:, 2], shoulders[:, 0]))
    seen = height[np.isfinite(height)]
    usual = float(np.median(seen)) if len(seen) else 1.0
    with np.errstate(invalid="ignore"):
        good = raw.presence[:, 1] >= _LEAST_FACE_PRESENCE
        good &= off < _NOSE_DISTANCE * height
        good &= (height < _FACE_SIZE * usual) & (height > usual / _FACE_SIZE)
        good &= (np.abs(yaw) < _MOST_YAW) & ~(np.abs(turn) > _TURNED_AWAY)
    return without_chance(good, np.ones(len(good), bool))


def believable_hands(raw: RawTrack, side: str) -> NDArray[np.bool_]:
    """(T,): whether there is a hand on that side (`left`, `right`) that fits the arm."""
    hand = raw.left_hand if side == "left" else raw.right_hand
    wrist, elbow, other = (
        (Body.LEFT_WRIST, Body.LEFT_ELBOW, Body.RIGHT_WRIST)
        if side == "left"
        else (Body.RIGHT_WRIST, Body.RIGHT_ELBOW, Body.LEFT_WRIST)
    )
    body = raw.body[..., :2]
    forearms = np.linalg.norm(body[:, wrist] - body[:, elbow], axis=1)
    # Foreshortened forearms measure nothing; the longest ones seen do.
    forearms = forearms[np.isfinite(forearms)]
    forearm = float(np.percentile(forearms, 75)) if len(forearms) else 1.0
    own = np.linalg.norm(hand[:, 0, :2] - body[:, wrist], axis=1)
    foreign = np.linalg.norm(hand[:, 0, :2] - body[:, other], axis=1)
    palm = np.linalg.norm(hand[:, MIDDLE_KNUCKLE] - hand[:, WRIST], axis=1)
    presence = raw.presence[:, 2 if side == "left" else 3]
    with np.errstate(invalid="ignore"):
        good = presence >= _LEAST_HAND_PRESENCE
        good &= own < _WRIST_DISTANCE * forearm
        good &= ~(foreign < _OTHER_WRIST * own)
        good &= (palm > _LEAST_PALM * forearm) & (palm < _MOST_PALM * forearm)
    return without_chance(good, np.isfinite(hand[:, 0, 0]))


def without_chance(good: NDArray[np.bool_], looked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is good in at least two looks in a row, or was never looked at but once.

    looked: (T,): the frames in which something was found, good or not.
    """
    looks = np.flatnonzero(looked | good)
    if len(looks) < _LEAST_LOOKS:
        return good
    kept = good.copy()
    fine = good[looks]
    # Frames further apart than this do not speak for each other.
    near = np.diff(looks) <= _NEAR_LOOKS
    before = np.concatenate([[False], fine[:-1] & near])
    after = np.concatenate([fine[1:] & near, [False]])
    kept[looks] = fine & (before | after)
    return kept
