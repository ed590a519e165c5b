"""The functions that the server's child processes run: the library, called with JSON values.

Every function takes its arguments as JSON values and a function to report progress with, and
returns JSON values or raises errors.InputRefused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from understudy.media.limits import ClipLimits
from understudy.tasks.workers import cancellation
from understudy.tasks.workers.conversation import board_of
from understudy.tasks.workers.questions import (
    CharacterArguments,
    ClipCheck,
    PictureCheck,
    PieceArguments,
    TakeArguments,
)

if TYPE_CHECKING:  # They load much that a child does not need at once.
    from understudy.character.corrections import Corrections
    from understudy.take.casting.adjusting import PictureFile
    from understudy.take.casting.thread import CastingThread
    from understudy.take.outputs import Outputs
    from understudy.tracking.trackers import KeptTrackers

Report = Callable[[str, float, bytes | None], None]
Values = dict[str, Any]

# A picture is checked at the least size that decoding gives it: whole, but cheaply.
_CHECK_SIDE = 32


def take(arguments: Values, report: Report) -> Values:
    """Make a take. Returns the seconds of its video.

    Arguments: `TakeArguments` with a workspace, where it leaves video.mp4 (or of another format),
    cover.jpg, report.json, performance.npz (of engines that follow the driver) and, if asked for,
    video.watermarked.mp4; and `stays`, whether this process is kept for another take, with its
    trackers and the learned models of casting.
    """
    from understudy.processes.memory import trim_memory
    from understudy.take.casting.thread import CastingThread
    from understudy.take.progress import Progress
    from understudy.take.run import run_take
    from understudy.tracking.trackers import TrackerPool

    def tell(progress: Progress) -> None:
        report(progress.stage, progress.fraction, progress.preview)

    given = TakeArguments.from_json(arguments)
    workspace = given.workspace
    assert workspace is not None
    stays = bool(arguments.get("stays"))
    made = run_take(
        given.media,
        given.request,
        _outputs(given, workspace),
        on_progress=tell,
        cancelled=cancellation.requested,
        board=board_of(arguments),
        trackers=_kept_trackers().lent if stays else TrackerPool,
        casting=_kept_casting().lent if stays else CastingThread,
    )
    if stays:
        trim_memory()
    (workspace / "report.json").write_text(json.dumps(made.to_json()))
    return {"seconds": made.plan.duration}


@cache
def _kept_trackers() -> KeptTrackers:
    """Those of this process, which end with it."""
    from understudy.tracking.trackers import KeptTrackers

    return KeptTrackers()


@cache
def _kept_casting() -> CastingThread:
    """The thread of this process that casts, which ends with it."""
    from understudy.take.casting.thread import CastingThread

    return CastingThread(stay=True)


def help_take(arguments: Values, report: Report) -> Values:
    """Do pieces of a take that another worker makes. Arguments: those of that `take`."""
    from understudy.take import run

    given = TakeArguments.from_json(arguments)
    board = board_of(arguments)
    assert given.workspace is not None
    assert board is not None
    outputs = _outputs(given, given.workspace)
    run.help_take(given.media, given.request, outputs, board, cancelled=cancellation.requested)
    return {}


def _outputs(given: TakeArguments, workspace: Path) -> Outputs:
    from understudy.take.outputs import Outputs

    return Outputs(
        video=workspace / f"video.{given.request.format}",
        cover=workspace / "cover.jpg",
        performances=(workspace / "performance.npz",),
    )


def inspect(arguments: Values, report: Report) -> Values:
    """Inspect a take's media. Returns `take.findings.Findings` as JSON values.

    Arguments: `TakeArguments`.
    """
    from understudy.take.inspect import inspect_take

    given = TakeArguments.from_json(arguments)
    return inspect_take(given.media, given.request).to_json()


def export(arguments: Values, report: Report) -> Values:
    """Write a performance in the format of `output`. Arguments: performance (NPZ), output."""
    from understudy.tracking.formats import write_performance
    from understudy.tracking.formats.npz import load_npz

    write_performance(load_npz(Path(arguments["performance"])), Path(arguments["output"]))
    return {}


def engines(arguments: Values, report: Report) -> Values:
    """Whether engines can run. Arguments: names, and whether it is elsewhere that they would.

    Returns `EngineState` by name.
    """
    from understudy.engines import EngineUnavailable, load_engine

    told: Values = {}
    for name in arguments["names"]:
        try:
            info = load_engine(name, elsewhere=arguments["elsewhere"]).info
        except EngineUnavailable as error:
            told[name] = {
                "reason": str(error),
                "whole_prompt": False,
                "raw_clip": False,
                "replace": False,
            }
        else:
            told[name] = {
                "reason": "",
                "whole_prompt": info.whole_prompt,
                "raw_clip": "clip" in info.inputs and "performance" not in info.inputs,
                "replace": info.replaces,
                "needs": asdict(info.needs),
            }
    return told


def check_picture(arguments: Values, report: Report) -> Values:
    """Open a picture in full. Arguments: `PictureCheck`. Returns `PictureFacts`."""
    from understudy.media.picture import open_picture, probe_picture

    check = PictureCheck.from_json(arguments)
    info = probe_picture(check.path, field=check.field, max_bytes=check.max_bytes)
    open_picture(check.path, short_side=_CHECK_SIDE, field=check.field, max_bytes=check.max_bytes)
    return {"width": info.width, "height": info.height, "format": info.format}


def check_picture_head(arguments: Values, report: Report) -> Values:
    """Check a picture by its beginning. Arguments: `PictureCheck`. Returns `HeadFacts`."""
    from understudy.media.picture import probe_picture
    from understudy.media.picture.open import HeadTooShort

    check = PictureCheck.from_json(arguments)
    try:
        info = probe_picture(
            check.path.read_bytes(),
            total_bytes=check.total_bytes,
            field=check.field,
            max_bytes=check.max_bytes,
        )
    except HeadTooShort:
        return {"picture": None}
    return {"picture": {"width": info.width, "height": info.height, "format": info.format}}


def check_clip(arguments: Values, report: Report) -> Values:
    """Open a clip. Arguments: `ClipCheck`. Returns `ClipFacts`."""
    from understudy.media.clip import open_clip

    check = ClipCheck.from_json(arguments)
    clip = open_clip(
        check.path,
        field=check.field,
        bounds=ClipLimits(check.max_bytes, check.max_seconds),
    )
    return {
        "width": clip.width,
        "height": clip.height,
        "seconds": clip.duration,
        "fps": round(float(clip.fps), 6),
        "sound": clip.has_sound,
    }


def find_character(arguments: Values, report: Report) -> Values:
    """Cast a picture. Arguments: `CharacterArguments`.

    Leaves `take.character_finding.CharacterFinding` as JSON at `output`: a matte is too long for a
    message.
    """
    from understudy.take.casting.adjusting import find_character

    given = CharacterArguments.from_json(arguments)
    found = find_character(_picture_file(given.picture), _corrections(given))
    given.output.write_text(json.dumps(found.to_json()))
    return {}


def pose_character(arguments: Values, report: Report) -> Values:
    """Write a character in test poses to `output`, an MP4. Arguments: `CharacterArguments`."""
    from understudy.take.casting.adjusting import write_poses

    given = CharacterArguments.from_json(arguments)
    write_poses(_picture_file(given.picture), _corrections(given), given.output)
    return {}


def select_piece(arguments: Values, report: Report) -> Values:
    """Find a part of a picture by points. Arguments: `PieceArguments`.

    Leaves `take.character_finding.PieceFinding` as JSON at `output`.
    """
    from understudy.take.casting.adjusting import select_piece

    given = PieceArguments.from_json(arguments)
    found = select_piece(_picture_file(given.picture), given.on, given.off)
    given.output.write_text(json.dumps(asdict(found)))
    return {}


def correct_picture(arguments: Values, report: Report) -> Values:
    """Write a picture's file with corrections in it to `output`. Returns its `PictureFacts`.

    Arguments: `CharacterArguments`.
    """
    from understudy.character.corrections import NONE
    from understudy.take.casting.adjusting import correct_picture

    given = CharacterArguments.from_json(arguments)
    correct_picture(_picture_file(given.picture), _corrections(given) or NONE, given.output)
    return check_picture(replace(given.picture, path=given.output).to_json(), report)


def _picture_file(check: PictureCheck) -> PictureFile:
    from understudy.take.casting.adjusting import PictureFile

    return PictureFile(check.path, field=check.field, max_bytes=check.max_bytes)


def _corrections(given: CharacterArguments) -> Corrections | None:
    from understudy.character.corrections import Corrections

    if given.corrections is None:
        return None
    return Corrections.from_json(json.loads(given.corrections.read_text()))
