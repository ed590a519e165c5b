"""The stages of a take: open, inspect, track and cast, retarget and render, finish.

Each stage is a function from values to a value, and none reaches back. This module runs the stages
that the engine needs, in order; casting runs beside inspecting and tracking, encoding beside
rendering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from understudy import __version__
from understudy.character.character import Character
from understudy.engines import (
    Cancelled,
    Engine,
    EngineJob,
    EngineReport,
    MotionControls,
    load_engine,
)
from understudy.errors import TakeCancelled
from understudy.media.clip import Clip
from understudy.media.output.content_credentials import configured_identity
from understudy.media.picture import Picture
from understudy.processes.sharing import Board, never
from understudy.take.backgrounds import CLIP, Background, on_background, open_background
from understudy.take.casting.concurrent import ConcurrentCasting
from understudy.take.casting.thread import CastingThread
from understudy.take.driver import (
    carries_camera,
    check_motion_options,
    find_driver,
    follow_driver,
)
from understudy.take.open import Opened, open_media
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Finishing, Outputs
from understudy.take.plan import SOUND_LEFT_OUT, OutputFormat, Plan, make_plan
from understudy.take.progress import OnProgress, ProgressLine
from understudy.take.rendering import render
from understudy.take.report import Report
from understudy.take.result_judging import check_judging, with_judgement
from understudy.take.shared_rendering import draw_shared
from understudy.take.stage_times import StageTimes
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.fidelity import Fidelity, video_fidelity
from understudy.tracking.formats import write_performance
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.performance import Performance
from understudy.tracking.trackers import TrackerPool

OpenTrackers = Callable[[], AbstractContextManager[TrackerPool]]
"""Makes the processes that a take tracks with, or lends them."""

OpenCasting = Callable[[], AbstractContextManager[CastingThread]]
"""Makes the thread that a take casts in, or lends it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """What rendering needs, each as far as the engine needs it."""

    picture: Picture
    clip: Clip | MotionFile
    plan: Plan
    format: OutputFormat
    performance: Performance | None
    camera: ClipCamera | None
    character: Character | None


@dataclass(frozen=True, slots=True)
class _Made:
    """What rendering and finishing came to: see `Report`."""

    sound: str
    engine: EngineReport
    fidelity: Fidelity | None


def run_take(  # noqa: PLR0913 - independent keyword options
    media: TakeMedia,
    request: TakeRequest,
    outputs: Outputs,
    *,
    measure_fidelity: bool = False,
    judge: bool = False,
    on_progress: OnProgress | None = None,
    cancelled: Cancelled | None = None,
    board: Board | None = None,
    trackers: OpenTrackers = TrackerPool,
    casting: OpenCasting = CastingThread,
) -> Report:
    """Make the take and write its files, complete or not at all.

    measure_fidelity: track the finished video and report how well it follows its driver (not with
    orientation `image`, which turns the character, and only an opaque MP4 or MOV). judge: judge the
    finished video, for the report (see `result_judging`). on_progress: called from the calling
    thread. cancelled: called from time to time. board: shares a long take with workers that call
    `help_take`; the same bytes come of it. trackers, casting: see
    `OpenTrackers` and `OpenCasting`.

    Raises InputRefused for a picture, element or clip that cannot be used, or judged, and
    EngineUnavailable, TakeCancelled, CannotWrite, CannotSign where signing is set up but does not
    work.
    """
    times = StageTimes()
    progress = ProgressLine(on_progress)
    stop = cancelled or never

    identity = configured_identity()
    if judge:
        check_judging(media, request)

    # 1. Open: what cannot be used is refused before it costs anything.
    # 2. Cast the character, beside it 3. inspect the clip and 4. track its driver.
    engine, ready, background = _made_ready(
        media, request, progress, times, stop, board, trackers, casting
    )

    # 5. Retarget and render, 6. finish: every frame is written as it is drawn.
    finishing = replace(_finishing(request, ready, outputs, background), identity=identity)
    told: list[EngineReport] = []
    job = _job(engine, request, ready)
    with times.measuring("render"):
        sound = render(engine, job, finishing, progress, stop, told.append, board)
    engine_report = told[-1] if told else EngineReport()
    measures = measure_fidelity and ready.plan.orientation == "video" and request.can_be_tracked
    fidelity = _use_performance(ready.performance, outputs, measures_fidelity=measures)
    progress.tell("finish", 1.0)
    report = _report(engine, request, ready, _Made(sound, engine_report, fidelity), times)
    return with_judgement(report, media, outputs.video) if judge else report


def help_take(
    media: TakeMedia,
    request: TakeRequest,
    outputs: Outputs,
    board: Board,
    *,
    cancelled: Cancelled | None = None,
) -> None:
    """Do pieces of a take that another worker makes with `run_take`, as long as there are any.

    media, request, outputs: those of the take; nothing is written. A take that is not long, or that
    the engine draws whole, is left to the other worker. Raises what `run_take` raises.
    """
    stop = cancelled or never
    progress, times = ProgressLine(None), StageTimes()
    engine, ready, background = _made_ready(
        media, request, progress, times, stop, board, TrackerPool, CastingThread
    )
    finishing = _finishing(request, ready, outputs, background)
    draw_shared(engine, _job(engine, request, ready), finishing, board, stop)


def _made_ready(  # noqa: PLR0913 - the take's inputs, and whom to tell
    media: TakeMedia,
    request: TakeRequest,
    progress: ProgressLine,
    times: StageTimes,
    stop: Cancelled,
    board: Board | None,
    trackers: OpenTrackers,
    open_casting: OpenCasting,
) -> tuple[Engine, _Ready, Background | None]:
    """The engine, what it draws from, and the background that the take gets."""
    progress.tell("open")
    engine = load_engine(request.engine)
    progress.skip_all_but(engine.info.stages)
    check_motion_options(request, engine)
    with times.measuring("open"):
        background = open_background(media, request, engine)
        opened = open_media(media, request)
    ready = _prepare(engine, request, opened, progress, times, stop, board, trackers, open_casting)
    if background is not None and ready.character is not None:
        ready = replace(ready, character=on_background(ready.character, background))
    return engine, ready, background


def _finishing(
    request: TakeRequest, ready: _Ready, outputs: Outputs, background: Background | None
) -> Finishing:
    return Finishing(
        clip=ready.clip,
        plan=ready.plan,
        format=ready.format,
        watermark=request.watermark,
        outputs=outputs,
        background=background,
    )


def _prepare(  # noqa: PLR0913 - the take so far, and whom to tell
    engine: Engine,
    request: TakeRequest,
    opened: Opened,
    progress: ProgressLine,
    times: StageTimes,
    stop: Cancelled,
    board: Board | None,
    trackers: OpenTrackers,
    open_casting: OpenCasting,
) -> _Ready:
    """Inspect and track the clip while the character is cast. Raises as `run_take` does."""
    clip = opened.clip
    with open_casting() as thread, trackers() as pool:
        casting = ConcurrentCasting(
            engine,
            request.mode,
            opened.picture,
            opened.element,
            thread,
            times.timing("cast"),
            opened.folder,
            board,
            stop,
        )

        def cancelled_or_refused() -> bool:
            return stop() or casting.has_failed

        camera = carries_camera(request, engine)
        progress.tell("inspect")
        with times.measuring("inspect"), _refusals_of(casting):
            scene = find_driver(
                engine,
                clip,
                pool,
                driver=request.driver,
                camera=camera,
                cancelled=cancelled_or_refused,
                on_cached=lambda: times.cached.append("inspect"),
                board=board,
            )
        picture = casting.settle(scene.framing)
        output = OutputFormat.of(picture, clip, request, engine.info)

        progress.tell("track")
        with times.measuring("track"), _refusals_of(casting):
            followed = follow_driver(
                engine,
                clip,
                scene,
                output.fps,
                pool,
                on_share=lambda share: progress.tell("track", share),
                cancelled=cancelled_or_refused,
                on_cached=lambda: times.cached.append("track"),
                loop=request.loop,
                camera=camera,
                board=board,
            )
        performance = None if followed is None else followed.performance
        character = casting.result(performance)
    has_element = opened.element is not None
    plan = make_plan(engine, request, output, clip, scene, character, casting.notes, has_element)
    way = None if followed is None else followed.camera
    return _Ready(picture, clip, plan, output, performance, way, character)


def _job(engine: Engine, request: TakeRequest, ready: _Ready) -> EngineJob:
    inputs = engine.info.inputs
    return EngineJob(
        size=ready.format.size,
        fps=ready.format.fps,
        frames=ready.plan.frames,
        orientation=ready.plan.orientation,
        mode=request.mode,
        prompt=request.prompt,
        seed=request.seed,
        start=ready.plan.start,
        picture=ready.picture if "picture" in inputs else None,
        clip=ready.clip if "clip" in inputs and isinstance(ready.clip, Clip) else None,
        performance=ready.performance if "performance" in inputs else None,
        controls=MotionControls(
            strength=request.strength / 100,
            body=request.body,
            head=request.head,
            hands=request.hands,
            face=request.face,
            travel=request.travel,
            smoothing=float(request.smoothing),
        ),
        camera=ready.camera if "performance" in inputs else None,
        replace=request.background == CLIP,
        character=ready.character if "character" in inputs else None,
    )


def _use_performance(
    performance: Performance | None, outputs: Outputs, *, measures_fidelity: bool
) -> Fidelity | None:
    """Write the performance's files, and compare it with the finished video."""
    if performance is None:
        return None
    for path in outputs.performances:
        write_performance(performance, path)
    return video_fidelity(outputs.video, performance) if measures_fidelity else None


def _report(
    engine: Engine, request: TakeRequest, ready: _Ready, made: _Made, times: StageTimes
) -> Report:
    return Report(
        plan=ready.plan,
        understudy=__version__,
        engine_version=engine.info.version,
        settings=request.to_json(),
        picture=_picture_facts(ready.picture),
        clip=_clip_facts(ready.clip),
        sound="unreadable" if SOUND_LEFT_OUT in ready.plan.warnings else made.sound,
        warnings=(*ready.plan.warnings, *made.engine.warnings),
        engine_details=made.engine.details,
        timings=times.seconds,
        seconds=times.total,
        cached=tuple(times.cached),
        fidelity=made.fidelity,
    )


def _picture_facts(picture: Picture) -> dict[str, object]:
    return {"sha256": picture.digest, "size": list(picture.source_size)}


def _clip_facts(clip: Clip | MotionFile) -> dict[str, object]:
    return {
        "sha256": clip.digest,
        "size": list(clip.size),
        "fps": round(float(clip.fps), 3),
        "duration": round(clip.duration, 3),
    }


@contextmanager
def _refusals_of(casting: ConcurrentCasting) -> Iterator[None]:
    """Raise the picture's refusal in place of the cancellation that it caused beside it."""
    try:
        yield
    except TakeCancelled:
        casting.raise_failure()
        raise
