"""The piece under a click."""

from __future__ import annotations

import numpy as np

from understudy.character.learned.clicked_piece import clicked_piece


def _likely() -> np.ndarray:
    """Two pieces on a ground of which the segmenter is in doubt, the left one with a hole."""
    rows, columns = np.mgrid[0:400, 0:600]
    likely = np.where((rows + columns) % 2, 0.75, 0.2).astype(np.float32)
    for left in (60, 360):
        likely[100:300, left : left + 180] = 0.98
    likely[190:196, 140:146] = 0.0
    return likely


def test_only_what_was_clicked_is_taken() -> None:
    for x, other in ((150, 450), (450, 150)):
        matte = clicked_piece(_likely(), np.array([[x, 150]], float))
        assert matte.min() >= 0
        assert matte.max() <= 1
        assert matte[150, x] > 0.95
        assert matte[150, other] == 0
        # Half likely ground is none of it.
        assert matte[:80].max() == 0
        assert matte[:, 270:330].max() == 0


def test_small_holes_are_filled() -> None:
    matte = clicked_piece(_likely(), np.array([[150, 150]], float))
    assert matte[110:290, 70:230].min() > 0.9


def test_a_click_on_nothing_takes_nothing() -> None:
    assert clicked_piece(_likely(), np.array([[300, 20]], float)).max() == 0
    assert clicked_piece(np.zeros((50, 60), np.float32), np.array([[10, 10]], float)).max() == 0


def test_several_clicks_take_several_pieces() -> None:
    matte = clicked_piece(_likely(), np.array([[150, 150], [450, 150]], float))
    assert matte[150, 150] > 0.95
    assert matte[150, 450] > 0.95
