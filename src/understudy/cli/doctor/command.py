"""The command `understudy doctor`: what works here, what is missing, how to get it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from understudy.cli.faults import FAULT, reporting_faults
from understudy.cli.options import DebugOption

_MARKS = {"ok": "ok", "note": "note", "missing": "MISSING"}


def doctor(
    *,
    warm: Annotated[
        bool,
        typer.Option("--warm", help="Compile the kernels now instead of during the first take."),
    ] = False,
    fetch: Annotated[
        bool,
        typer.Option("--fetch", help="Fetch missing model weights (see docs/weights.md)."),
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="NAME", help="Check this engine and nothing else."),
    ] = None,
    trial: Annotated[
        bool,
        typer.Option(
            "--try",
            help="With --engine: make a take of three seconds in the working directory.",
        ),
    ] = False,
    debug: DebugOption = False,
) -> None:
    """Report what works on this machine, what is missing and how to install it.

    Exits with 0 if takes can be made here.
    """
    with reporting_faults(debug=debug):
        if engine is not None:
            _check_engine(engine, trial=trial)
            return
        if fetch:
            from understudy.cli.weights import default_weights, fetch_and_tell

            fetch_and_tell(default_weights())
        if warm:
            from understudy.cli.doctor.warm_up import warm_up

            typer.echo(f"compiled and tested in {warm_up():.0f} s")
        from understudy.cli.doctor.checks import CHECKS

        usable = True
        for check in CHECKS:
            finding = check()
            usable = usable and finding.state != "missing"
            typer.echo(f"{_MARKS[finding.state]:<8}{finding.subject:<10}{finding.detail}")
            if finding.remedy:
                typer.echo(f"{'':18}{finding.remedy}")
        typer.echo(
            "Takes work on this machine." if usable else "Takes do not work on this machine yet."
        )
        if not usable:
            raise typer.Exit(FAULT)


def _check_engine(name: str, *, trial: bool) -> None:
    from understudy.engines import load_engine
    from understudy.errors import EngineUnavailable

    try:
        load_engine(name)
    except EngineUnavailable as reason:
        typer.echo(f"{_MARKS['missing']:<8}{name:<10}{reason}")
        raise typer.Exit(FAULT) from reason
    typer.echo(f"{_MARKS['ok']:<8}{name:<10}can run here")
    if not trial:
        return
    from understudy.cli.doctor.trial import told, try_engine
    from understudy.cli.progress_bar import showing_progress

    out = Path(f"understudy-try-{name}.mp4")
    with showing_progress(sys.stderr) as show:
        report = try_engine(name, out, show)
    for line in told(report):
        typer.echo(line)
    typer.echo(f"Look at {out}, and beside the clip at {out.stem}.compare.mp4.")
