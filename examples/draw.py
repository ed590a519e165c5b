"""Draws the sample pictures and clips of this folder: `python examples/draw.py [NAME ...]`.

Everything is sculpted, posed, lit, painted and encoded by the package `atelier` beside this file;
nothing is loaded or fetched. The same machine draws the same pictures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from atelier import works

HERE = Path(__file__).parent

WORKS: dict[str, Callable[[Path, int], None]] = {
    "photo": works.draw_photo,
    "cartoon": works.draw_cartoon,
    "drawing": works.draw_drawing,
    "dance": works.draw_dance,
    "talk": works.draw_talk,
}


def main() -> None:
    names = ", ".join(WORKS)
    parser = argparse.ArgumentParser(description="Draw the sample pictures and clips.")
    parser.add_argument("works", nargs="*", metavar="NAME", help=f"of {names}; else all of them")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--jobs", type=int, default=2, help="threads that draw a clip's frames")
    given = parser.parse_args()
    unknown = sorted(set(given.works) - set(WORKS))
    if unknown:
        parser.error(f"no such work: {', '.join(unknown)}; there are {names}")
    cv2.setNumThreads(1)
    given.out.mkdir(parents=True, exist_ok=True)
    for name in given.works or WORKS:
        start = time.perf_counter()
        WORKS[name](given.out, given.jobs)
        print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
