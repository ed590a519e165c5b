"""The orientation of a picture, the only thing read from EXIF (CIPA DC-008, 4.6.4)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

_ORIENTATION = 0x0112  # the tag
_SHORT = 3  # the type of an unsigned 16-bit number
_MOST_ENTRIES = 1000  # read of a directory: a broken block may claim more
_TURNS: dict[int, tuple[int, bool]] = {
    # orientation: (quarter turns counter-clockwise, then mirrored left to right)
    1: (0, False),
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (3, True),
    6: (3, False),
    7: (1, True),
    8: (1, False),
}


def read_orientation(exif: bytes | None) -> int:
    """The orientation, 1 to 8, of an EXIF block that starts with its TIFF header.

    1, upright, where there is no block, no such entry, or the block is broken.
    """
    if exif is None or exif[:4] not in (b"II*\0", b"MM\0*"):
        return 1
    order: Literal["little", "big"] = "little" if exif[:1] == b"I" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), _MOST_ENTRIES)):
        at = directory + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION and number(at + 2, 2) == _SHORT:
            value = number(at + 8, 2)
            return value if value in _TURNS else 1
    return 1


def swaps_sides(orientation: int) -> bool:
    """Whether a picture of this orientation is turned by a quarter."""
    return _TURNS[orientation][0] % 2 == 1


def apply_orientation(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Pixels (H, W[, C]) as stored to pixels upright; contiguous."""
    quarters, mirrored = _TURNS[orientation]
    turned = np.rot90(pixels, quarters)
    if mirrored:
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)
