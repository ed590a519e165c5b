"""The command `understudy judge`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from understudy.cli.faults import reporting_faults
from understudy.cli.files import check_distinct, check_input, check_output
from understudy.cli.options import DebugOption


def judge(  # noqa: PLR0913 - one parameter per option
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="The video to judge: MP4 or MOV.")
    ],
    *,
    picture: Annotated[
        Path, typer.Option("--picture", metavar="PICTURE", help="The picture it was made from.")
    ],
    clip: Annotated[
        Path, typer.Option("--clip", metavar="CLIP", help="The clip whose motion it follows.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    page: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="OUT.html",
            help="Write a page with the curves over time and the worst frames.",
        ),
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Measure a video of any engine by the picture and the clip that it was made from."""
    with reporting_faults(debug=debug):
        inputs = {"result": result, "image_url": picture, "video_url": clip}
        for field, file in inputs.items():
            check_input(file, field=field)
        if page is not None:
            check_output(page, option="--html", suffixes=(".html", ".htm"))
            check_distinct({**inputs, "--html": page})

        from understudy.judge.judge import judge_video
        from understudy.judge.page import rows, write_page

        judged = judge_video(
            result, picture, clip, on_progress=lambda words: typer.echo(words, err=True)
        )
        if page is not None:
            write_page(judged, page)
        if as_json:
            typer.echo(json.dumps(judged.judgement.to_json(), indent=2, ensure_ascii=False))
        else:
            for name, value in rows(judged):
                typer.echo(f"{name:<34}{value}")
