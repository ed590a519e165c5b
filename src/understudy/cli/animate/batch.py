"""Several pictures and clips in one call of `understudy animate`: every picture with every clip.

What a clip costs to track and a picture to cast is paid once: the cache hands it to the takes that
follow. While one video is rendered the next picture is cast, by models that stay open. A pair that
is refused or fails does not keep the others from being made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from understudy.cli.faults import FAULT, REFUSED, exit_status, sentence
from understudy.cli.files import check_file_or_folder, check_folder_output, check_output
from understudy.cli.interruption import watching_for_interruption
from understudy.cli.progress_bar import showing_progress
from understudy.cli.table import print_table
from understudy.errors import InputRefused, TakeCancelled

if TYPE_CHECKING:
    from understudy.take.casting.thread import CastingThread
    from understudy.take.options import TakeMedia, TakeRequest
    from understudy.take.progress import Progress
    from understudy.take.report import Report

_FILES = "FILES"
_WORDS = {0: "done", REFUSED: "refused", FAULT: "failed"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture, a clip, and where their video goes."""

    picture: Path
    clip: Path
    output: Path


@dataclass(frozen=True, slots=True)
class Shared:
    """What all takes share: their options, an element, and whether fidelity is measured and the
    results are judged."""

    request: TakeRequest
    media: TakeMedia
    fidelity: bool
    judge: bool = False


@dataclass(frozen=True, slots=True)
class PairOutcome:
    """What became of a pair. status: as of a command. message: why there is no video."""

    pair: Pair
    status: int
    message: str = ""
    report: Report | None = None


def animate_all(files: Sequence[Path], folder: Path, shared: Shared, report: Path | None) -> None:
    """Make a video of every picture with every clip, and print a table of what became of them.

    files: pictures and clips in any order. folder: for the videos; made where it is missing.
    report: a JSON file for all reports.

    Raises InputRefused for files that are neither or a folder that cannot be written to, and
    typer.Exit where not every video was made: status 1 after a fault, else 2.
    """
    pairs = pairs_of(files, folder)
    check_folder_output(folder, option="--output")
    folder.mkdir(exist_ok=True)
    outcomes = _outcomes(pairs, shared)
    if report is not None:
        text = json.dumps([_values(outcome) for outcome in outcomes], indent=2, ensure_ascii=False)
        report.write_text(text + "\n", "utf-8")
    _print(outcomes)
    statuses = {outcome.status for outcome in outcomes}
    if statuses != {0}:
        raise typer.Exit(FAULT if FAULT in statuses else REFUSED)


def check_for_several(*, compare: Path | None, report: Path | None) -> None:
    """Refuse an output that is of one video alone, and a report that cannot be written."""
    if compare is not None:
        raise InputRefused(
            "--compare",
            found="several pictures or clips are given",
            allowed="give one picture and one clip",
        )
    if report is not None:
        check_output(report, option="--report", suffixes=(".json",))


def pairs_of(files: Sequence[Path], folder: Path) -> list[Pair]:
    """Every clip with every picture, told by content. Raises InputRefused."""
    for file in files:
        check_file_or_folder(file, field=_FILES)
    pictures = [file for file in files if _is_picture(file)]
    clips = [file for file in files if file not in pictures]
    if not pictures or not clips:
        raise InputRefused(
            _FILES,
            found=f"there are {len(pictures)} pictures and {len(clips)} clips",
            allowed="give at least one of each",
        )
    taken: set[str] = set()
    pairs = []
    for clip in clips:
        for picture in pictures:
            stem = name = f"{picture.stem}-{clip.stem}"
            count = 1
            while name in taken:
                count += 1
                name = f"{stem}-{count}"
            taken.add(name)
            pairs.append(Pair(picture, clip, folder / f"{name}.mp4"))
    return pairs


def _is_picture(path: Path) -> bool:
    """Whether a file is a picture or a PSD, or a folder a character, and not OpenPose's."""
    from understudy.character.folder import is_open_character
    from understudy.media import file_types, limits

    if path.is_dir():
        return next(path.glob("*_keypoints.json"), None) is None
    if is_open_character(path):
        return True
    with path.open("rb") as file:
        return file_types.name_format(file.read(file_types.HEAD_BYTES)) in limits.PICTURE_FORMATS


def _outcomes(pairs: Sequence[Pair], shared: Shared) -> list[PairOutcome]:
    """Make the videos, one after the other. Raises TakeCancelled."""
    from understudy.take.casting.concurrent import cast_ahead
    from understudy.take.casting.thread import CastingThread

    outcomes = []
    with watching_for_interruption() as cancelled, CastingThread(stay=True) as casting:
        for number, pair in enumerate(pairs):
            following = pairs[number + 1 : number + 2]

            def prepare_next(following: Sequence[Pair] = following) -> None:
                for next_pair in following:
                    cast_ahead(casting, _media(next_pair, shared), shared.request)

            place = f"{number + 1}/{len(pairs)}"
            outcomes.append(_outcome(pair, place, shared, cancelled, casting, prepare_next))
    return outcomes


def _media(pair: Pair, shared: Shared) -> TakeMedia:
    return replace(shared.media, picture=pair.picture).driven_by(pair.clip)


def _outcome(  # noqa: PLR0913 - a take, and what it shares with the others
    pair: Pair,
    place: str,
    shared: Shared,
    cancelled: Callable[[], bool],
    casting: CastingThread,
    prepare_next: Callable[[], None],
) -> PairOutcome:
    """Make one video. prepare_next: called when it begins to be rendered. Raises TakeCancelled."""
    from understudy.take.outputs import Outputs
    from understudy.take.run import run_take

    typer.echo(f"[{place}] {pair.picture.name} with {pair.clip.name}", err=True)
    try:
        with showing_progress(sys.stderr) as show:
            preparing = [prepare_next]

            def tell(progress: Progress) -> None:
                show(progress)
                if progress.stage == "render" and preparing:
                    preparing.pop()()

            made = run_take(
                _media(pair, shared),
                shared.request,
                Outputs(video=pair.output),
                measure_fidelity=shared.fidelity,
                judge=shared.judge,
                on_progress=tell,
                cancelled=cancelled,
                casting=casting.lent,
            )
    except (KeyboardInterrupt, TakeCancelled):
        raise
    except Exception as fault:
        typer.echo(f"understudy: {sentence(fault)}", err=True)
        return PairOutcome(pair, exit_status(fault), sentence(fault))
    return PairOutcome(pair, 0, report=made)


def _values(outcome: PairOutcome) -> dict[str, object]:
    pair = outcome.pair
    return {
        "picture": str(pair.picture),
        "clip": str(pair.clip),
        "output": str(pair.output) if outcome.status == 0 else None,
        "status": _WORDS.get(outcome.status, _WORDS[FAULT]),
        "message": outcome.message,
        "report": None if outcome.report is None else outcome.report.to_json(),
    }


def _print(outcomes: Sequence[PairOutcome]) -> None:
    rows = [("RESULT", "PICTURE", "CLIP", "VIDEO", "MADE IN", "CACHED")]
    for outcome in outcomes:
        pair, report = outcome.pair, outcome.report
        rows.append(
            (
                _WORDS.get(outcome.status, _WORDS[FAULT]),
                pair.picture.name,
                pair.clip.name,
                outcome.message if report is None else str(pair.output),
                "" if report is None else f"{report.seconds:.1f} s",
                "" if report is None else ", ".join(report.cached),
            )
        )
    print_table(rows)
    done = sum(outcome.status == 0 for outcome in outcomes)
    typer.echo(f"{done} of {len(outcomes)} videos made")
