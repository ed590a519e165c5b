"""`make bench`: tables of speed, memory and quality.

The samples are measured, and the media beside the project where there are any. Names of tables on
the command line choose among them: `.venv/bin/python -m bench speed`.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bench import joints, residue
from bench.floor import measure_floor
from bench.labelled_pose import MEDIA_LABELLED, Labelled, measure, row
from bench.processes import CommandFailed
from bench.quality import judge_take, reenact
from bench.table import Cell, table
from bench.takes import EXAMPLES, MEDIA, MeasuredTake, Pair, measure_take, media_pairs, sample_pairs
from understudy.cores import usable_cores
from understudy.errors import UnderstudyError

TABLES = ("speed", "floor", "fidelity", "reenactment", "tracker", "joints", "residue")
Row = dict[str, Cell]
T = TypeVar("T")


def main() -> None:
    """Measure and print what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Understudy.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}")
    parser.add_argument("--samples", action="store_true", help="leave out the media beside us")
    parser.add_argument("--only", metavar="WORD", default="", help="takes and clips so named")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the videos there")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="for the table of residue")
    arguments = parser.parse_args()
    wanted = tuple(arguments.tables) or TABLES
    for unknown in set(wanted) - set(TABLES):
        parser.error(f"there is no table {unknown!r}; there are {', '.join(TABLES)}")

    pairs = sample_pairs() + ([] if arguments.samples else media_pairs())
    pairs = [pair for pair in pairs if arguments.only in pair.name]
    print(
        f"{platform.machine()}, {usable_cores()} cores,"
        f" Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n"
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if {"speed", "floor", "fidelity"} & set(wanted):
            takes = _takes(pairs, folder)
            if "speed" in wanted:
                _show("Speed and memory, seconds by stage", [take.row() for take in takes])
            if "floor" in wanted:
                _show(
                    "A take and its parts alone, CPU seconds",
                    _rows(
                        takes,
                        lambda take: measure_floor(take).row(take),
                        lambda take: take.pair.name,
                    ),
                )
            if "fidelity" in wanted:
                _show("Fidelity", _rows(takes, judge_take, lambda take: take.pair.name))
    if "reenactment" in wanted:
        clips = _clips(samples_only=arguments.samples, word=arguments.only)
        _show("Self-reenactment", _rows(clips, reenact, lambda clip: clip.stem))
    if "tracker" in wanted and not arguments.samples:
        labelled = [one for one in MEDIA_LABELLED if _is_here(one, arguments.only)]
        _show(
            "The tracker's own error, in torso lengths, against labels that others made",
            _rows(labelled, lambda one: row(measure(one, MEDIA)), lambda one: one.name),
        )
    if "joints" in wanted and not arguments.samples:
        drawings = [name for name in joints.here() if arguments.only in name]
        _show(
            "Joints and outline of drawings against what others marked, in heights of the figure",
            _rows(drawings, lambda name: joints.measure(name).row(name), str),
        )
    if "residue" in wanted:
        folder = arguments.pictures or (EXAMPLES if arguments.samples else MEDIA)
        pictures = [path for path in residue.pictures_in(folder) if arguments.only in path.stem]
        _show(
            "What breaks off in the background where the figure was, in torso lengths",
            _rows(pictures, residue.row, lambda path: path.stem),
        )


def _takes(pairs: Sequence[Pair], folder: Path) -> list[MeasuredTake]:
    takes = []
    for pair in pairs:
        try:
            takes.append(measure_take(pair, folder))
        except CommandFailed as failure:
            print(f"{pair.name}: {failure}\n")
    return takes


def _rows(things: Sequence[T], measure: Callable[[T], Row], name: Callable[[T], str]) -> list[Row]:
    rows = []
    for thing in things:
        try:
            rows.append(measure(thing))
        except UnderstudyError as refusal:
            print(f"{name(thing)}: {refusal}\n")
    return rows


def _clips(*, samples_only: bool, word: str) -> list[Path]:
    clips = list(dict.fromkeys(pair.clip for pair in sample_pairs()))
    if not samples_only:
        clips += [MEDIA / name for name in ("dance-full-body.mp4", "presenter-upper-body.mp4")]
    return [clip for clip in clips if clip.is_file() and word in clip.stem]


def _is_here(labelled: Labelled, word: str) -> bool:
    return word in labelled.name and (MEDIA / f"{labelled.name}-pose.mp4").is_file()


def _show(title: str, rows: Sequence[Row]) -> None:
    print(table(title, rows), flush=True)


if __name__ == "__main__":
    main()
