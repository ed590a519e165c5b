"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from understudy.media.limits import Mode, Orientation

PictureArgument = Annotated[
    Path,
    typer.Argument(
        metavar="PICTURE",
        help="Picture of the character: JPEG or PNG; or the folder or layered PSD of a character.",
    ),
]
ClipArgument = Annotated[
    Path,
    typer.Argument(
        metavar="CLIP",
        help="Clip of the person: MP4 or MOV, at least 3 s; or motion: an NPZ of `track`, BVH, or"
        " OpenPose JSON as a file or folder.",
    ),
]
ElementOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--element",
        metavar="FILE",
        help="Another picture of the character, such as its back or its face close up, or a clip "
        "of it; repeatable.",
    ),
]
OrientationOption = Annotated[
    Orientation,
    typer.Option(
        "--orientation",
        help="video: turn with the person in the clip, as with --element always; image: keep "
        "facing as in the picture.",
    ),
]
ModeOption = Annotated[
    Mode,
    typer.Option("--mode", help="Short side of the output: std 720 pixels, pro 1080 pixels."),
]
PromptOption = Annotated[
    str,
    typer.Option(
        "--prompt",
        metavar="TEXT",
        help="Further direction, for example for the camera: 'slow zoom in'.",
    ),
]
SoundOption = Annotated[bool, typer.Option("--sound/--no-sound", help="Keep the clip's sound.")]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="Engine that draws the video; `understudy doctor` lists them.",
    ),
]
DriverOption = Annotated[
    str,
    typer.Option(
        "--driver",
        metavar="N|X,Y",
        help="Of several people in the clip, the one to follow: a number that `understudy inspect` "
        "lists, or a point in shares of width and height, such as 0.7,0.4.",
    ),
]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", envvar="UNDERSTUDY_DEBUG", help="Show the traceback of an internal error."
    ),
]
CameraOption = Annotated[
    bool,
    typer.Option("--camera/--no-camera", help="Move the camera as the clip's camera moves."),
]
