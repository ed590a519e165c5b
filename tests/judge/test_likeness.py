"""Colours and faces."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.paper_doll import paper_doll
from understudy.geometry.face_mesh import LEFT_CHEEK, RIGHT_CHEEK
from understudy.judge.likeness import (
    colour_likeness,
    face_distances,
    face_likeness,
    figure_colours,
)


def test_the_figure_s_colours_count_and_not_the_ground_s() -> None:
    doll = paper_doll()
    body = doll.landmarks.body[:, :2].astype(np.float64)
    torso = 100.0
    own = figure_colours(doll.picture, body, torso)
    assert own is not None
    on_green = doll.picture.copy()
    on_green[doll.alpha < 0.01] = (0, 177, 64)
    same = figure_colours(on_green, body, torso)
    other = figure_colours(255 - doll.picture, body, torso)
    assert same is not None
    assert other is not None
    assert colour_likeness(own, same) > 0.8
    assert colour_likeness(own, other) < 0.3
    assert figure_colours(doll.picture, np.full((33, 2), np.nan), torso) is None


def test_a_face_is_itself_turned_and_scaled_and_no_other() -> None:
    rng = np.random.default_rng(0)
    face = rng.uniform(0, 100, (468, 3)).astype(np.float32)
    face[RIGHT_CHEEK, :2], face[LEFT_CHEEK, :2] = (0, 50), (100, 50)
    turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    faces = np.stack([face, 3 * face @ turn + 20, face + rng.normal(0, 8, face.shape)])
    faces = np.concatenate([faces, np.full((1, 468, 3), np.nan)]).astype(np.float32)
    distances = face_distances(face, faces)
    assert distances[:2] == pytest.approx([0, 0], abs=1e-4)
    assert distances[2] > 0.03
    assert np.isnan(distances[3])
    assert face_likeness(distances[3:]) is None
