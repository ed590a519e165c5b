"""The array types of the atelier."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]


def f32(*values: float) -> Float32:
    return np.array(values, np.float32)
