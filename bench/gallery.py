"""`make gallery`: every picture with every clip as one page, the worst first.

Pictures and clips are those of `examples/` and of the media beside the project, where there are
any. Each take is judged; what is there from an earlier call is not made again, so the work can be
broken off at any time. The page is written anew after each take.
"""

from __future__ import annotations

import argparse
import html
import itertools
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.takes import EXAMPLES, MEDIA, Pair
from understudy.errors import InputRefused
from understudy.media.clip import open_clip
from understudy.media.limits import OWN_CLIP_LIMITS

OUT = Path("out/gallery")
_PICTURES = {".jpg", ".jpeg", ".png"}
# Masks of other tools and plotted poses lie beside the media; they are no pictures and no clips.
_LEFT_OUT = ("-mask", "-pose")
_NUMBERS = (
    ("pose", "pck_wide"),
    ("hands", "correlation"),
    ("face", "correlation"),
    ("likeness", "colours"),
    ("frames", "background"),
    ("frames", "residue"),
    ("frames", "flicker"),
)
# Controls would hide the feet until somebody asks for them.
_PLAYING = 'onmouseenter="this.play()" onmouseleave="this.pause()" onclick="this.controls = true"'
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c1c1e; }
@media (max-width: 40rem) { body { margin: 1rem; } }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); }
main { gap: 2rem; }
video { width: 100%; max-height: 420px; background: #eee; } h2 { font-size: 1rem; margin: .4rem 0; }
b { font-size: 1.4rem; } p { margin: 0; color: #555; font-variant-numeric: tabular-nums; }
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A pair in the gallery. stem: of its files. message: why there is no video, where there is
    none. judgement: as `understudy judge --json` gives it."""

    stem: str
    title: str
    message: str = ""
    judgement: dict[str, Any] | None = None

    @property
    def score(self) -> float:
        """Of 100; below any other where a take failed, above any where it was refused."""
        if self.judgement is not None:
            return float(self.judgement["score"])
        return 101.0 if self.message.startswith("refused") else -1.0


def main() -> None:
    """Make what is missing of the gallery."""
    parser = argparse.ArgumentParser(prog="python -m bench.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, metavar="FOLDER")
    parser.add_argument("--samples", action="store_true", help="leave out the media beside us")
    parser.add_argument("--only", metavar="WORD", default="", help="takes so named")
    parser.add_argument(
        "--most-seconds", type=float, metavar="S", help="leave out clips that last longer"
    )
    arguments = parser.parse_args()
    folders = [EXAMPLES] if arguments.samples else [EXAMPLES, MEDIA]
    pairs = [
        pair for pair in pairs_in(folders, arguments.most_seconds) if arguments.only in pair.name
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number, pair in enumerate(pairs, start=1):
        if entry_of(pair, arguments.out) is None:
            print(f"[{number}/{len(pairs)}] {pair.name}", flush=True)
            _make(pair, arguments.out)
        entries = [entry for each in pairs if (entry := entry_of(each, arguments.out))]
        (arguments.out / "index.html").write_text(page(entries), "utf-8")
    print(arguments.out / "index.html")


def pairs_in(folders: Iterable[Path], most_seconds: float | None = None) -> list[Pair]:
    """Every picture of the folders with every clip of them that lasts at most so long."""
    files = sorted(
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if not path.stem.endswith(_LEFT_OUT)
    )
    pictures = [path for path in files if path.suffix in _PICTURES]
    clips = [path for path in files if path.suffix == ".mp4" and _is_short(path, most_seconds)]
    return [Pair(picture, clip) for clip, picture in itertools.product(clips, pictures)]


def _is_short(path: Path, most_seconds: float | None) -> bool:
    if most_seconds is None:
        return True
    try:
        return open_clip(path, bounds=OWN_CLIP_LIMITS).duration <= most_seconds
    except InputRefused:
        return False


def entry_of(pair: Pair, folder: Path) -> Entry | None:
    """What has become of a pair; None where it has not been made yet."""
    stem = _stem(pair)
    refused, report = folder / f"{stem}.txt", folder / f"{stem}.json"
    if report.is_file():
        return Entry(stem, pair.name, judgement=json.loads(report.read_text())["judgement"])
    return Entry(stem, pair.name, refused.read_text()) if refused.is_file() else None


def _stem(pair: Pair) -> str:
    return f"{pair.picture.stem}-{pair.clip.stem}"


def _make(pair: Pair, folder: Path) -> None:
    """Make and judge a take; the report is there when both are done."""
    stem = _stem(pair)
    command: list[str | Path] = [
        *(sys.executable, "-m", "understudy", "animate", pair.picture, pair.clip),
        *("-o", folder / f"{stem}.mp4", "--judge", "--report", folder / f"{stem}.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        outcome = "refused" if done.returncode == 2 else "failed"
        said = (done.stderr.strip().splitlines() or ["no details"])[-1]
        (folder / f"{stem}.txt").write_text(f"{outcome}: {said}")


def page(entries: Sequence[Entry]) -> str:
    """The gallery as HTML; the videos lie beside it."""
    cards = "".join(map(_card, sorted(entries, key=lambda entry: (entry.score, entry.stem))))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style><h1>{len(entries)} takes, the worst first</h1>"
        f"<main>{cards}</main></html>\n"
    )


def _card(entry: Entry) -> str:
    title = html.escape(entry.title.replace(" x ", " × "))
    if entry.judgement is None:
        return f"<section><h2>{title}</h2><p>{html.escape(entry.message)}</p></section>"
    numbers = " · ".join(
        f"{part} {name.replace('_', ' ')} {value:.2f}"
        for part, name in _NUMBERS
        if (value := entry.judgement[part][name]) is not None
    )
    stem = html.escape(entry.stem, quote=True)
    return (
        f'<section><video src="{stem}.mp4" loop muted playsinline preload="metadata" {_PLAYING}>'
        "</video>"
        f'<h2>{title}</h2><b>{entry.score:g}</b><p>{numbers}</p><a href="{stem}.json">report</a>'
        "</section>"
    )


if __name__ == "__main__":
    main()
