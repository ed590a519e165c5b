"""Rotations and affine maps."""

from __future__ import annotations

import numpy as np

from understudy.geometry.transforms import rotation


def test_a_quarter_turn_takes_right_to_down() -> None:
    np.testing.assert_allclose(rotation(np.array(np.pi / 2)) @ (1, 0), (0, 1), atol=1e-12)
