"""The command `understudy doctor`: what works here, what is missing, how to get it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from understudy.cli.faults import FAULT, reporting_faults
from understudy.cli.options import DebugOption

if TYPE_CHECKING:
    from understudy.cli.doctor.checks import Finding

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

    Where takes run on a Ray cluster (UNDERSTUDY_EXECUTOR), so are all its machines: their version,
    their weights (by hash) and their engines.

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
        usable = True
        for finding in _findings():
            usable = usable and finding.state != "missing"
            typer.echo(f"{_MARKS[finding.state]:<8}{finding.subject:<10}{finding.detail}")
            if finding.remedy:
                typer.echo(f"{'':18}{finding.remedy}")
        typer.echo(
            "Takes work on this machine." if usable else "Takes do not work on this machine yet."
        )
        if not usable:
            raise typer.Exit(FAULT)


def _findings() -> Iterator[Finding]:
    """Those of this machine, and of the others where takes run on a cluster."""
    from understudy.cli.doctor.checks import CHECKS
    from understudy.cli.serve import read_settings

    for check in CHECKS:
        yield check()
    settings = read_settings()
    if settings.ray_address is not None:
        from understudy.cli.doctor.nodes import check_nodes

        yield from check_nodes(settings.ray_address, settings.ray_namespace)


def _check_engine(name: str, *, trial: bool) -> None:
    from understudy.engines import load_engine
    from understudy.errors import EngineUnavailable

    try:
        load_engine(name)
    except EngineUnavailable as reason:
        typer.echo(f"{_MARKS['missing']:<8}{name:<16}{reason}")
        raise typer.Exit(FAULT) from reason
    typer.echo(f"{_MARKS['ok']:<8}{name:<16}can run here")
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
