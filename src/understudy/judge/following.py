"""Whether hands and face follow the driver's: what they do over time, compared as curves.

Faces and hands differ in shape, so not places but changes are compared, by Pearson's correlation. A
curve counts only where the driver moves: one that hardly changes is noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.face_mesh import (
    CANTHI,
    CHIN,
    FOREHEAD,
    INNER_LIPS,
    LEFT_CHEEK,
    MIDDLE_OF_LIDS,
    NOSE_TIP,
    RIGHT_CHEEK,
)
from understudy.tracking.performance import Performance

Float64 = NDArray[np.float64]

# MediaPipe's hand landmarks: the wrist, the middle finger's knuckle, and the five finger tips.
_WRIST, _KNUCKLE = 0, 9
_TIPS = [4, 8, 12, 16, 20]


@dataclass(frozen=True, slots=True)
class FollowingNumbers:
    """When a curve counts."""

    least_rows: int = 12
    """Frames in which both must be seen."""
    least_finger: float = 0.10
    """Standard deviation of a finger's reach, in lengths from wrist to knuckles."""
    least_mouth: float = 0.012
    """The same of the mouth's opening, in heights of the face."""
    least_eyes: float = 0.008
    """The same of the eyes' opening."""
    least_head: float = 0.04
    """The same of the head's turn, nod and tilt: shares of the face, and radians."""


NUMBERS = FollowingNumbers()


@dataclass(frozen=True, slots=True)
class FollowingJudgement:
    """How a part follows; None where the driver does not show or move it.

    seen: share of the frames with the driver's part in which the figure's is found. correlation:
    mean of the curves', -1 to 1; a curve of the figure that does not change counts as 0.
    """

    seen: float | None
    correlation: float | None

    @property
    def followed(self) -> float | None:
        """0 to 1: seen, times what correlation there is."""
        if self.seen is None or self.correlation is None:
            return None
        return self.seen * max(0.0, self.correlation)


def judge_hands(driver: Performance, result: Performance) -> FollowingJudgement:
    """How the fingers stretch and bend."""
    pairs = []
    rows = []
    for name in ("left_hand", "right_hand"):
        theirs, ours = getattr(driver, name), getattr(result, name)
        pairs += _curves(_reaches(theirs), _reaches(ours), [NUMBERS.least_finger] * len(_TIPS))
        rows.append((_rows(theirs), _rows(ours)))
    return _judged(pairs, rows)


def judge_face(driver: Performance, result: Performance) -> FollowingJudgement:
    """How mouth, eyes and head move."""
    least = [NUMBERS.least_mouth, *[NUMBERS.least_eyes] * 2, *[NUMBERS.least_head] * 3]
    pairs = _curves(_features(driver.face), _features(result.face), least)
    return _judged(pairs, [(_rows(driver.face), _rows(result.face))])


def _reaches(hand: NDArray[np.float32]) -> Float64:
    """(T, 5): how far each tip is from the wrist, in lengths from the wrist to the knuckles."""
    points = hand.astype(np.float64)[..., :2]
    unit = np.linalg.norm(points[:, _KNUCKLE] - points[:, _WRIST], axis=1)
    reach = np.linalg.norm(points[:, _TIPS] - points[:, [_WRIST]], axis=2) / unit[:, None]
    return np.asarray(reach, np.float64)


def _features(face: NDArray[np.float32]) -> Float64:
    """(T, 6): openings of the mouth and of each eye, the head's turn, nod and tilt."""
    points = face.astype(np.float64)[..., :2]
    height = np.linalg.norm(points[:, CHIN] - points[:, FOREHEAD], axis=1)
    upper, lower = INNER_LIPS
    openings = [np.linalg.norm(points[:, lower] - points[:, upper], axis=1) / height]
    for lids in MIDDLE_OF_LIDS:
        above, below = (points[:, list(lid)].mean(axis=1) for lid in lids)
        openings.append(np.linalg.norm(below - above, axis=1) / height)
    cheeks = points[:, LEFT_CHEEK] - points[:, RIGHT_CHEEK]
    width = np.linalg.norm(cheeks, axis=1)
    middle = (points[:, LEFT_CHEEK] + points[:, RIGHT_CHEEK]) / 2
    nose = points[:, NOSE_TIP] - middle
    turn = (nose * cheeks).sum(axis=1) / width**2
    nod = (nose[:, 1] * cheeks[:, 0] - nose[:, 0] * cheeks[:, 1]) / (width * height)
    eyes = points[:, CANTHI[0][1]] - points[:, CANTHI[1][1]]
    tilt = np.unwrap(np.nan_to_num(np.arctan2(eyes[:, 1], eyes[:, 0])))
    tilt[~np.isfinite(height)] = np.nan
    return np.stack([*openings, turn, nod, tilt], axis=1)


def _curves(theirs: Float64, ours: Float64, least: Sequence[float]) -> list[float]:
    """The correlation of each column in which the driver moves."""
    found = []
    for column, deviation in enumerate(least):
        a, b = theirs[:, column], ours[:, column]
        seen = np.isfinite(a)
        if seen.sum() < NUMBERS.least_rows or a[seen].std() < deviation:
            continue
        both = seen & np.isfinite(b)
        if both.sum() < NUMBERS.least_rows or b[both].std() < 1e-6 or a[both].std() < 1e-6:
            found.append(0.0)
        else:
            found.append(float(np.corrcoef(a[both], b[both])[0, 1]))
    return found


def _rows(part: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(part[:, 0, 0]))


def _judged(
    correlations: Sequence[float], rows: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]]
) -> FollowingJudgement:
    theirs = sum(int(seen.sum()) for seen, _ in rows)
    both = sum(int((seen & found).sum()) for seen, found in rows)
    return FollowingJudgement(
        seen=round(both / theirs, 4) if theirs >= NUMBERS.least_rows else None,
        correlation=round(float(np.mean(correlations)), 4) if correlations else None,
    )
