"""A performance as NumPy's NPZ: one array for each of its fields, under its name.

`times` (T,) seconds; `body` (T, 33, 4) x, y in clip pixels, z on the same scale, visibility;
`world` (T, 33, 3) metres; `left_hand`, `right_hand` (T, 21, 3) and `face` (T, 468, 3) clip pixels,
NaN where not seen; `size` (width, height).
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from understudy.geometry.landmarks import BODY_LANDMARKS, FACE_LANDMARKS, HAND_LANDMARKS
from understudy.tracking.performance import Performance

_SHAPES = {
    "body": (BODY_LANDMARKS, 4),
    "world": (BODY_LANDMARKS, 3),
    "left_hand": (HAND_LANDMARKS, 3),
    "right_hand": (HAND_LANDMARKS, 3),
    "face": (FACE_LANDMARKS, 3),
}


def save_npz(performance: Performance, path: Path) -> None:
    """Write a performance; there is a whole file at `path` afterwards, or what was there before.

    Raises OSError where it cannot be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(
                file,
                times=performance.times,
                size=np.array(performance.size, np.int64),
                **{field: getattr(performance, field) for field in _SHAPES},
            )
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_npz(path: Path) -> Performance:
    """Read a performance that `save_npz` wrote; pickled objects are not read.

    Raises ValueError where the file holds something else, OSError where it cannot be read.
    """
    try:
        # NumPy leaves a file open that it fails to read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            times = np.asarray(arrays["times"], np.float64)
            width, height = (int(side) for side in arrays["size"])
            fields = {field: np.asarray(arrays[field], np.float32) for field in _SHAPES}
    except (KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"not a performance in NPZ: {error}") from error
    for field, shape in _SHAPES.items():
        if fields[field].shape != (len(times), *shape):
            raise ValueError(f"not a performance in NPZ: {field} has shape {fields[field].shape}")
    return Performance(times=times, size=(width, height), **fields)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
