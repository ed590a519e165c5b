"""Whole takes, measured from the command to the finished file."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import Usage, measure
from understudy.cache import FOLDER_VARIABLE
from understudy.media.limits import Orientation
from understudy.weights import folder as weights

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
# Pictures and clips of others, where somebody has put them beside the project.
MEDIA = ROOT.parent / "shared" / "media"
STAGES = ("open", "inspect", "track", "cast", "retarget", "render", "finish")


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture, a clip, and how they are to be put together."""

    picture: Path
    clip: Path
    orientation: Orientation = "video"

    @property
    def name(self) -> str:
        turned = "" if self.orientation == "video" else ", image"
        return f"{self.picture.stem.removeprefix('character-')} x {self.clip.stem}{turned}"

    @property
    def exists(self) -> bool:
        return self.picture.is_file() and self.clip.is_file()


def sample_pairs() -> list[Pair]:
    """Every picture of the samples with every clip of the samples."""
    pictures = sorted(p for p in EXAMPLES.iterdir() if p.suffix in {".jpg", ".jpeg", ".png"})
    clips = sorted(EXAMPLES.glob("*.mp4"))
    return [Pair(picture, clip) for clip in clips for picture in pictures]


def media_pairs() -> list[Pair]:
    """Pairs of the media beside the project, those that are there."""
    dance, presenter = MEDIA / "dance-full-body.mp4", MEDIA / "presenter-upper-body.mp4"
    pairs = [
        Pair(MEDIA / "character-man-jacket.png", dance),
        Pair(MEDIA / "character-drawn-dress.png", dance),
        Pair(MEDIA / "character-woman-hair-on-arm.png", dance),
        Pair(MEDIA / "character-anime.png", dance),
        Pair(MEDIA / "character-elf-upper-body.jpeg", presenter),
    ]
    return [pair for pair in pairs if pair.exists]


@dataclass(frozen=True, slots=True)
class MeasuredTake:
    """A take that was made and what it took. report: as `understudy animate --report` writes it."""

    pair: Pair
    video: Path
    usage: Usage
    report: dict[str, Any]

    @property
    def real_time(self) -> float:
        """Seconds of waiting for a second of output."""
        return self.usage.seconds / float(self.report["output"]["duration"])

    def row(self) -> dict[str, str | float | None]:
        """The take as a line of the table."""
        width, height = self.report["output"]["size"]
        timings = self.report["timings"]
        render = timings.get("render")
        return {
            "take": self.pair.name,
            "output": f"{width}x{height}",
            "video s": self.report["output"]["duration"],
            **{stage: timings.get(stage) for stage in STAGES if stage in timings},
            "render fps": self.report["output"]["frames"] / render if render else None,
            "all s": self.usage.seconds,
            "real time": self.real_time,
            "CPU s": self.usage.cpu_seconds,
            "MiB": self.usage.peak_memory / 2**20,
        }


def measure_take(pair: Pair, folder: Path) -> MeasuredTake:
    """Make a take in a process of its own, with nothing at hand from before but the weights.

    Raises CommandFailed when it does not succeed.
    """
    stem = pair.name.replace(" x ", "-").replace(", ", "-")
    video, report = folder / f"{stem}.mp4", folder / f"{stem}.json"
    command: list[str | Path] = [
        *(sys.executable, "-m", "understudy", "animate", pair.picture, pair.clip),
        *("-o", video, "--report", report, "--orientation", pair.orientation),
    ]
    with tempfile.TemporaryDirectory() as cache:
        # Without a folder of their own they are looked for in the cache's.
        known = {weights.FOLDER_VARIABLE: str(weights.weights_folder())}
        usage = measure(command, **{FOLDER_VARIABLE: cache}, **known)
    return MeasuredTake(pair, video, usage, json.loads(report.read_text()))
