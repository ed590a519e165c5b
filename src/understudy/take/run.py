"""The way of a take: open, inspect, track and cast, retarget and render, finish.

Each stage is a function from values to a value, and none reaches back. This module runs the stages
that the engine needs, in order; casting runs beside inspecting and tracking, encoding beside
rendering.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from understudy import __version__
from understudy.character.character import Character
from understudy.elements.element import ElementSource
from understudy.engines import Engine, Job, load_engine
from understudy.errors import TakeCancelled
from understudy.media import limits
from understudy.media.picture import PictureSource
from understudy.take.casting import Casting, Measured
from understudy.take.outputs import Outputs, render
from understudy.take.plan import Plan
from understudy.take.progress import OnProgress, Progress, ProgressLine, Stage
from understudy.take.report import Report
from understudy.take.stages import (
    Cancelled,
    Opened,
    TakeOptions,
    follow_driver,
    look_through,
    make_plan,
    open_inputs,
    with_sizes,
)
from understudy.tracking.fidelity import video_fidelity
from understudy.tracking.formats import write_performance
from understudy.tracking.performance import Performance
from understudy.tracking.trackers import TrackerPool

__all__ = ["ElementSource", "Progress", "Report", "TakeOptions", "inspect_take", "run_take"]

T = TypeVar("T")


def inspect_take(
    picture: PictureSource | None,
    clip: Path,
    options: TakeOptions,
    *,
    element: ElementSource | None = None,
    picture_max_bytes: int = limits.PICTURE_MAX_BYTES,
) -> Plan:
    """What a take would be made of. picture, element, picture_max_bytes: as for `run_take`.

    Raises InputRefused for a picture, element or clip that cannot be used, EngineUnavailable.
    """
    engine = load_engine(options.engine)
    inputs = open_inputs(picture, clip, options, element, picture_max_bytes)
    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        casting = Casting(engine, options, inputs.picture, inputs.element, threads)
        scene = look_through(engine, inputs.clip, pool, _never)
        opened = with_sizes(casting.settle(scene.framing), inputs.clip, options)
        return make_plan(engine, options, opened, scene, casting.result(), casting.notes)


def run_take(
    picture: PictureSource | None,
    clip: Path,
    options: TakeOptions,
    out: Path,
    *,
    element: ElementSource | None = None,
    picture_max_bytes: int = limits.PICTURE_MAX_BYTES,
    compare: Path | None = None,
    cover: Path | None = None,
    performances: Sequence[Path] = (),
    measure_fidelity: bool = False,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
) -> Report:
    """Make the take and write it to `out` (MP4), complete or not at all.

    With `options.watermark` a marked copy goes to `outputs.watermarked_path(out)`. element: more
    pictures, or a clip, of the character; without a picture the best suited one stands for it.
    picture_max_bytes: what the picture's file may have; the tasks design allows more than others.
    compare: where to write driver and result side by side. cover: where to write a JPEG of the
    first frame. performances: where to write the driver's motion, each in the format of its suffix,
    unless the engine follows nobody. measure_fidelity: track the finished video and report how well
    it follows its driver (not with orientation `image`, which turns the figure). on_progress:
    called from the calling thread. cancelled: asked now and then.

    Raises InputRefused for a picture, element or clip that cannot be used, EngineUnavailable,
    TakeCancelled, CannotWrite.
    """
    began = time.monotonic()
    stop = cancelled or _never
    progress = ProgressLine(on_progress)
    known: list[Stage] = []
    clock = _Clock()

    # 1. Open: what cannot be used is refused before it costs anything.
    progress.tell("open")
    engine = load_engine(options.engine)
    with clock.measuring("open"):
        inputs = open_inputs(picture, clip, options, element, picture_max_bytes)

    with ThreadPoolExecutor(1, "casting") as threads, TrackerPool() as pool:
        # 2. Cast the picture, in a thread of its own.
        casting = Casting(
            engine, options, inputs.picture, inputs.element, threads, clock.timing("cast")
        )

        def cancelled_or_refused() -> bool:
            return stop() or casting.has_failed

        # 3. Inspect the clip.
        progress.tell("inspect")
        with clock.measuring("inspect"), _or_refusal_of(casting):
            scene = look_through(
                engine,
                inputs.clip,
                pool,
                cancelled_or_refused,
                on_cached=lambda: known.append("inspect"),
            )
        opened = with_sizes(casting.settle(scene.framing), inputs.clip, options)

        # 4. Track the driver.
        progress.tell("track")
        with clock.measuring("track"), _or_refusal_of(casting):
            performance = follow_driver(
                engine,
                opened,
                scene,
                pool,
                on_share=lambda share: progress.tell("track", share),
                cancelled=cancelled_or_refused,
                on_cached=lambda: known.append("track"),
            )
        character = casting.result(performance)
    plan = make_plan(engine, options, opened, scene, character, casting.notes)

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
    fidelity = None
    if measure_fidelity and performance is not None and options.orientation == "video":
        fidelity = video_fidelity(out, performance)
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
        cached=tuple(known),
        fidelity=fidelity,
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
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - began

    def timing(self, stage: Stage) -> Measured:
        """What runs a function and counts its time to a stage."""

        def measured(function: Callable[[], T], /) -> T:
            with self.measuring(stage):
                return function()

        return measured


@contextmanager
def _or_refusal_of(casting: Casting) -> Iterator[None]:
    """A picture that is refused stops the stages beside casting, and its refusal is what counts."""
    try:
        yield
    except TakeCancelled:
        casting.raise_failure()
        raise


def _never() -> bool:
    return False
