"""The way of a take: open, inspect, track and cast, retarget and render, finish.

Each stage is a function from values to a value, and none reaches back. This module runs the stages
that the engine needs, in order; casting runs beside inspecting and tracking, encoding beside
rendering.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import ParamSpec, TypeVar

from understudy import __version__
from understudy.character.character import Character
from understudy.engines import Engine, Job, load_engine
from understudy.errors import TakeCancelled
from understudy.media.picture import PictureSource
from understudy.outputs import Outputs, render
from understudy.performance.formats import write_performance
from understudy.performance.performance import Performance
from understudy.performance.trackers import TrackerPool
from understudy.plan import Plan
from understudy.progress import OnProgress, Progress, ProgressLine, Stage
from understudy.report import Report
from understudy.stages import (
    Cancelled,
    Opened,
    TakeOptions,
    cast_picture,
    follow_driver,
    look_through,
    make_plan,
    open_inputs,
)

__all__ = ["Progress", "Report", "TakeOptions", "inspect_take", "run_take"]

P = ParamSpec("P")
T = TypeVar("T")


def inspect_take(picture: PictureSource, clip: Path, options: TakeOptions) -> Plan:
    """What a take would be made of.

    Raises InputRefused for a picture or clip that cannot be used, EngineUnavailable.
    """
    engine = load_engine(options.engine)
    opened = open_inputs(picture, clip, options)
    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        casting = threads.submit(cast_picture, engine, opened.picture, options)
        survey = look_through(engine, opened.clip, pool, _never)
        return make_plan(engine, options, opened, survey, casting.result())


def run_take(
    picture: PictureSource,
    clip: Path,
    options: TakeOptions,
    out: Path,
    *,
    compare: Path | None = None,
    cover: Path | None = None,
    performances: Sequence[Path] = (),
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Report:
    """Make the take and write it to `out` (MP4), complete or not at all.

    With `options.watermark` a marked copy goes to `outputs.watermarked_path(out)`. compare: where
    to write driver and result side by side. cover: where to write a JPEG of the first frame.
    performances: where to write the driver's motion, each in the format of its suffix, unless the
    engine follows nobody. on_progress: called from the calling thread. cancelled: asked now and
    then.

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
        opened = open_inputs(picture, clip, options)

    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        # 2. Cast the picture, in a thread of its own.
        casting = threads.submit(clock.timed("cast", cast_picture), engine, opened.picture, options)

        # 3. Inspect the clip.
        progress.tell("inspect")
        with clock.measuring("inspect"), _or_refusal_of(casting):
            survey = look_through(engine, opened.clip, pool, lambda: stop() or _has_failed(casting))

        # 4. Track the driver.
        progress.tell("track")
        with clock.measuring("track"), _or_refusal_of(casting):
            performance = follow_driver(
                engine,
                opened,
                survey,
                pool,
                on_share=lambda share: progress.tell("track", share),
                cancelled=lambda: stop() or _has_failed(casting),
            )
        character = casting.result()
    plan = make_plan(engine, options, opened, survey, character)

    # 5. Retarget and render, 6. finish: every frame is written as it is drawn.
    outputs = Outputs(
        video=out, watermark=options.watermark, compare=compare, cover=cover, sound=plan.sound
    )
    job = _job(engine, options, opened, plan, performance, character)
    with clock.measuring("render"):
        sound = render(engine, job, plan, opened.clip, outputs, progress, stop)
    if performance is not None:
        for path in performances:
            write_performance(performance, path)
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


def _job(
    engine: Engine,
    options: TakeOptions,
    opened: Opened,
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
