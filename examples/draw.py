"""Draws the sample pictures and clips of this folder: `python examples/draw.py [NAME ...]`.

With `--presets` it draws the pictures of the elements that the library ships with instead.

Everything is sculpted, posed, lit, painted and encoded by the package `atelier` beside this file;
nothing is loaded or fetched. The same machine draws the same pictures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from atelier import presets, works

HERE = Path(__file__).parent
LIBRARY = HERE.parent / "src" / "understudy" / "library" / "presets"

WORKS: dict[str, Callable[[Path, int], None]] = {
    "photo": works.draw_photo,
    "cartoon": works.draw_cartoon,
    "drawing": works.draw_drawing,
    "dance": works.draw_dance,
    "talk": works.draw_talk,
}


PRESETS: dict[str, Callable[[Path, int], None]] = {
    "robin": presets.draw_robin,
    "kit": presets.draw_kit,
    "mei": presets.draw_mei,
    "fox": presets.draw_fox,
}


def main() -> None:
    names = ", ".join(WORKS)
    parser = argparse.ArgumentParser(description="Draw the sample pictures and clips.")
    parser.add_argument("works", nargs="*", metavar="NAME", help=f"of {names}; else all of them")
    parser.add_argument("--presets", action="store_true", help=f"elements: {', '.join(PRESETS)}")
    parser.add_argument("--out", type=Path, help="folder to write to")
    parser.add_argument("--jobs", type=int, default=2, help="threads that draw a clip's frames")
    given = parser.parse_args()
    known = PRESETS if given.presets else WORKS
    unknown = sorted(set(given.works) - set(known))
    if unknown:
        parser.error(f"no such work: {', '.join(unknown)}; there are {', '.join(known)}")
    cv2.setNumThreads(1)
    out = given.out or (LIBRARY if given.presets else HERE)
    out.mkdir(parents=True, exist_ok=True)
    for name in given.works or known:
        start = time.perf_counter()
        known[name](out, given.jobs)
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
