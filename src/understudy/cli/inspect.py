"""The command `understudy inspect`: the plan of a take, or every problem that prevents it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from understudy.cli.faults import REFUSED, reporting_faults
from understudy.cli.files import check_file_or_folder, check_input, check_output
from understudy.cli.options import (
    CameraOption,
    ClipArgument,
    DebugOption,
    DriverOption,
    ElementOption,
    EngineOption,
    ModeOption,
    OrientationOption,
    PictureArgument,
    PromptOption,
    SoundOption,
)

if TYPE_CHECKING:
    from understudy.take.findings import Findings, PersonFinding, Problem
    from understudy.take.options import TakeMedia
    from understudy.take.plan import Plan

_FRAMINGS = {
    "whole_body": "whole body",
    "knees": "down to the knees",
    "upper_body": "upper body",
    "head": "head",
}


def inspect(  # noqa: PLR0913 - one parameter per option
    picture: PictureArgument,
    clip: ClipArgument,
    *,
    element: ElementOption = None,
    orientation: OrientationOption = "video",
    mode: ModeOption = "std",
    prompt: PromptOption = "",
    sound: SoundOption = True,
    engine: EngineOption = "puppet",
    driver: DriverOption = "",
    camera: CameraOption = False,
    preview: Annotated[
        Path | None,
        typer.Option(
            "--preview",
            metavar="FILE",
            help="Also write what was cut out, its parts and joints, and how it looks in test "
            "poses: a contact sheet (.png) or a video (.mp4).",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: DebugOption = False,
) -> None:
    """Show the plan of a take from PICTURE and CLIP, or every problem that prevents it.

    The exit status is 0 if both can be used and 2 if not.
    """
    with reporting_faults(debug=debug):
        if preview is not None:
            check_output(preview, option="--preview", suffixes=(".png", ".mp4"))
        from understudy.take.findings import collecting
        from understudy.take.inspect import inspect_take
        from understudy.take.options import TakeRequest

        problems: list[Problem] = []
        request = TakeRequest(
            orientation=orientation, mode=mode, sound=sound, engine=engine, camera=camera
        )
        with collecting(problems):
            request = replace(request, prompt=prompt)
        with collecting(problems):
            request = replace(request, driver=driver)
        media = _usable_files(picture, clip, element or [], problems)
        findings = inspect_take(media, request, preview=preview).after(problems)
        _print(findings, as_json=as_json)


def _usable_files(
    picture: Path, clip: Path, element: list[Path], problems: list[Problem]
) -> TakeMedia:
    """The files that can be read; each of the others is a problem."""
    from understudy.media import limits
    from understudy.take.findings import collecting
    from understudy.take.options import TakeMedia

    def readable(path: Path, field: str) -> Path | None:
        with collecting(problems):
            check = check_input if field == limits.ELEMENT_FIELD else check_file_or_folder
            check(path, field=field)
            return path
        return None

    media = TakeMedia(
        picture=readable(picture, limits.PICTURE_FIELD),
        element=tuple(file for file in element if readable(file, limits.ELEMENT_FIELD)),
        clip_max_seconds=limits.OWN_CLIP_MAX_SECONDS,
    )
    driver = readable(clip, limits.CLIP_FIELD)
    return media if driver is None else media.driven_by(driver)


def _print(findings: Findings, *, as_json: bool) -> None:
    """Print the findings; raises Exit with status 2 where they are not usable."""
    if as_json:
        typer.echo(json.dumps(findings.to_json(), indent=2, ensure_ascii=False))
    elif findings.plan is not None:
        persons = findings.clip.persons if findings.clip is not None else ()
        typer.echo("\n".join([*describe(findings.plan), *describe_people(persons)]))
    else:
        for problem in findings.problems:
            typer.echo(f"understudy: {problem.message}", err=True)
    if not findings.usable:
        raise typer.Exit(REFUSED)


def describe(plan: Plan) -> list[str]:
    """The plan in lines for a person."""
    width, height = plan.size
    people = "1 person" if plan.people == 1 else f"{plan.people} people"
    rows = [
        ("usable", f"{plan.start:.1f} s to {plan.end:.1f} s of {plan.clip_duration:.1f} s"),
        *(("dropped", f"{d.start:.1f} s to {d.end:.1f} s: {d.reason}") for d in plan.dropped),
        (
            "output",
            f"{width} × {height}, {plan.fps:g} fps, {plan.frames} frames,"
            f" {plan.duration:.1f} s, {'with' if plan.sound else 'without'} sound",
        ),
        ("engine", f"{plan.engine}, orientation {plan.orientation}, mode {plan.mode}"),
        ("driver", f"{_FRAMINGS.get(plan.driver_framing, plan.driver_framing)}; {people} in view"),
        ("character", _FRAMINGS.get(plan.picture_framing, plan.picture_framing)),
    ]
    if plan.units is not None:
        rows.append(("units", plan.units))
    if plan.understood:
        rows.append(("prompt", f"acted on: {', '.join(plan.understood)}"))
    if plan.left_out:
        rows.append(("prompt", f"ignored: {', '.join(plan.left_out)}"))
    rows.extend(("element", note) for note in plan.element)
    rows.extend(("note", warning) for warning in plan.warnings)
    return [f"{name:<11}{words}" for name, words in rows]


def describe_people(people: Sequence[PersonFinding]) -> list[str]:
    """A line for each of several people."""
    if len(people) < 2:
        return []
    return [
        f"{'person ' + str(one.number):<11}{one.start:.1f} s to {one.end:.1f} s, at"
        f" {one.left + one.width / 2:.2f},{one.top + one.height / 2:.2f},"
        f" {one.height:.0%} of the height{', the driver' if one.is_driver else ''}"
        for one in people
    ]
