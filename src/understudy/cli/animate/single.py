"""One picture and one clip in a call of `understudy animate`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from understudy.cli.animate.batch import Shared
from understudy.cli.files import (
    check_distinct,
    check_file_or_folder,
    check_output,
    check_video_output,
)
from understudy.cli.interruption import watching_for_interruption
from understudy.cli.progress_bar import showing_progress

if TYPE_CHECKING:
    from understudy.take.outputs import Outputs
    from understudy.take.report import Report


def animate_one(
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


def check_files(
    inputs: dict[str, Path],
    output: Path,
    *,
    watermark: bool,
    report: Path | None,
    compare: Path | None,
) -> None:
    """Check that the inputs, by their fields, can be read and the outputs be written.

    Raises InputRefused.
    """
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
