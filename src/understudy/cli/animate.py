"""The command `understudy animate`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from understudy.cli.animate_options import (
    BackgroundOption,
    BodyOption,
    CompareOption,
    FaceOption,
    FidelityOption,
    HandsOption,
    HeadOption,
    JudgeOption,
    LoopOption,
    MoreArgument,
    OutputOption,
    ReportOption,
    SeedOption,
    SmoothingOption,
    StrengthOption,
    TravelOption,
    WatermarkOption,
)
from understudy.cli.batch import Shared, animate_all, check_for_several
from understudy.cli.faults import reporting_faults
from understudy.cli.files import (
    check_distinct,
    check_file_or_folder,
    check_input,
    check_output,
    check_video_output,
    read_background,
)
from understudy.cli.interruption import watching_for_interruption
from understudy.cli.options import (
    CameraOption,
    ClipArgument,
    DebugOption,
    DriverOption,
    ElementOption,
    EngineOption,
    ModeOption,
    OrientationOption,
    PictureArgument,
    PromptOption,
    SoundOption,
)
from understudy.cli.progress_bar import showing_progress
from understudy.errors import InputRefused

if TYPE_CHECKING:
    from understudy.take.outputs import Outputs
    from understudy.take.report import Report


def animate(  # noqa: PLR0913 - one parameter per option
    picture: PictureArgument,
    clip: ClipArgument,
    more: MoreArgument = None,
    *,
    output: OutputOption,
    element: ElementOption = None,
    orientation: OrientationOption = "video",
    mode: ModeOption = "std",
    prompt: PromptOption = "",
    sound: SoundOption = True,
    watermark: WatermarkOption = False,
    engine: EngineOption = "puppet",
    seed: SeedOption = None,
    report: ReportOption = None,
    fidelity: FidelityOption = False,
    judge: JudgeOption = False,
    compare: CompareOption = None,
    background: BackgroundOption = "keep",
    loop: LoopOption = False,
    driver: DriverOption = "",
    strength: StrengthOption = 100,
    body: BodyOption = True,
    head: HeadOption = True,
    hands: HandsOption = True,
    face: FaceOption = True,
    travel: TravelOption = True,
    smoothing: SmoothingOption = 0.0,
    camera: CameraOption = False,
    debug: DebugOption = False,
) -> None:
    """Make the character in PICTURE perform the motion of the person in CLIP.

    With MORE pictures and clips, in any order, every picture performs every clip: OUT is then a
    folder, and --report takes all reports.
    """
    with reporting_faults(debug=debug):
        if more:
            check_for_several(compare=compare, report=report)
        else:
            inputs = {"image_url": picture, "video_url": clip}
            _check_files(inputs, output, watermark=watermark, report=report, compare=compare)
        for file in element or ():
            check_input(file, field="--element")
        behind, background_file = read_background(background)

        from understudy.media.limits import OWN_CLIP_MAX_SECONDS
        from understudy.media.output.encodings import output_name
        from understudy.take.options import TakeMedia, TakeRequest
        from understudy.take.outputs import Outputs

        request = TakeRequest(
            orientation=orientation,
            mode=mode,
            prompt=prompt,
            sound=sound,
            watermark=watermark,
            engine=engine,
            seed=seed,
            background=behind,
            loop=loop,
            driver=driver,
            # With several takes the output is a folder of theirs.
            format="mp4" if more else output_name(output.suffix),
            strength=strength,
            body=body,
            head=head,
            hands=hands,
            face=face,
            travel=travel,
            smoothing=smoothing,
            camera=camera,
        )
        if fidelity and not request.can_be_tracked:
            raise InputRefused(
                "--fidelity",
                found="the video is transparent or neither MP4 nor MOV",
                allowed="write an opaque .mp4 or .mov",
            )
        given = TakeMedia(
            element=tuple(element or ()),
            background=background_file,
            clip_max_seconds=OWN_CLIP_MAX_SECONDS,
        )
        shared = Shared(request, given, fidelity=fidelity, judge=judge)
        if more:
            animate_all([picture, clip, *more], output, shared, report)
        else:
            _animate_one(picture, clip, Outputs(video=output, compare=compare), shared, report)


def _animate_one(
    picture: Path, clip: Path, outputs: Outputs, shared: Shared, report: Path | None
) -> None:
    """Make one video, write its report, and print what came of it. Raises InputRefused."""
    from understudy.take.run import run_take

    with (
        watching_for_interruption() as cancelled,
        showing_progress(sys.stderr) as show,
    ):
        done = run_take(
            replace(shared.media, picture=picture).driven_by(clip),
            shared.request,
            outputs,
            measure_fidelity=shared.fidelity,
            judge=shared.judge,
            on_progress=show,
            cancelled=cancelled,
        )
    if report is not None:
        _write_json(report, done)
    _print_summary(done, outputs.video)


def _check_files(
    inputs: dict[str, Path],
    output: Path,
    *,
    watermark: bool,
    report: Path | None,
    compare: Path | None,
) -> None:
    """Check that the inputs, by their fields, can be read and the outputs be written."""
    for field, file in inputs.items():
        check_file_or_folder(file, field=field)
    files = {**inputs, "--output": output}
    from understudy.media.output.encodings import ENCODINGS

    check_video_output(output, option="--output", suffixes=tuple(ENCODINGS))
    if watermark:
        from understudy.take.outputs import watermarked_path

        files["--watermark"] = watermarked_path(output)
        check_video_output(files["--watermark"], option="--watermark", suffixes=tuple(ENCODINGS))
    if compare is not None:
        files["--compare"] = compare
        check_output(compare, option="--compare", suffixes=(".mp4",))
    if report is not None:
        files["--report"] = report
        check_output(report, option="--report", suffixes=(".json",))
    check_distinct(files)


def _write_json(path: Path, report: Report) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _print_summary(report: Report, output: Path) -> None:
    for warning in (*report.plan.element, *report.warnings):
        typer.echo(f"note: {warning}", err=True)
    if report.fidelity is not None and report.fidelity.angle is not None:
        typer.echo(
            f"fidelity: bones {report.fidelity.angle:.1f} degrees from the driver's on average,"
            f" {report.fidelity.close:.0%} within 15"
        )
    if report.judgement is not None:
        typer.echo(f"judged: {report.judgement.score:g} of 100")
    width, height = report.plan.size
    typer.echo(
        f"{output}: {report.plan.duration:.1f} s of {width} × {height}"
        f" at {report.plan.fps:g} fps, made in {report.seconds:.1f} s"
    )
