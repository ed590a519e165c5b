"""Judging: a finished video of any engine, measured by the picture and the clip it is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache, user_cache
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.errors import ClipUnusable
from understudy.judge.background import figure_reach
from understudy.judge.following import judge_face, judge_hands
from understudy.judge.frames import NUMBERS as FRAMES
from understudy.judge.frames import FrameCurves, PictureReference, look_at_frames
from understudy.judge.judgement import (
    FrameJudgement,
    LikenessJudgement,
    TimeJudgement,
    VideoJudgement,
    score,
)
from understudy.judge.likeness import face_distances, face_likeness
from understudy.judge.pose import HIPS, JOINTS, SHOULDERS, PoseCurves, judge_pose
from understudy.judge.pose_metrics import torso_length
from understudy.judge.sound import judge_sound
from understudy.media.clip import Clip, count_frames, open_clip, read_frames
from understudy.media.limits import (
    OUTPUT_SHORT_SIDE,
    OWN_CLIP_LIMITS,
    PICTURE_MAX_BYTES_TASKS_DESIGN,
    output_fps,
    output_size,
)
from understudy.media.output.marks import read_marks
from understudy.media.picture import open_picture
from understudy.tracking.cached import track_clip
from understudy.tracking.fidelity import pose_fidelity
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.trackers import TrackerPool

Rgb = NDArray[np.uint8]

RESULT_FIELD = "result"


@dataclass(frozen=True, slots=True)
class JudgeNumbers:
    """How a video is laid beside its clip."""

    delay_seconds: float = 0.5
    """By which the motion may come early or late, and still be looked for."""
    delay_gain: float = 0.4
    """By which the mean angle must be below the usual one, as a share, for a delay to be believed:
    what does not follow fits nowhere."""
    aspect: float = 0.02
    """By which the aspects of picture and video may differ for places to be compared."""
    repeated: float = 1.5
    """Mean change of the place that changes most, of 255, below which a frame is the same as the
    one before: more than coding changes a still one."""


NUMBERS = JudgeNumbers()


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A judgement with what it was made from, for showing it.

    times: (T,) seconds of the video. pose: joints in the video's pixels. frames: curves. result,
    clip: the two files; start: the second of the clip at the video's beginning.
    """

    judgement: VideoJudgement
    times: NDArray[np.float64]
    pose: PoseCurves
    frames: FrameCurves
    result: Clip
    clip: Clip
    start: float


def judge_video(
    result: Path,
    picture: Path | bytes,
    clip: Path,
    *,
    on_progress: Callable[[str], None] | None = None,
) -> Judged:
    """Judge a video.

    result: an MP4 or MOV of the figure in `picture` doing what the driver of `clip` does.
    on_progress: told what is done next, in words.

    Raises InputRefused for a file that cannot be used. A figure that is not found in the result is
    a finding, not an error.
    """
    tell = on_progress or (lambda words: None)
    tell("opening")
    video = open_clip(result, field=RESULT_FIELD, bounds=OWN_CLIP_LIMITS)
    source = open_clip(clip, bounds=OWN_CLIP_LIMITS)
    cache = user_cache()
    tell("looking at the picture")
    character = _cast_picture(picture, cache)
    with TrackerPool() as pool:
        tell("following the driver")
        scene = analyze_scene(source, pool=pool, camera_may_move=True)
        fps = output_fps(source.fps)
        whole = track_clip(
            source, cache=cache, scene=scene, start=0.0, end=source.duration, fps=fps, pool=pool
        )
        tell("following the figure")
        figure = _follow(video, fps, cache, pool)
    tell("comparing")
    start, driver = _laid_beside(whole, figure, (scene.start, 0.0))
    figure = _rows(figure, 0, len(driver))
    pose, curves = judge_pose(driver, figure)
    looked = _look(video, fps, character, figure, curves)
    hands, face = judge_hands(driver, figure), judge_face(driver, figure)
    likeness = LikenessJudgement(_mean(looked.colours), _face(character, figure))
    frames = FrameJudgement(
        _mean(looked.background), _mean(looked.residue), _mean(looked.flicker), _mean(looked.seams)
    )
    expected = min(scene.end, source.duration) - start
    marks = read_marks(result)
    judgement = VideoJudgement(
        score=score(pose, hands, face, likeness, frames),
        pose=pose,
        hands=hands,
        face=face,
        likeness=likeness,
        frames=frames,
        sound=judge_sound(result, clip, start),
        time=_judge_time(video, source, start, expected, _delay(whole, figure, start)),
        ai_generated=marks.sentence,
        marks=marks,
    )
    times = driver.times - driver.times[0]
    return Judged(judgement, times, curves, looked, video, source, start)


def _cast_picture(picture: Path | bytes, cache: Cache) -> Character:
    opened = open_picture(
        picture,
        short_side=OUTPUT_SHORT_SIDE["std"],
        max_bytes=PICTURE_MAX_BYTES_TASKS_DESIGN,
    )
    return cast(opened, output_size(*opened.source_size, "std"), cache=cache)


def _judge_time(
    video: Clip, source: Clip, start: float, expected: float, delay: float | None
) -> TimeJudgement:
    """start, expected: where the video's motion begins in the clip and how long it could be, s."""
    return TimeJudgement(
        duration=round(video.duration, 3),
        expected=round(expected, 3),
        fps=round(float(video.fps), 3),
        clip_fps=round(float(source.fps), 3),
        start=round(start, 3),
        delay=delay,
        repeated=_repeated(video),
    )


def _follow(video: Clip, fps: Fraction, cache: Cache, pool: TrackerPool) -> Performance:
    """The figure's performance in a video, a row for each frame at `fps`; NaN throughout where it
    is found nowhere."""
    try:
        scene = analyze_scene(video, pool=pool, camera_may_move=True, one_shot=True)
        return track_clip(
            video, cache=cache, scene=scene, start=0.0, end=video.duration, fps=fps, pool=pool
        )
    except ClipUnusable:
        rows = max(1, count_frames(video, fps=fps))
        nothing = {
            name: np.full((rows, *shape), np.nan, np.float32)
            for name, shape in (
                ("body", (33, 4)),
                ("world", (33, 3)),
                ("left_hand", (21, 3)),
                ("right_hand", (21, 3)),
                ("face", (468, 3)),
            )
        }
        return Performance(times=np.arange(rows) / float(fps), size=video.size, **nothing)


def _laid_beside(
    whole: Performance, figure: Performance, starts: tuple[float, ...]
) -> tuple[float, Performance]:
    """The second of the clip at which the video begins, of those that it may be, and the driver's
    rows from there on, as many as the figure has or the clip holds."""
    best: tuple[float, float, Performance] | None = None
    for start in dict.fromkeys(starts):
        first = int(np.searchsorted(whole.times, start - 1e-6))
        driver = _rows(whole, first, first + len(figure))
        angle = pose_fidelity(driver, figure).angle
        rated = np.inf if angle is None else angle
        if best is None or rated < best[0]:
            best = rated, start, driver
    assert best is not None
    return best[1], best[2]


def _rows(performance: Performance, first: int, last: int) -> Performance:
    """The rows of a performance from `first` to before `last` as one of its own."""
    part = slice(first, last)
    return replace(
        performance,
        times=performance.times[part],
        body=performance.body[part],
        world=performance.world[part],
        left_hand=performance.left_hand[part],
        right_hand=performance.right_hand[part],
        face=performance.face[part],
    )


def _delay(whole: Performance, figure: Performance, start: float) -> float | None:
    """Seconds by which the figure comes late, None where no delay fits much better than others."""
    step = float(np.median(np.diff(whole.times)))
    begin = int(np.searchsorted(whole.times, start - 1e-6))
    most = round(NUMBERS.delay_seconds / step)
    angles: dict[int, float] = {}
    for shift in range(-most, most + 1):
        # A figure that comes late shows now what the driver did before.
        first = max(0, begin - shift)
        skipped = first - (begin - shift)
        rows = _rows(figure, skipped, len(figure))
        angle = pose_fidelity(_rows(whole, first, first + len(rows)), rows).angle
        if angle is not None:
            angles[shift] = angle
    if not angles:
        return None
    best = min(angles, key=lambda shift: (angles[shift], abs(shift)))
    typical = float(np.median(list(angles.values())))
    if angles[best] > (1 - NUMBERS.delay_gain) * typical:
        return None
    return round(best * step, 3)


def _look(
    video: Clip, fps: Fraction, character: Character, figure: Performance, curves: PoseCurves
) -> FrameCurves:
    scale = FRAMES.short_side / min(video.size)
    size = round(video.width * scale), round(video.height * scale)
    body = np.where(figure.body[..., 3:] > 0.5, figure.body[..., :2], np.nan).astype(np.float64)
    reference = _reference(character, size)
    torso = torso_length(body[:, SHOULDERS], body[:, HIPS]) * scale if _any(body) else float("nan")
    if not np.isfinite(torso):
        torso = reference.torso
    shown = (frame.rgb for frame in read_frames(video, size=size, fps=fps))
    return look_at_frames(shown, curves.found * scale, body * scale, torso, reference)


def _any(body: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(body[:, [*SHOULDERS, *HIPS]]).all(axis=(1, 2)).any())


def _reference(character: Character, size: tuple[int, int]) -> PictureReference:
    """The picture at the size of the frames; its own aspect where theirs is another."""
    width, height = character.size
    aligned = abs(width / height / (size[0] / size[1]) - 1) < NUMBERS.aspect
    target = size if aligned else (round(width * size[1] / height), size[1])
    scales = np.array(target) / np.array(character.size)
    body = character.landmarks.body[:, :2].astype(np.float64) * scales
    alpha = np.asarray(
        cv2.resize(character.alpha, target, interpolation=cv2.INTER_AREA), np.float32
    )

    def smaller(rgb: Rgb) -> Rgb:
        return np.asarray(cv2.resize(rgb, target, interpolation=cv2.INTER_AREA), np.uint8)

    return PictureReference(
        rgb=smaller(character.picture),
        alpha=alpha,
        background=smaller(character.background),
        body=body,
        reach=figure_reach(alpha, body[JOINTS]),
        torso=torso_length(body[None, SHOULDERS], body[None, HIPS]),
        aligned=aligned,
    )


def _face(character: Character, figure: Performance) -> float | None:
    known = character.landmarks.face
    if known is None:
        return None
    distance = face_likeness(face_distances(known, figure.face))
    return None if distance is None else round(distance, 4)


def _repeated(video: Clip) -> float:
    """The share of a video's frames that are the same as the one before."""
    changes = [_change(a, b) for a, b in _pairs(video)]
    return round(float(np.mean(np.array(changes) < NUMBERS.repeated)), 4) if changes else 0.0


def _pairs(video: Clip) -> Iterator[tuple[Rgb, Rgb]]:
    scale = FRAMES.short_side / min(video.size)
    size = round(video.width * scale), round(video.height * scale)
    before: Rgb | None = None
    for frame in read_frames(video, size=size):
        if before is not None:
            yield before, frame.rgb
        before = frame.rgb


def _change(a: Rgb, b: Rgb) -> float:
    # The greatest of many small places: a figure may be small, and only its mouth move.
    difference = cv2.absdiff(a, b).astype(np.float32)
    return float(cv2.resize(difference, (32, 32), interpolation=cv2.INTER_AREA).max())


def _mean(values: list[float]) -> float | None:
    known = np.array(values)[np.isfinite(values)] if values else np.zeros(0)
    return round(float(known.mean()), 4) if len(known) else None
