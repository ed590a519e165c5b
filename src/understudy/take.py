"""The way of a take: open, inspect, track and cast, retarget and render, finish.

Each stage is a function from values to a value, and none reaches back. This module runs the stages
that the engine needs, in order; casting runs beside inspecting and tracking, encoding beside
rendering.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import ParamSpec, TypeVar

from understudy import __version__
from understudy.character.casting import cast
from understudy.character.character import Character
from understudy.engines import DEFAULT_ENGINE, DEFAULT_MODEL, MODELS, Engine, Job, load_engine
from understudy.errors import TakeCancelled
from understudy.media import limits
from understudy.media.clip import Clip, open_clip
from understudy.media.decoding import count_frames
from understudy.media.limits import Mode, Orientation
from understudy.media.picture import Picture, PictureSource, open_picture
from understudy.outputs import Outputs, render
from understudy.performance.cache import user_cache
from understudy.performance.cached import survey_clip, track_clip
from understudy.performance.performance import Performance
from understudy.performance.survey import Survey
from understudy.performance.trackers import TrackerPool
from understudy.plan import Dropped, Plan, framing_warning, units_for
from understudy.progress import OnProgress, Progress, ProgressLine, Stage
from understudy.report import Report

__all__ = ["Progress", "Report", "TakeOptions", "inspect_take", "run_take"]

Cancelled = Callable[[], bool]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TakeOptions:
    """What a user may choose.

    model: the wire contract's model name, which sets the price. Raises InputRefused for a prompt
    that is too long.
    """

    orientation: Orientation = "video"
    mode: Mode = "std"
    prompt: str = ""
    sound: bool = True
    watermark: bool = False
    engine: str = DEFAULT_ENGINE
    model: str = DEFAULT_MODEL

    def __post_init__(self) -> None:
        limits.check_prompt(self.prompt)


def inspect_take(picture: PictureSource, clip: Path, options: TakeOptions) -> Plan:
    """What a take would be made of.

    Raises InputRefused for a picture or clip that cannot be used, EngineUnavailable.
    """
    engine = load_engine(options.engine)
    opened = _open(picture, clip, options)
    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        casting = threads.submit(_cast, engine, opened)
        survey = _survey(engine, opened, pool, _never)
        return _plan(engine, options, opened, survey, casting.result())


def run_take(
    picture: PictureSource,
    clip: Path,
    options: TakeOptions,
    out: Path,
    *,
    compare: Path | None = None,
    cover: Path | None = None,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Report:
    """Make the take and write it to `out` (MP4), complete or not at all.

    With `options.watermark` a marked copy goes to `outputs.watermarked_path(out)`. compare: where
    to write driver and result side by side. cover: where to write a JPEG of the first frame.
    on_progress: called from the calling thread. cancelled: asked now and then.

    Raises InputRefused for a picture or clip that cannot be used, EngineUnavailable, TakeCancelled,
    CannotWrite.
    """
    began = time.monotonic()
    stop = cancelled or _never
    progress = ProgressLine(on_progress)
    clock = _Clock()

    # 1. Open: what cannot be used is refused before it costs anything.
    progress.tell("open")
    engine = load_engine(options.engine)
    with clock.measuring("open"):
        opened = _open(picture, clip, options)

    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        # 2. Cast the picture, in a thread of its own.
        casting = threads.submit(clock.timed("cast", _cast), engine, opened)

        # 3. Inspect the clip.
        progress.tell("inspect")
        with clock.measuring("inspect"), _or_refusal_of(casting):
            survey = _survey(engine, opened, pool, lambda: stop() or _has_failed(casting))

        # 4. Track the driver.
        progress.tell("track")
        with clock.measuring("track"), _or_refusal_of(casting):
            performance = _track(
                engine,
                opened,
                survey,
                pool,
                on_share=lambda share: progress.tell("track", share),
                cancelled=lambda: stop() or _has_failed(casting),
            )
        character = casting.result()
    plan = _plan(engine, options, opened, survey, character)

    # 5. Retarget and render, 6. finish: every frame is written as it is drawn.
    outputs = Outputs(
        video=out, watermark=options.watermark, compare=compare, cover=cover, sound=plan.sound
    )
    job = _job(engine, options, opened, plan, performance, character)
    with clock.measuring("render"):
        sound = render(engine, job, plan, opened.clip, outputs, progress, stop)
    progress.tell("finish", 1.0)
    return Report(
        plan=plan,
        understudy=__version__,
        engine_version=engine.info.version,
        settings=asdict(options),
        picture={"sha256": opened.picture.digest, "size": list(opened.picture.source_size)},
        clip={
            "sha256": opened.clip.digest,
            "size": list(opened.clip.size),
            "fps": round(float(opened.clip.fps), 3),
            "duration": round(opened.clip.duration, 3),
        },
        sound=sound,
        warnings=plan.warnings,
        timings=clock.seconds,
        seconds=time.monotonic() - began,
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """size, fps: of the output."""

    picture: Picture
    clip: Clip
    size: tuple[int, int]
    fps: Fraction


def _open(picture: PictureSource, clip: Path, options: TakeOptions) -> _Opened:
    opened_clip = open_clip(clip, orientation=options.orientation)
    opened_picture = open_picture(picture, short_side=limits.OUTPUT_SHORT_SIDE[options.mode])
    return _Opened(
        picture=opened_picture,
        clip=opened_clip,
        size=limits.output_size(*opened_picture.source_size, options.mode),
        fps=limits.output_fps(opened_clip.fps),
    )


def _survey(engine: Engine, opened: _Opened, pool: TrackerPool, cancelled: Cancelled) -> Survey:
    return survey_clip(
        opened.clip,
        cache=user_cache(),
        pool=pool,
        cancelled=cancelled,
        camera_may_move=engine.info.moving_camera,
    )


def _cast(engine: Engine, opened: _Opened) -> Character | None:
    if "cast" not in engine.info.stages:
        return None
    return cast(opened.picture, opened.size, cache=user_cache())


def _track(
    engine: Engine,
    opened: _Opened,
    survey: Survey,
    pool: TrackerPool,
    *,
    on_share: Callable[[float], None],
    cancelled: Cancelled,
) -> Performance | None:
    if "track" not in engine.info.stages:
        return None
    return track_clip(
        opened.clip,
        cache=user_cache(),
        survey=survey,
        start=survey.start,
        end=survey.end,
        fps=opened.fps,
        pool=pool,
        on_progress=on_share,
        cancelled=cancelled,
    )


def _plan(
    engine: Engine,
    options: TakeOptions,
    opened: _Opened,
    survey: Survey,
    character: Character | None,
) -> Plan:
    frames = count_frames(opened.clip, start=survey.start, end=survey.end, fps=opened.fps)
    prompt = engine.read_prompt(options.prompt)
    picture_framing = survey.framing if character is None else character.traits.framing
    mismatch = framing_warning(picture_framing, survey.framing)
    model = MODELS.get(options.model)
    seconds = float(frames / opened.fps)
    return Plan(
        engine=engine.info.name,
        orientation=options.orientation,
        mode=options.mode,
        size=opened.size,
        fps=opened.fps,
        frames=frames,
        start=survey.start,
        end=survey.end,
        clip_duration=opened.clip.duration,
        dropped=tuple(Dropped(part.start, part.end, part.words) for part in survey.dropped),
        people=survey.people,
        driver_framing=survey.framing,
        picture_framing=picture_framing,
        sound=options.sound and opened.clip.has_sound,
        units=None if model is None else units_for(seconds, model.units[options.mode]),
        understood=prompt.understood,
        left_out=prompt.left_out,
        warnings=(
            *survey.warnings,
            *(() if character is None else character.warnings),
            *(() if mismatch is None else (mismatch,)),
        ),
    )


def _job(
    engine: Engine,
    options: TakeOptions,
    opened: _Opened,
    plan: Plan,
    performance: Performance | None,
    character: Character | None,
) -> Job:
    takes = engine.info.takes
    return Job(
        size=plan.size,
        fps=plan.fps,
        frames=plan.frames,
        orientation=options.orientation,
        prompt=options.prompt,
        start=plan.start,
        picture=opened.picture if "picture" in takes else None,
        clip=opened.clip if "clip" in takes else None,
        performance=performance if "performance" in takes else None,
        character=character if "character" in takes else None,
    )


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measuring(self, stage: Stage) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = time.monotonic() - began

    def timed(self, stage: Stage, function: Callable[P, T]) -> Callable[P, T]:
        def measured(*args: P.args, **kwargs: P.kwargs) -> T:
            with self.measuring(stage):
                return function(*args, **kwargs)

        return measured


@contextmanager
def _or_refusal_of(casting: Future[Character | None]) -> Iterator[None]:
    """A picture that is refused stops the stages beside casting, and its refusal is what counts."""
    try:
        yield
    except TakeCancelled:
        if _has_failed(casting):
            casting.result()
        raise


def _has_failed(casting: Future[Character | None]) -> bool:
    return casting.done() and casting.exception() is not None


def _never() -> bool:
    return False
