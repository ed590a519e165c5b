"""Scene analysis of a clip: shots, camera, people, the driver, and the run that a take uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.errors import ClipUnusable
from understudy.geometry.framing import Framing
from understudy.geometry.landmarks import Body, Float32
from understudy.media.clip import Clip
from understudy.media.limits import NO_BODY_IN_CLIP_MESSAGE
from understudy.processes.sharing import Board
from understudy.tracking.scene import camera_motion, people, runs, shots
from understudy.tracking.scene.camera_motion import CameraMotion, MovingSpan
from understudy.tracking.scene.driver_choice import DriverChoice, choose_person
from understudy.tracking.scene.people import Detections, PersonTrack
from understudy.tracking.scene.runs import Reason, Run
from understudy.tracking.scene.samples import Samples, sample_clip
from understudy.tracking.scene.shots import Cut
from understudy.tracking.trackers import TrackerPool

VERSION = "scene/5"

MIN_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class JudgementNumbers:
    """When a driver counts as shown, large enough and inside the picture."""

    min_visibility: float = 0.5
    """Of a landmark that counts as visible."""
    min_shown_share: float = 0.5
    """Share of the poses in which a part must be visible for it to count as shown."""
    half_out_share: float = 0.25
    """Share of the poses with the trunk outside the picture that makes a driver half out of it."""
    small_driver: float = 0.3
    """Share of the picture's height below which hands and face are too small to follow."""
    body_share: float = 0.8
    """Height of a body, in sides of its region."""
    tolerance_seconds: float = 0.1
    """By which a usable run may be shorter than the least."""
    max_reasons: int = 4
    """Reasons that a refusal lists."""
    driver_distance: float = 0.3
    """From the driver's region to the hips of a pose that is the driver's, in sides."""
    moment_seconds: float = 0.3
    """A reason that lasts for less is given with one time instead of two."""


NUMBERS = JudgementNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class SceneAnalysis:
    """What a clip shows, and what of it can be used.

    Times are seconds from the clip's first frame, places pixels of the upright clip.

    run: the one that a take is made of: the longest. runs: all that could be, longest first.
    dropped: what is not used, in order, with the reason.
    cuts, movements: changes of shot and too much movement of the camera, in the whole clip.
    camera: how the picture moves. driver: the driver's way through the run's shot. others: the ways
    of the other people there. people: how many there are at once in that shot.
    framing: how much of the driver is in the picture. warnings: sentences for plan and report.
    """

    run: Run
    runs: tuple[Run, ...]
    dropped: tuple[Reason, ...]
    cuts: tuple[Cut, ...]
    movements: tuple[MovingSpan, ...]
    camera: CameraMotion
    driver: PersonTrack
    others: tuple[PersonTrack, ...]
    people: int
    framing: Framing
    warnings: tuple[str, ...]

    def everyone(self, size: tuple[int, int]) -> tuple[PersonTrack, ...]:
        """The people of the run's shot in a clip of that (width, height), in the order of their
        numbers; the driver is one of them."""
        return tuple(people.rank_people([self.driver, *self.others], size))

    @property
    def start(self) -> float:
        """Where the run begins, in seconds."""
        return self.run.start

    @property
    def end(self) -> float:
        """Where the run ends, in seconds."""
        return self.run.end


def analyze_scene(  # noqa: PLR0913 - independent keyword options
    clip: Clip,
    *,
    pool: TrackerPool | None = None,
    cancelled: Callable[[], bool] | None = None,
    camera_may_move: bool = False,
    choice: DriverChoice | None = None,
    one_shot: bool = False,
    board: Board | None = None,
) -> SceneAnalysis:
    """Analyze the scene of a clip.

    pool: tracker processes that already run; without it they are started for this call.
    camera_may_move: for engines that take the raw clip, and where the camera is carried over; a
    moving camera then ends no run.
    choice: who of the people in the shot that is used without it is the driver; by default the one
    who covers most of the picture. one_shot: the clip is known to have no cut, as a video that was
    made: none is looked for. board: shares the sampling of a long clip with other workers.

    Raises ClipUnusable where no run of three seconds is left, naming where and why; InputRefused
    where the choice fits nobody; TakeCancelled
    once `cancelled` says so; ChildFailed where a tracker's process fails.
    """
    if pool is None:
        with TrackerPool() as own:
            return analyze_scene(
                clip,
                pool=own,
                cancelled=cancelled,
                camera_may_move=camera_may_move,
                choice=choice,
                one_shot=one_shot,
                board=board,
            )
    samples = sample_clip(clip, pool, cancelled=cancelled, board=board)
    cuts = [] if one_shot else _cuts(samples)
    return _analyze(clip, samples, cuts, choice, camera_may_move=camera_may_move)


@dataclass(frozen=True, slots=True, eq=False)
class _Shots:
    """The shots of a clip, with what matters for their runs.

    tracks: by number of the shot, of the people in it.
    """

    shots: tuple[Run, ...]
    tracks: Mapping[int, list[PersonTrack]]
    detections: Detections
    camera: CameraMotion
    movements: tuple[MovingSpan, ...]
    camera_may_move: bool

    def usable(
        self, drivers: Mapping[int, PersonTrack]
    ) -> tuple[list[Run], list[tuple[float, float]]]:
        """The runs of the drivers, by number of the shot, longest first; and where none is."""
        usable: list[Run] = []
        absences: list[tuple[float, float]] = []
        for shot in self.shots:
            driver = drivers.get(shot.shot)
            if driver is None:
                absences.append((shot.start, shot.end))
                continue
            times = self.detections.within(shot.start, shot.end).detection_times
            others = [track for track in self.tracks[shot.shot] if track is not driver]
            absences += _between(shot, runs.with_driver(shot, driver, times, others))
            for part in runs.without_movements(shot, self.movements):
                found = runs.with_driver(part, driver, times, others)
                if not self.camera_may_move:
                    found = [runs.steadiest(run, self.camera) for run in found]
                usable += found
        usable.sort(key=lambda run: (-round(run.seconds, 3), run.start))
        return usable, absences


def _split(  # noqa: PLR0913 - what was found in the clip so far
    clip: Clip,
    samples: Samples,
    cuts: Sequence[Cut],
    camera: CameraMotion,
    movements: Sequence[MovingSpan],
    *,
    camera_may_move: bool,
) -> _Shots:
    found = runs.split_shots(cuts, clip.duration, float(1 / clip.fps))
    detections = samples.detections
    tracks = {
        shot.shot: people.link_detections(detections.within(shot.start, shot.end)) for shot in found
    }
    return _Shots(tuple(found), tracks, detections, camera, tuple(movements), camera_may_move)


def _cuts(samples: Samples) -> list[Cut]:
    found = shots.find_cuts(samples.times, samples.thumbnails)
    return shots.bridge_flashes(found, samples.times, samples.thumbnails, runs.NUMBERS.bridged)


def _analyze(
    clip: Clip,
    samples: Samples,
    cuts: Sequence[Cut],
    choice: DriverChoice | None,
    *,
    camera_may_move: bool,
) -> SceneAnalysis:
    times, thumbnails, detections = samples.times, samples.thumbnails, samples.detections
    if len(detections.people) == 0:
        raise _unusable("nobody is visible in the video", contract=NO_BODY_IN_CLIP_MESSAGE)
    boxes = detections.people[:, :4].copy()
    boxes[:, 1:] *= thumbnails.shape[2] / clip.width
    camera = camera_motion.measure_camera(times, thumbnails, boxes, cuts)
    movements = [] if camera_may_move else camera_motion.find_movements(camera)

    split = _split(clip, samples, cuts, camera, movements, camera_may_move=camera_may_move)
    drivers = {
        number: driver
        for number, tracks in split.tracks.items()
        if (driver := people.choose_driver(tracks, clip.size)) is not None
    }
    usable, absences = split.usable(drivers)
    if choice is not None and usable:
        # Nobody knows whether another shot shows the same person.
        shot = usable[0].shot
        there = people.rank_people(split.tracks[shot], clip.size)
        drivers = {shot: choose_person(choice, there, clip.size)}
        usable, absences = split.usable(drivers)
    reasons = runs.reasons_against(cuts, movements, absences, clip.duration)
    long_enough = [run for run in usable if run.seconds >= MIN_SECONDS - NUMBERS.tolerance_seconds]
    if not long_enough:
        raise _too_short(usable, reasons)
    run = long_enough[0]
    driver = drivers[run.shot]
    lasting = [
        track
        for track in split.tracks[run.shot]
        if track is not driver and people.count_people([track])
    ]
    inside = (samples.pose_times >= run.start) & (samples.pose_times < run.end)
    poses = _of_driver(samples.pose_times[inside], samples.poses[inside], driver)
    scene = SceneAnalysis(
        run=run,
        runs=tuple(long_enough),
        dropped=tuple(runs.explain(run, long_enough, reasons, clip.duration)),
        cuts=tuple(cuts),
        movements=tuple(movements),
        camera=camera,
        driver=driver,
        others=tuple(lasting),
        people=max(1, people.count_people([driver, *lasting])),
        framing=frame_driver(poses, clip.size),
        warnings=(),
    )
    warnings = _warnings(scene, poses, clip, choice, camera_may_move=camera_may_move)
    return replace(scene, warnings=tuple(warnings))


def frame_driver(poses: Float32, size: tuple[int, int]) -> Framing:
    """How much of a person is in the picture.

    poses: (N, 33, 4) landmarks of some frames in pixels, of a clip of that (width, height); without
    any, the whole body is taken to be there.
    """

    def shown(*pair: Body) -> bool:
        return (
            bool(len(poses))
            and float(_in_view(poses, size)[:, pair].any(axis=1).mean()) > NUMBERS.min_shown_share
        )

    if not len(poses) or shown(Body.LEFT_ANKLE, Body.RIGHT_ANKLE):
        return "whole_body"
    if shown(Body.LEFT_KNEE, Body.RIGHT_KNEE):
        return "knees"
    return "upper_body" if shown(Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER) else "head"


def _in_view(poses: Float32, size: tuple[int, int]) -> NDArray[np.bool_]:
    """(N, 33): which landmarks lie in the picture and are visible."""
    inside = (poses[..., :2] >= 0).all(axis=-1) & (poses[..., :2] < np.array(size)).all(axis=-1)
    return np.asarray(inside & (poses[..., 3] > NUMBERS.min_visibility))


def _of_driver(times: NDArray[np.float64], poses: Float32, driver: PersonTrack) -> Float32:
    """Those of the poses (N, 33, 4) whose hips are where the driver is."""
    keep = []
    for time, pose in zip(times, poses, strict=True):
        nearest = int(np.abs(driver.times - time).argmin())
        x, y, side, _ = driver.regions[nearest]
        hips = pose[[Body.LEFT_HIP, Body.RIGHT_HIP], :2].mean(axis=0)
        keep.append(float(np.hypot(*(hips - (x, y)))) < NUMBERS.driver_distance * side)
    return poses[np.array(keep, bool)] if keep else poses


def _between(shot: Run, seen: Sequence[Run]) -> list[tuple[float, float]]:
    """The parts of a shot outside those in which the driver is seen."""
    edges = [shot.start, *(edge for run in seen for edge in (run.start, run.end)), shot.end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1e-6]


def _warnings(
    scene: SceneAnalysis,
    poses: Float32,
    clip: Clip,
    choice: DriverChoice | None,
    *,
    camera_may_move: bool,
) -> list[str]:
    warnings = []
    if scene.people > 1 and choice is None:
        warnings.append(
            f"The clip shows {scene.people} people at once; the one who takes up most of the "
            "frame is used."
        )
    moves = not scene.camera.is_steady(scene.start, scene.end)
    if moves and not scene.movements and not camera_may_move:
        warnings.append("The camera moves slightly.")
    if len(poses):
        view = _in_view(poses, clip.size)
        trunk = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER, Body.LEFT_HIP, Body.RIGHT_HIP]
        sideways = (poses[:, trunk, 0] < 0) | (poses[:, trunk, 0] >= clip.width)
        if float((sideways.sum(axis=1) >= 2).mean()) > NUMBERS.half_out_share:
            warnings.append("The driver is partly outside the frame.")
        if not view[:, Body.NOSE].any():
            warnings.append("The driver's face is never visible.")
    path = scene.driver.within(scene.start, scene.end)
    if (
        float(np.median(path.regions[:, 2])) * NUMBERS.body_share
        < NUMBERS.small_driver * clip.height
    ):
        warnings.append("The driver is small in the frame, so face and hands will hardly move.")
    return warnings


def _too_short(usable: Sequence[Run], reasons: Sequence[Reason]) -> ClipUnusable:
    longest = usable[0].seconds if usable else 0.0
    why = "; ".join(
        f"{reason.words} at {reason.start:.1f} s"
        if reason.end - reason.start < NUMBERS.moment_seconds
        else f"{reason.words} from {reason.start:.1f} to {reason.end:.1f} s"
        for reason in reasons[: NUMBERS.max_reasons]
    )
    # Cuts and camera motion have no sentence in the contract.
    absent = {reason.words for reason in reasons} == {runs.ABSENCE_REASON}
    moves = {reason.words for reason in reasons} & set(runs.MOVEMENT_REASONS.values())
    return _unusable(
        f"the longest usable part lasts {longest:.1f} s" + (f" ({why})" if why else ""),
        camera=", or have its camera followed" if moves else "",
        contract=NO_BODY_IN_CLIP_MESSAGE if absent else "",
    )


def _unusable(found: str, *, contract: str, camera: str = "") -> ClipUnusable:
    return ClipUnusable(
        "video_url",
        found=found,
        allowed=f"use a clip that shows one person for at least {MIN_SECONDS:.0f} s without a cut "
        f"and with a fixed camera{camera}",
        contract=contract,
    )
