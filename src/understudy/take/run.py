"""The stages of a take: open, inspect, track and cast, retarget and render, finish.

Each stage is a function from values to a value, and none reaches back. The stages that the engine
needs are run in order; casting runs beside inspecting and tracking, encoding beside rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from understudy import __version__
from understudy.engines import Cancelled, EngineJob, EngineReport, MotionControls
from understudy.media.clip import Clip
from understudy.media.output.content_credentials import configured_identity
from understudy.media.picture import Picture
from understudy.processes.sharing import Board, never
from understudy.take.backgrounds import CLIP
from understudy.take.casting.thread import CastingThread
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Finishing, Outputs
from understudy.take.plan import SOUND_LEFT_OUT
from understudy.take.preparation import (
    OpenCasting,
    OpenTrackers,
    Prepared,
    TakeContext,
    prepare,
)
from understudy.take.progress import OnProgress, ProgressLine
from understudy.take.rendering import render
from understudy.take.report import Report
from understudy.take.result_judging import check_judging, with_judgement
from understudy.take.shared_rendering import draw_shared
from understudy.take.stage_times import StageTimes
from understudy.tracking.fidelity import Fidelity, video_fidelity
from understudy.tracking.formats import write_performance
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.performance import Performance
from understudy.tracking.trackers import TrackerPool


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
    `help_take`; the same bytes come of it. trackers, casting: see `OpenTrackers`, `OpenCasting`.

    Raises InputRefused for a picture, element or clip that cannot be used, or judged, and
    EngineUnavailable, TakeCancelled, CannotWrite, CannotSign where signing is set up but does not
    work.
    """
    progress = ProgressLine(on_progress)
    context = TakeContext(
        progress=progress,
        cancelled=cancelled or never,
        board=board,
        trackers=trackers,
        casting=casting,
    )
    identity = configured_identity()
    if judge:
        check_judging(media, request)

    # 1. Open: what cannot be used is refused before it costs anything.
    # 2. Cast the character, beside it 3. inspect the clip and 4. track its driver.
    prepared = prepare(media, request, context)

    # 5. Retarget and render, 6. finish: every frame is written as it is drawn.
    finishing = replace(_finishing(request, prepared, outputs), identity=identity)
    told: list[EngineReport] = []
    job = _job(request, prepared)
    with context.times.measuring("render"):
        sound = render(
            prepared.engine, job, finishing, progress, context.cancelled, told.append, board
        )
    engine_report = told[-1] if told else EngineReport()
    measures = measure_fidelity and prepared.plan.orientation == "video" and request.can_be_tracked
    fidelity = _use_performance(prepared.performance, outputs, measures_fidelity=measures)
    progress.tell("finish", 1.0)
    made = _Made(sound, engine_report, fidelity)
    report = _report(request, prepared, made, context.times)
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
    context = TakeContext(progress=ProgressLine(None), cancelled=cancelled or never, board=board)
    prepared = prepare(media, request, context)
    finishing = _finishing(request, prepared, outputs)
    draw_shared(prepared.engine, _job(request, prepared), finishing, board, context.cancelled)


def _finishing(request: TakeRequest, prepared: Prepared, outputs: Outputs) -> Finishing:
    return Finishing(
        clip=prepared.clip,
        plan=prepared.plan,
        format=prepared.format,
        watermark=request.watermark,
        outputs=outputs,
        background=prepared.background,
    )


def _job(request: TakeRequest, prepared: Prepared) -> EngineJob:
    inputs = prepared.engine.info.inputs
    return EngineJob(
        size=prepared.format.size,
        fps=prepared.format.fps,
        frames=prepared.plan.frames,
        orientation=prepared.plan.orientation,
        mode=request.mode,
        prompt=request.prompt,
        seed=request.seed,
        start=prepared.plan.start,
        picture=prepared.picture if "picture" in inputs else None,
        clip=prepared.clip if "clip" in inputs and isinstance(prepared.clip, Clip) else None,
        performance=prepared.performance if "performance" in inputs else None,
        controls=MotionControls(
            strength=request.strength / 100,
            body=request.body,
            head=request.head,
            hands=request.hands,
            face=request.face,
            travel=request.travel,
            smoothing=float(request.smoothing),
        ),
        camera=prepared.camera if "performance" in inputs else None,
        replace=request.background == CLIP,
        character=prepared.character if "character" in inputs else None,
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


def _report(request: TakeRequest, prepared: Prepared, made: _Made, times: StageTimes) -> Report:
    return Report(
        plan=prepared.plan,
        understudy=__version__,
        engine_version=prepared.engine.info.version,
        settings=request.to_json(),
        picture=_picture_facts(prepared.picture),
        clip=_clip_facts(prepared.clip),
        sound="unreadable" if SOUND_LEFT_OUT in prepared.plan.warnings else made.sound,
        warnings=(*prepared.plan.warnings, *made.engine.warnings),
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
