"""Trying an engine on the small pair that comes with the package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.progress import OnProgress
from understudy.take.report import Report
from understudy.take.run import run_take

PROMPT = "the character of the picture; the background of the picture"
SEED = 1


def try_engine(name: str, out: Path, on_progress: OnProgress | None = None) -> Report:
    """Make a take of three seconds with the engine and write it to `out`.

    Raises EngineUnavailable.
    """
    pair = resources.files("understudy.cli.doctor") / "rehearsal"
    with resources.as_file(pair / "clip.mp4") as clip:
        return run_take(
            TakeMedia(picture=(pair / "picture.jpg").read_bytes(), clip=clip),
            TakeRequest(engine=name, prompt=PROMPT, seed=SEED),
            Outputs(video=out, compare=out.with_name(f"{out.stem}.compare.mp4")),
            on_progress=on_progress,
        )


def told(report: Report) -> Iterator[str]:
    """What a person should see of the trial, line by line."""
    details = report.engine_details
    plan = report.plan
    yield f"{plan.frames} frames of {plan.size[0]} x {plan.size[1]} in {report.seconds:.0f} s"
    for warning in report.warnings:
        yield f"warning: {warning}"
    for name in ("repository", "revision", "solver", "steps", "placement", "server"):
        if details.get(name) is not None:
            yield f"{name}: {details[name]}"
    measured: dict[str, Any] = details.get("measured", {})
    if measured:
        yield (
            f"GiB of the card: {measured['allocated_gib']} allocated, "
            f"{measured['reserved_gib']} reserved"
        )
        for stage, figures in measured["stages"].items():
            yield f"{stage}: {figures['calls']} times, the last in {figures['last']} s"
    for seam in details.get("seams", ()):
        before, after = seam["before"], seam["after"]
        yield f"seam at frame {seam['frame']}: {before} before matching, {after} after"
    identity = [value for _, value in details.get("identity", ())]
    if identity:
        yield f"likeness to the picture: {min(identity):.2f} to {max(identity):.2f}"
