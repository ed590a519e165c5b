"""Arguments and options of `understudy animate` alone; `options` has those that it shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
