"""The pictures of the library's elements: who is drawn, and which way a figure is turned."""

from __future__ import annotations

import numpy as np
import pytest

import draw
from atelier.presets import turned
from understudy.library.presets import FOLDER, presets


def test_every_preset_is_drawn_where_the_library_reads_it() -> None:
    assert draw.LIBRARY.resolve() == FOLDER.resolve()
    assert {path.parent.name for path in FOLDER.rglob("*.jpg")} == set(draw.PRESETS)
    assert len(presets()) == len(draw.PRESETS)


def test_turning_is_about_the_vertical_and_to_the_figures_left() -> None:
    nose = np.array([[0.0, 1.5, 0.1]], np.float32)
    assert turned(nose, 90.0)[0].tolist() == pytest.approx([0.1, 1.5, 0.0], abs=1e-6)
    assert turned(nose, 180.0)[0].tolist() == pytest.approx([0.0, 1.5, -0.1], abs=1e-6)
