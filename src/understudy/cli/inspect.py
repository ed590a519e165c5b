"""The command `understudy inspect`: the plan of a take, or why there can be none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from understudy.cli.faults import REFUSED, reporting_faults
from understudy.cli.files import check_input
from understudy.cli.options import (
    ClipArgument,
    DebugOption,
    ElementOption,
    EngineOption,
    ModeOption,
    OrientationOption,
    PictureArgument,
    PromptOption,
    SoundOption,
)
from understudy.errors import InputRefused

if TYPE_CHECKING:
    from understudy.take.plan import Plan

_FRAMINGS = {
    "whole_body": "whole body",
    "knees": "down to the knees",
    "upper_body": "upper body",
    "head": "head",
}


def inspect(
    picture: PictureArgument,
    clip: ClipArgument,
    *,
    element: ElementOption = None,
    orientation: OrientationOption = "video",
    mode: ModeOption = "std",
    prompt: PromptOption = "",
    sound: SoundOption = True,
    engine: EngineOption = "puppet",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: DebugOption = False,
) -> None:
    """Say what a take of PICTURE and CLIP would be, or why it cannot be.

    The exit status is 0 when the two can be used and 2 when they cannot.
    """
    with reporting_faults(debug=debug):
        try:
            check_input(picture, field="image_url")
            check_input(clip, field="video_url")
            for file in element or ():
                check_input(file, field="--element")
            plan = _plan(
                picture,
                clip,
                element=element or (),
                orientation=orientation,
                mode=mode,
                prompt=prompt,
                sound=sound,
                engine=engine,
            )
        except InputRefused as refusal:
            if not as_json:
                raise
            _print_json({"usable": False, "problem": problem(refusal)})
            raise typer.Exit(REFUSED) from None
        if as_json:
            _print_json({"usable": True, "plan": plan.to_json()})
        else:
            typer.echo("\n".join(describe(plan)))


def _plan(picture: Path, clip: Path, element: Sequence[Path], **options: Any) -> Plan:
    from understudy.elements.element import element_from_files
    from understudy.take.run import TakeOptions, inspect_take

    return inspect_take(picture, clip, TakeOptions(**options), element=element_from_files(element))


def problem(refusal: InputRefused) -> dict[str, str]:
    """A refusal as JSON values."""
    return {
        "field": refusal.field,
        "found": refusal.found,
        "allowed": refusal.allowed,
        "message": refusal.message,
    }


def describe(plan: Plan) -> list[str]:
    """The lines of the plan for a person."""
    width, height = plan.size
    people = "1 person" if plan.people == 1 else f"{plan.people} people"
    rows = [
        ("usable", f"{plan.start:.1f} s to {plan.end:.1f} s of {plan.clip_duration:.1f} s"),
        *(("dropped", f"{d.start:.1f} s to {d.end:.1f} s: {d.reason}") for d in plan.dropped),
        (
            "output",
            f"{width} × {height}, {float(plan.fps):g} fps, {plan.frames} frames,"
            f" {plan.duration:.1f} s, {'with' if plan.sound else 'without'} sound",
        ),
        ("engine", f"{plan.engine}, orientation {plan.orientation}, mode {plan.mode}"),
        ("driver", f"{_FRAMINGS.get(plan.driver_framing, plan.driver_framing)}; {people} in view"),
        ("character", _FRAMINGS.get(plan.picture_framing, plan.picture_framing)),
    ]
    if plan.units is not None:
        rows.append(("units", str(plan.units)))
    if plan.understood:
        rows.append(("prompt", f"acted on: {', '.join(plan.understood)}"))
    if plan.left_out:
        rows.append(("prompt", f"left out: {', '.join(plan.left_out)}"))
    rows.extend(("element", note) for note in plan.element)
    rows.extend(("note", warning) for warning in plan.warnings)
    return [f"{name:<11}{words}" for name, words in rows]


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
