"""What the children of the server run: the library, called with plain data.

Every function takes its arguments as JSON values and a function to report progress with, and
returns JSON values or raises errors.InputRefused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.media.limits import ClipLimits
from understudy.take.options import TakeMedia, TakeRequest

Report = Callable[[str, float, bytes | None], None]
Values = dict[str, Any]

# A picture is checked at the least size that decoding gives it: whole, but cheaply.
_CHECK_SIDE = 32


def take_arguments(request: TakeRequest, media: TakeMedia, workspace: Path) -> Values:
    """The arguments of `take`; workspace: the folder for what it writes."""
    return {**inspect_arguments(request, media), "workspace": str(workspace)}


def inspect_arguments(request: TakeRequest, media: TakeMedia) -> Values:
    """The arguments of `inspect`."""
    return {"request": request.to_json(), "media": media.to_json()}


def take(arguments: Values, report: Report) -> Values:
    """Make a take. Returns the seconds of its video.

    Arguments: those of `take_arguments`. Leaves video.mp4, cover.jpg, report.json, performance.npz
    (of engines that follow the driver) and, if asked for, video.watermarked.mp4 in the workspace.
    """
    from understudy.take.outputs import Outputs
    from understudy.take.progress import Progress
    from understudy.take.run import run_take

    def tell(progress: Progress) -> None:
        report(progress.stage, progress.fraction, progress.preview)

    workspace = Path(arguments["workspace"])
    made = run_take(
        TakeMedia.from_json(arguments["media"]),
        TakeRequest.from_json(arguments["request"]),
        Outputs(
            video=workspace / "video.mp4",
            cover=workspace / "cover.jpg",
            performances=(workspace / "performance.npz",),
        ),
        on_progress=tell,
    )
    (workspace / "report.json").write_text(json.dumps(made.to_json()))
    return {"seconds": made.plan.duration}


def inspect(arguments: Values, report: Report) -> Values:
    """Find out what a take would be made of. Returns `take.findings.Findings` as JSON values.

    Arguments: those of `inspect_arguments`.
    """
    from understudy.take.inspect import inspect_take

    request = TakeRequest.from_json(arguments["request"])
    return inspect_take(TakeMedia.from_json(arguments["media"]), request).to_json()


def export(arguments: Values, report: Report) -> Values:
    """Write a performance in the format of `output`. Arguments: performance (NPZ), output."""
    from understudy.tracking.formats import write_performance
    from understudy.tracking.formats.npz import load_npz

    write_performance(load_npz(Path(arguments["performance"])), Path(arguments["output"]))
    return {}


def engines(arguments: Values, report: Report) -> Values:
    """Whether engines can run here. Arguments: names. Returns by name the reason why one cannot
    (empty when it can), and whether it takes prompts whole and the raw clip."""
    from understudy.engines import EngineUnavailable, load_engine

    told: Values = {}
    for name in arguments["names"]:
        try:
            info = load_engine(name).info
        except EngineUnavailable as error:
            told[name] = {"reason": str(error), "whole_prompt": False, "raw_clip": False}
        else:
            told[name] = {
                "reason": "",
                "whole_prompt": info.whole_prompt,
                "raw_clip": "clip" in info.inputs,
            }
    return told


def check_picture(arguments: Values, report: Report) -> Values:
    """Open a picture in full. Arguments: path, field, max_bytes. Returns its facts."""
    from understudy.media.picture import open_picture, probe_picture

    path, limits = Path(arguments["path"]), _picture_limits(arguments)
    info = probe_picture(path, **limits)
    open_picture(path, short_side=_CHECK_SIDE, **limits)
    return {"width": info.width, "height": info.height, "format": info.format}


def check_picture_head(arguments: Values, report: Report) -> Values:
    """Check a picture by its beginning.

    Arguments: path (the beginning), total_bytes, field, max_bytes. Returns its facts, or none when
    the beginning is too short to tell.
    """
    from understudy.media.picture import probe_picture
    from understudy.media.picture.open import HeadTooShort

    head = Path(arguments["path"]).read_bytes()
    try:
        info = probe_picture(
            head, total_bytes=arguments["total_bytes"], **_picture_limits(arguments)
        )
    except HeadTooShort:
        return {}
    return {"width": info.width, "height": info.height, "format": info.format}


def check_clip(arguments: Values, report: Report) -> Values:
    """Open a clip. Arguments: path, field, max_bytes, max_seconds. Returns its facts."""
    from understudy.media.clip import open_clip

    clip = open_clip(
        Path(arguments["path"]),
        orientation="video",
        field=arguments["field"],
        bounds=ClipLimits(arguments["max_bytes"], arguments["max_seconds"]),
    )
    return {
        "width": clip.width,
        "height": clip.height,
        "seconds": clip.duration,
        "fps": round(float(clip.fps), 6),
        "sound": clip.has_sound,
    }


def _picture_limits(arguments: Values) -> Any:
    return {"field": arguments["field"], "max_bytes": arguments["max_bytes"]}
