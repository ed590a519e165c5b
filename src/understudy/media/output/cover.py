"""The video's cover: one frame as a JPEG."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.media.output.atomic import UnfinishedFile
from understudy.media.output.provenance import Provenance

_QUALITY = 90  # of the cover, JPEG's 1 to 95
_PREVIEW_QUALITY = 75  # of a preview, which is shown for a moment
_PREVIEW_SHORT_SIDE = 240  # px


def write_cover(path: Path, rgb: NDArray[np.uint8], provenance: Provenance | None = None) -> None:
    """Write a frame (H, W, 3) uint8 RGB as a JPEG, complete or not at all.

    provenance: carried as XMP. Raises OSError where the folder cannot be written to.
    """
    with UnfinishedFile(path) as file:
        extra = {} if provenance is None else {"xmp": provenance.xmp()}
        Image.fromarray(rgb).save(file.path, "JPEG", quality=_QUALITY, optimize=True, **extra)


def encode_preview(rgb: NDArray[np.uint8], *, short_side: int = _PREVIEW_SHORT_SIDE) -> bytes:
    """A small JPEG of a frame (H, W, 3) uint8 RGB for showing progress."""
    image = Image.fromarray(rgb)
    factor = max(1, min(image.size) // short_side)
    stream = io.BytesIO()
    image.reduce(factor).save(stream, "JPEG", quality=_PREVIEW_QUALITY)
    return stream.getvalue()
