"""The command `understudy track`: the motion of a clip's driver as data or as a skeleton video."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from understudy.cli.faults import reporting_faults
from understudy.cli.files import (
    check_distinct,
    check_file_or_folder,
    check_new_folder,
    check_output,
)
from understudy.cli.interruption import watching_for_interruption
from understudy.cli.options import ClipArgument, DebugOption
from understudy.cli.progress_bar import showing_progress
from understudy.errors import InputRefused
from understudy.take.progress import ProgressLine
from understudy.tracking.formats import FORMATS, KeypointSet, write_keypoints, write_performance
from understudy.tracking.formats.motion_file import is_motion

if TYPE_CHECKING:
    from understudy.tracking.performance import Performance

SUFFIXES = tuple(FORMATS)


def track(
    clip: ClipArgument,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="; ".join(f"OUT{form.suffix}: {form.about}" for form in FORMATS.values())
            + "; OUT without an ending: a folder with an OpenPose file for each frame.",
        ),
    ],
    keypoints: Annotated[
        KeypointSet,
        typer.Option(
            "--keypoints",
            help="Of JSON: OpenPose's BODY_25 or its COCO order with 18 points, or annotations as"
            " COCO-WholeBody has them.",
        ),
    ] = "body_25",
    debug: DebugOption = False,
) -> None:
    """Write the motion of the person in CLIP, from the longest usable part of the clip.

    A CLIP that is motion already is written in another format.
    """
    with reporting_faults(debug=debug):
        check_file_or_folder(clip, field="video_url")
        _check_output(output, keypoints)
        check_distinct({"video_url": clip, "--output": output})
        performance = _read(clip) if is_motion(clip) else _tracked(clip)
        if output.suffix.lower() in ("", ".json"):
            write_keypoints(performance, output, keypoints)
        else:
            write_performance(performance, output)
        width, height = performance.size
        seconds = performance.times[-1] - performance.times[0]
        typer.echo(f"{output}: {len(performance)} frames, {seconds:.1f} s of {width} × {height}")


def _check_output(output: Path, keypoints: KeypointSet) -> None:
    """Refuse an output that cannot be written, and keypoints that it cannot hold."""
    folder = not output.suffix
    if keypoints != "body_25" and output.suffix.lower() not in ("", ".json"):
        raise InputRefused(
            "--keypoints",
            found=f"'{output.name}' holds no keypoints",
            allowed="name an output that ends in .json, or a folder",
        )
    if folder and keypoints == "coco_wholebody":
        raise InputRefused(
            "--keypoints",
            found="COCO-WholeBody annotations are one file",
            allowed="name an output that ends in .json",
        )
    if folder:
        check_new_folder(output, option="--output")
    else:
        check_output(output, option="--output", suffixes=SUFFIXES)


def _read(path: Path) -> Performance:
    """The motion of a file, which is to be written in another format."""
    from understudy.tracking.formats.motion_file import open_motion

    return open_motion(path, max_seconds=math.inf).performance


def _tracked(path: Path) -> Performance:
    from understudy.cache import user_cache
    from understudy.media.clip import open_clip
    from understudy.media.limits import OWN_CLIP_LIMITS
    from understudy.tracking.cached import analyze_scene, track_clip
    from understudy.tracking.trackers import TrackerPool

    with (
        watching_for_interruption() as cancelled,
        showing_progress(sys.stderr) as show,
        TrackerPool() as pool,
    ):
        line = ProgressLine(show)
        line.tell("open")
        clip = open_clip(path, bounds=OWN_CLIP_LIMITS)
        line.tell("inspect")
        cache = user_cache()
        scene = analyze_scene(clip, cache=cache, pool=pool, cancelled=cancelled)
        for part in scene.dropped:
            place = f"{part.start:.1f} s to {part.end:.1f} s"
            typer.echo(f"note: {place} not used: {part.words}", err=True)
        return track_clip(
            clip,
            cache=cache,
            scene=scene,
            pool=pool,
            on_progress=lambda share: line.tell("track", share),
            cancelled=cancelled,
        )
