from __future__ import annotations

import numpy as np

from understudy.character.matte.foreground import foreground_colours


def test_the_backgrounds_share_is_taken_out_of_a_soft_edge() -> None:
    columns = np.arange(80, dtype=np.float32)
    alpha = np.broadcast_to(np.clip((50 - columns) / 20, 0, 1), (60, 80)).astype(np.float32)
    figure, background = np.array([0.8, 0.2, 0.1]), np.array([0.1, 0.3, 0.9])
    picture = figure * alpha[..., None] + background * (1 - alpha[..., None])
    found = foreground_colours(picture.astype(np.float32), alpha)
    assert np.abs(found - figure)[alpha > 0.1].max() < 0.08


def test_solid_pixels_keep_their_colours() -> None:
    picture = np.random.default_rng(0).random((40, 50, 3)).astype(np.float32)
    found = foreground_colours(picture, np.ones((40, 50), np.float32))
    assert np.abs(found - picture).max() < 1e-3
