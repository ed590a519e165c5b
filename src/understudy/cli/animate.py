"""The command `understudy animate`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    from understudy.take.report import Report


MoreArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[MORE]...", help="More pictures and clips, told by their content."),
]
OutputOption = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT.mp4",
        help="The video to write: .mp4, .webm (VP9), .mov (ProRes 4444), .gif, .webp, or a new "
        "folder for PNG files.",
    ),
]
WatermarkOption = Annotated[
    bool,
    typer.Option("--watermark", help="Also write a watermarked copy, OUT.watermarked.mp4."),
]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        help="Seed of engines that draw at random; the report names the seed used.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option("--report", metavar="OUT.json", help="Write a report of the take as JSON."),
]
FidelityOption = Annotated[
    bool,
    typer.Option(
        "--fidelity",
        help="Track the result and measure how well it follows the clip (takes longer).",
    ),
]
JudgeOption = Annotated[
    bool,
    typer.Option(
        "--judge",
        help="Judge the result as `understudy judge` does: its numbers go into the report (takes "
        "longer).",
    ),
]
CompareOption = Annotated[
    Path | None,
    typer.Option(
        "--compare",
        metavar="OUT.mp4",
        help="Write a video of the clip and the result side by side.",
    ),
]


BackgroundOption = Annotated[
    str,
    typer.Option(
        "--background",
        metavar="keep|clip|transparent|COLOUR|FILE",
        help="What is behind the character: the picture's own background, the clip's scene with "
        "the character in the person's place (engines that can replace), nothing (not for .mp4), "
        "a colour such as '#00b140', or another picture or clip.",
    ),
]
LoopOption = Annotated[
    bool,
    typer.Option("--loop", help="Close the motion: the end goes over into the beginning."),
]


StrengthOption = Annotated[
    int,
    typer.Option(
        "--strength",
        metavar="PERCENT",
        help="How strongly the motion is followed, 0 to 150 per cent.",
    ),
]
BodyOption = Annotated[bool, typer.Option("--body/--no-body", help="Follow trunk, arms and legs.")]
HeadOption = Annotated[bool, typer.Option("--head/--no-head", help="Follow the head's turns.")]
HandsOption = Annotated[bool, typer.Option("--hands/--no-hands", help="Follow the fingers.")]
FaceOption = Annotated[bool, typer.Option("--face/--no-face", help="Follow mouth and eyes.")]
TravelOption = Annotated[
    bool,
    typer.Option("--travel/--no-travel", help="Go where the person goes."),
]
SmoothingOption = Annotated[
    float,
    typer.Option(
        "--smoothing", metavar="SECONDS", help="Average the motion over time, 0 to 0.5 seconds."
    ),
]


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
        from understudy.take.run import run_take

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
        if more:
            shared = Shared(request, given, fidelity=fidelity, judge=judge)
            animate_all([picture, clip, *more], output, shared, report)
            return
        media = replace(given, picture=picture).driven_by(clip)
        with (
            watching_for_interruption() as cancelled,
            showing_progress(sys.stderr) as show,
        ):
            done = run_take(
                media,
                request,
                Outputs(video=output, compare=compare),
                measure_fidelity=fidelity,
                judge=judge,
                on_progress=show,
                cancelled=cancelled,
            )
        if report is not None:
            _write_json(report, done)
        _print_summary(done, output)


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
