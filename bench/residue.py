"""What stays in the background of a picture when its figure is taken out.

`python -m bench residue --pictures FOLDER` prints a row for each opaque picture of a folder; see
`character.inpaint.residue` for what is counted.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.table import Cell
from understudy.character.cast import cast
from understudy.character.figure.anatomy import measure
from understudy.character.inpaint.residue import residue_of
from understudy.media.limits import output_size
from understudy.media.picture import open_picture

SUFFIXES = (".jpg", ".jpeg", ".png")
SIDE = 360
"""Pixels of the shorter side at which it is measured: what is smaller than two nobody notices."""


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder without masks of other pictures, by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.stem.endswith("-mask")
    )


def row(path: Path) -> dict[str, Cell]:
    """A picture's line of the table; a dash for one that brings its own matte, whose background is
    one colour. Raises InputRefused."""
    picture = open_picture(path, short_side=720)
    began = time.monotonic()
    character = cast(picture, output_size(*picture.source_size, "std"))
    seconds = time.monotonic() - began
    length = float("nan")
    if picture.alpha is None:
        length = residue_length(
            character.picture,
            character.background,
            character.alpha,
            measure(character.landmarks).torso,
        )
    return {"picture": path.stem, "residue": length, "seconds": seconds}


def residue_length(
    picture: NDArray[np.uint8],
    background: NDArray[np.uint8],
    alpha: NDArray[np.float32],
    torso: float,
) -> float:
    """The length of what breaks off, in torso lengths.

    picture, background: (h, w, 3) uint8 sRGB; alpha: (h, w) in 0..1; torso: pixels.
    """
    height, width = alpha.shape
    scale = min(1.0, SIDE / min(height, width))
    size = (round(scale * width), round(scale * height))
    first, second = (
        np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        for image in (picture, background)
    )
    matte = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    return float(residue_of(first, second, matte).sum() / (scale * torso))
