"""The residue of a folder of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.residue import pictures_in, residue_length


def test_pictures_are_found_and_masks_left_out(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "a-mask.png", "clip.mp4"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == ["a.JPG", "b.png"]


def test_residue_is_measured_in_torsos_whatever_the_pictures_size() -> None:
    lengths = []
    for scale in (1, 2):
        h, w = 400 * scale, 360 * scale
        background = np.full((h, w, 3), 200, np.uint8)
        picture = background.copy()
        alpha = np.zeros((h, w), np.float32)
        alpha[100 * scale : 300 * scale, 150 * scale : 220 * scale] = 1
        picture[alpha > 0] = (40, 60, 90)
        # An arm that the matte does not hold.
        arm = (slice(150 * scale, 190 * scale), slice(220 * scale, 300 * scale))
        picture[arm] = (40, 60, 90)
        background[:, 226 * scale :] = picture[:, 226 * scale :]
        lengths.append(residue_length(picture, background, alpha, 80.0 * scale))
    assert 0.35 < lengths[0] < 0.7
    assert abs(lengths[0] - lengths[1]) < 0.1
