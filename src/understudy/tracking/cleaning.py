"""Removing implausible landmarks from a raw track.

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


@dataclass(frozen=True, slots=True)
class PlausibilityNumbers:
    """What a track may contain; anything else is an error of the tracker."""

    min_body_presence: float = 0.5
    """Tracker's confidence in 0..1."""
    min_face_presence: float = 0.6
    """The same for the face."""
    min_hand_presence: float = 0.5
    """The same for a hand."""
    max_nose_distance: float = 0.35
    """From the mesh's nose to the body's, in face heights."""
    max_face_size_ratio: float = 1.6
    """Between a face's height and its median."""
    max_face_yaw: float = 70.0
    """Degrees."""
    max_shoulder_yaw: float = 100.0
    """Degrees; a body turned further shows no face."""
    max_wrist_distance: float = 0.6
    """From a hand's wrist to its arm's, in forearms."""
    other_wrist_ratio: float = 0.5
    """Nearer to the other wrist by this factor, a hand is the other one."""
    min_palm: float = 0.06
    """Length of a palm, in forearms."""
    max_palm: float = 1.4
    """Length of a palm, in forearms."""
    forearm_percentile: float = 75
    """Of the forearm's lengths: foreshortened ones measure nothing."""
    max_swap_frames: int = 6
    """For how long left and right limbs may be exchanged."""
    min_swap_jump: float = 0.25
    """How far joints jump at either end of that, in trunks."""
    max_swap_share: float = 0.4
    """What is left of that jump once the sides are exchanged."""
    spike_factor: float = 2.5
    """A spike's distance from the line, relative to the motion around it."""
    max_spike_frames: int = 2
    """How long a spike lasts at most."""
    min_spike: float = 0.18
    """A spike's distance from the line between the frames around it, in trunks."""
    min_observations: int = 2
    """Parts that are good in fewer observations in a row are taken for chance."""
    max_observation_gap: int = 8
    """Observations further apart than this many frames do not confirm each other."""


NUMBERS = PlausibilityNumbers()

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
    def magnified(
        cls, times: NDArray[np.float64], arrays: Mapping[str, Float32], scale: float
    ) -> Self:
        """From a tracker's arrays by name, which it keeps: places are magnified in them."""
        for places in (
            arrays["body"][..., :3],
            arrays["left_hand"],
            arrays["right_hand"],
            arrays["face"],
        ):
            np.multiply(places, np.float32(scale), out=places)
        return cls(times=times, **arrays)


def clean(raw: RawTrack) -> RawTrack:
    """The track without implausible landmarks."""
    body, world = raw.body.copy(), raw.world.copy()
    unsure = raw.presence[:, 0] < NUMBERS.min_body_presence
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
    face[~plausible_faces(bodied)] = np.nan
    left[~plausible_hands(bodied, "left")] = np.nan
    right[~plausible_hands(bodied, "right")] = np.nan
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
    jumps = (
        np.flatnonzero(
            (kept > NUMBERS.min_swap_jump * trunk) & (exchanged < NUMBERS.max_swap_share * kept)
        )
        + 1
    )
    swaps: list[tuple[int, int]] = []
    for first, last in zip(jumps[:-1].tolist(), jumps[1:].tolist(), strict=True):
        ended = bool(swaps) and swaps[-1][1] > first - 1
        if last - first <= NUMBERS.max_swap_frames and not ended:
            swaps.append((first, last))
    return swaps


def find_spikes(points: Float32, trunk: float) -> NDArray[np.bool_]:
    """(T, N): where points (T, N, 2) jump away from their way and come back at once."""
    spikes = np.zeros(points.shape[:2], bool)
    still = np.zeros((1, points.shape[1]), points.dtype)
    # From the frame before to each; what leads out of the track counts as still.
    speed = np.concatenate([still, np.linalg.norm(np.diff(points, axis=0), axis=2), still])
    for length in range(1, NUMBERS.max_spike_frames + 1):
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
        found = off > np.maximum(
            NUMBERS.min_spike * trunk, NUMBERS.spike_factor * np.fmax(step, pace)
        )
        for k in range(1, length + 1):
            spikes[k : len(points) - length - 1 + k] |= found
    return spikes


def plausible_faces(raw: RawTrack) -> NDArray[np.bool_]:
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
        good = raw.presence[:, 1] >= NUMBERS.min_face_presence
        good &= off < NUMBERS.max_nose_distance * height
        good &= (height < NUMBERS.max_face_size_ratio * usual) & (
            height > usual / NUMBERS.max_face_size_ratio
        )
        good &= (np.abs(yaw) < NUMBERS.max_face_yaw) & ~(np.abs(turn) > NUMBERS.max_shoulder_yaw)
    return confirmed(good, np.ones(len(good), bool))


def plausible_hands(raw: RawTrack, side: str) -> NDArray[np.bool_]:
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
    forearm = float(np.percentile(forearms, NUMBERS.forearm_percentile)) if len(forearms) else 1.0
    own = np.linalg.norm(hand[:, 0, :2] - body[:, wrist], axis=1)
    foreign = np.linalg.norm(hand[:, 0, :2] - body[:, other], axis=1)
    palm = np.linalg.norm(hand[:, MIDDLE_KNUCKLE] - hand[:, WRIST], axis=1)
    presence = raw.presence[:, 2 if side == "left" else 3]
    with np.errstate(invalid="ignore"):
        good = presence >= NUMBERS.min_hand_presence
        good &= own < NUMBERS.max_wrist_distance * forearm
        good &= ~(foreign < NUMBERS.other_wrist_ratio * own)
        good &= (palm > NUMBERS.min_palm * forearm) & (palm < NUMBERS.max_palm * forearm)
    return confirmed(good, np.isfinite(hand[:, 0, 0]))


def confirmed(good: NDArray[np.bool_], observed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is good in at least two observations in a row, or was observed only once.

    observed: (T,): the frames in which something was found, good or not.
    """
    observations = np.flatnonzero(observed | good)
    if len(observations) < NUMBERS.min_observations:
        return good
    kept = good.copy()
    fine = good[observations]
    # Frames further apart than this do not speak for each other.
    near = np.diff(observations) <= NUMBERS.max_observation_gap
    before = np.concatenate([[False], fine[:-1] & near])
    after = np.concatenate([fine[1:] & near, [False]])
    kept[observations] = fine & (before | after)
    return kept
