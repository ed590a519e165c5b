"""The runs of a clip that a performance can be taken from, and why the rest cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.tracking.scene.camera_motion import CameraMotion, MovingSpan, steadiest_span
from understudy.tracking.scene.people import PersonTrack
from understudy.tracking.scene.shots import Cut


@dataclass(frozen=True, slots=True)
class RunNumbers:
    """Which gaps a run may have, and which parts of a clip are worth a reason. Seconds."""

    bridged: float = 0.5
    """The driver may be out of sight for this long within a run."""
    occluded: float = 0.8
    """The same behind somebody who passes by: both sides show where the driver is."""
    detection_step: float = 0.36
    """Between two searches for people, at most."""
    min_rest: float = 0.15
    """A shorter rest between two reasons is added to the one before."""
    touching: float = 0.01
    """Parts that lie this close together, with one reason, are one part."""


NUMBERS = RunNumbers()

CUT_REASONS = {"cut": "a cut", "dissolve": "a dissolve"}
MOVEMENT_REASONS = {"pan": "the camera pans", "zoom": "the camera zooms"}
ABSENCE_REASON = "the driver is not visible"
DRIFT_REASON = "the camera has moved too far"


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a clip, seconds from `start` to before `end`, that lies in the n-th shot."""

    start: float
    end: float
    shot: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clip cannot be used from start to end, in words that stand alone."""

    start: float
    end: float
    words: str


def split_shots(cuts: Sequence[Cut], duration: float, frame_seconds: float) -> list[Run]:
    """The shots between the cuts of a clip.

    A cut begins with a shot's last frame, so that a shot ends half a frame after that.
    """
    starts = [0.0, *(cut.end for cut in cuts)]
    ends = [*(cut.start + frame_seconds / 2 for cut in cuts), duration]
    return [
        Run(start, end, n)
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
        if end > start
    ]


def without_movements(shot: Run, movements: Iterable[MovingSpan]) -> list[Run]:
    """The parts of a shot in which the camera does not move too much."""
    parts = []
    start = shot.start
    for movement in movements:
        if movement.end <= shot.start or movement.start >= shot.end:
            continue
        parts.append(Run(start, max(start, movement.start), shot.shot))
        start = max(start, movement.end)
    parts.append(Run(start, shot.end, shot.shot))
    return [part for part in parts if part.end > part.start]


def with_driver(
    part: Run,
    driver: PersonTrack,
    detection_times: NDArray[np.float64],
    others: Sequence[PersonTrack] = (),
) -> list[Run]:
    """The runs of a part in which the driver is in sight, but for short gaps.

    detection_times: (M,) seconds at which people were looked for. others: who may hide the driver.
    """
    times = detection_times[(detection_times >= part.start) & (detection_times < part.end)]
    seen = driver.times[(driver.times >= part.start) & (driver.times < part.end)]
    if len(seen) == 0:
        return []
    gaps = np.diff(seen) > NUMBERS.bridged + NUMBERS.detection_step
    for k in np.flatnonzero(gaps):
        middle = float(seen[k] + seen[k + 1]) / 2
        occluded = any(other.occludes(driver, middle) for other in others)
        gaps[k] = not occluded or seen[k + 1] - seen[k] > NUMBERS.occluded + NUMBERS.detection_step
    edges = np.flatnonzero(gaps)
    firsts = seen[np.concatenate([[0], edges + 1])]
    lasts = seen[np.concatenate([edges, [len(seen) - 1]])]
    return [
        Run(
            part.start if first <= times[0] else float(first),
            part.end if last >= times[-1] else float(last),
            part.shot,
        )
        for first, last in zip(firsts, lasts, strict=True)
    ]


def steadiest(run: Run, camera: CameraMotion) -> Run:
    """The longest part of a run in which the camera does not go too far in all."""
    start, end = steadiest_span(camera, run.start, run.end)
    return Run(start, end, run.shot)


def reasons_against(
    cuts: Iterable[Cut],
    movements: Iterable[MovingSpan],
    absences: Iterable[tuple[float, float]],
    duration: float,
) -> list[Reason]:
    """Everything that keeps parts of a clip from being used, in order."""
    reasons = [Reason(cut.start, cut.end, CUT_REASONS[cut.kind]) for cut in cuts]
    reasons += [Reason(m.start, m.end, MOVEMENT_REASONS[m.kind]) for m in movements]
    reasons += [Reason(start, min(end, duration), ABSENCE_REASON) for start, end in absences]
    return sorted(reasons, key=lambda reason: (reason.start, reason.end))


def explain(
    used: Run, runs: Sequence[Run], reasons: Sequence[Reason], duration: float
) -> list[Reason]:
    """Why each part of a clip outside the run used is dropped, in order."""
    dropped: list[Reason] = []
    for start, end in ((0.0, used.start), (used.end, duration)):
        at = start
        for reason in reasons:
            first, last = max(reason.start, at), min(reason.end, end)
            if last <= first:
                continue
            if first - at >= NUMBERS.min_rest:
                dropped.append(Reason(at, first, _rest_words(at, first, used, runs)))
            else:
                first = at
            dropped.append(Reason(first, last, reason.words))
            at = last
        if end - at >= NUMBERS.min_rest:
            dropped.append(Reason(at, end, _rest_words(at, end, used, runs)))
    return _merged(dropped)


def _rest_words(start: float, end: float, used: Run, runs: Sequence[Run]) -> str:
    middle = (start + end) / 2
    if any(run.start <= middle < run.end for run in runs):
        return "usable, but shorter than the part used"
    near = abs(start - used.end) < NUMBERS.min_rest or abs(end - used.start) < NUMBERS.min_rest
    return DRIFT_REASON if near else "too short on its own"


def _merged(reasons: Sequence[Reason]) -> list[Reason]:
    merged: list[Reason] = []
    for reason in reasons:
        if len(merged) > 1 and merged[-2].words == reason.words == ABSENCE_REASON:
            # A change of shot in which the driver is missing before and after tells nothing.
            merged[-2:] = [Reason(merged[-2].start, reason.end, ABSENCE_REASON)]
        elif (
            merged
            and merged[-1].words == reason.words
            and reason.start - merged[-1].end < NUMBERS.touching
        ):
            merged[-1] = Reason(merged[-1].start, reason.end, reason.words)
        else:
            merged.append(reason)
    return merged
