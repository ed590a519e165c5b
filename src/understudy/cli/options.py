"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from understudy.media.limits import Mode, Orientation

PictureArgument = Annotated[
    Path, typer.Argument(metavar="PICTURE", help="Picture of the character: JPEG or PNG.")
]
ClipArgument = Annotated[
    Path, typer.Argument(metavar="CLIP", help="Clip of the person: MP4 or MOV, from 3 s on.")
]
ElementOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--element",
        metavar="FILE",
        help="One more picture of the character (repeat it: from behind, the face from near), or a "
        "clip of it.",
    ),
]
OrientationOption = Annotated[
    Orientation,
    typer.Option(
        "--orientation",
        help="video: turn as the person in the clip does; image: keep the picture's facing.",
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
        help="What else to do, for example the camera: 'slow zoom in'.",
    ),
]
SoundOption = Annotated[bool, typer.Option("--sound/--no-sound", help="Keep the clip's sound.")]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="NAME", help="`understudy doctor` lists the engines.")
]
DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", envvar="UNDERSTUDY_DEBUG", help="Show the details of a fault of our own."
    ),
]
