"""Portraits of which only the face is recognised."""

from __future__ import annotations

import numpy as np

from tests.character.drawn_figure import draw
from understudy.character.figure.find import search_figure
from understudy.character.figure.plausibility import credibility
from understudy.character.figure.portrait import below_face, portrait_landmarks
from understudy.geometry.face_mesh import CHIN, FOREHEAD, LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from understudy.geometry.landmarks import FACE_LANDMARKS, Body, Float32, Landmarks
from understudy.tracking.trackers import PictureTrack, Region

_MASK = np.ones((400, 300), np.float32)


def _face(x: float = 150.0, y: float = 150.0, width: float = 100.0) -> Float32:
    """A face's mesh of which only outline and nose are laid out."""
    face = np.zeros((FACE_LANDMARKS, 3), np.float32)
    face[:, :2] = x, y
    for point, place in (
        (FOREHEAD, (0, -0.6)),
        (CHIN, (0, 0.6)),
        (LEFT_CHEEK, (0.5, 0)),
        (RIGHT_CHEEK, (-0.5, 0)),
        (NOSE_TIP, (0, 0.1)),
    ):
        face[point, :2] += np.array(place) * width
    return face


def test_a_body_is_laid_out_below_a_face_that_fills_the_picture() -> None:
    face = _face()
    found = below_face([(face, _MASK), (_face(x=155.0), _MASK)], 400)
    assert found is not None
    body = found[0].body
    assert face[CHIN, 1] < body[Body.LEFT_SHOULDER, 1] < 400 < body[Body.LEFT_HIP, 1]
    assert body[Body.LEFT_SHOULDER, 0] > face[LEFT_CHEEK, 0]
    assert body[[Body.LEFT_WRIST, Body.RIGHT_ELBOW, Body.LEFT_KNEE], 3].max() == 0


def test_a_face_that_one_search_finds_is_none() -> None:
    assert below_face([(_face(), _MASK), (_face(x=60.0), _MASK)], 400) is None


def test_the_face_of_a_whole_figure_is_not_all_of_it() -> None:
    assert portrait_landmarks(_face(width=40.0), 400) is None


def _with_face(face: Float32) -> Landmarks:
    """A drawn figure's landmarks with this face."""
    known = draw().landmarks
    body = known.body.copy()
    body[Body.NOSE, :2] = face[NOSE_TIP, :2]
    return Landmarks(body, known.world, known.left_hand, known.right_hand, face)


def test_shoulders_beside_the_chin_are_not_credible() -> None:
    drawn = draw()
    neck = drawn.landmarks.body[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], :2].mean(axis=0)
    above = _with_face(_face(neck[0], neck[1] - 50, 60.0))
    inside = _with_face(_face(neck[0], neck[1] - 18, 60.0))
    assert credibility(above, drawn.alpha, 1.0, detected=True) > 0.7
    assert credibility(inside, drawn.alpha, 1.0, detected=True) < 0.5


def test_a_small_body_imagined_inside_a_portrait_gives_way_to_one_below_its_face() -> None:
    drawn = draw()
    h, w = drawn.alpha.shape
    neck = drawn.landmarks.body[[Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER], :2].mean(axis=0)
    imagined = _with_face(_face(neck[0], neck[1] - 40, 170.0))

    def track(rgb: np.ndarray, region: Region | None = None) -> PictureTrack:
        seen = rgb.shape[:2] == (h, w)
        return PictureTrack(imagined if seen else None, drawn.alpha, 1.0)

    figure = search_figure(drawn.rgb, None, track)
    assert figure is not None
    assert figure.warnings
    assert figure.landmarks.body[Body.LEFT_HIP, 1] > h
