"""The command `understudy cast`: a picture's character as files to edit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from understudy.cli.faults import reporting_faults
from understudy.cli.files import check_file_or_folder
from understudy.cli.options import DebugOption, ModeOption, PictureArgument


def cast(
    picture: PictureArgument,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="The folder to write, a new one; or a .psd file of layers.",
        ),
    ],
    mode: ModeOption = "std",
    debug: DebugOption = False,
) -> None:
    """Write the character in PICTURE as files to edit: joints, matte, layers, background.

    `understudy animate FOLDER CLIP` plays it: edited files are used as they are. PICTURE may also
    be a PSD whose layers are named body, left_arm, right_arm, overlay and background, or an
    AnimatedDrawings folder (char_cfg.yaml, texture.png, mask.png).
    """
    with reporting_faults(debug=debug):
        check_file_or_folder(picture, field="image_url")

        from understudy.take.casting.cast import cast_picture

        character = cast_picture(picture, output, mode=mode)
        for warning in character.warnings:
            typer.echo(f"note: {warning}", err=True)
        width, height = character.size
        names = ", ".join(layer.name for layer in character.layers)
        typer.echo(f"{output}: {width} × {height}, layers {names}")
