"""What a head has on one side it has on the other."""

from __future__ import annotations

import cv2
import numpy as np

from tests.character.drawn_figure import HAIR, draw
from understudy.character.figure.anatomy import measure
from understudy.character.image.colour import to_lab
from understudy.character.matte.mirrored_head import mirrored_head

FUR, BACKGROUND = (0.80, 0.30, 0.10), (0.62, 0.78, 0.85)


def _eared() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The drawn figure with two tall ears: picture, and masks of the left and the right one."""
    drawn = draw()
    anatomy = measure(drawn.landmarks)
    picture = np.where(drawn.alpha[..., None] > 0.5, drawn.picture, np.array(BACKGROUND))
    masks = []
    x, y = anatomy.face_centre
    width = anatomy.face_width
    for side in (-1, 1):
        corners = [
            (x + side * 0.1 * width, y - 0.4 * width),
            (x + side * 0.5 * width, y - 0.2 * width),
            (x + side * 0.55 * width, y - 1.5 * width),
        ]
        ear = np.zeros(drawn.alpha.shape, np.uint8)
        cv2.fillPoly(ear, [np.round(corners).astype(np.int32)], 1)
        picture[ear > 0] = FUR
        masks.append(ear > 0)
    return picture.astype(np.float32), masks[0], masks[1]


def test_an_ear_is_found_by_the_other_one() -> None:
    picture, left, right = _eared()
    drawn = draw()
    body = drawn.alpha > 0.5
    found = mirrored_head(body | left, to_lab(picture), measure(drawn.landmarks))
    missing = right & ~body
    assert (found & missing).sum() > 0.85 * missing.sum()
    assert (found & ~right).sum() < 0.1 * missing.sum()


def test_background_opposite_an_ear_is_left_alone() -> None:
    picture, left, right = _eared()
    drawn = draw()
    body = drawn.alpha > 0.5
    picture[right & ~body] = BACKGROUND
    assert not mirrored_head(body | left, to_lab(picture), measure(drawn.landmarks)).any()


def test_dark_background_beside_dark_hair_is_no_ear() -> None:
    """A tower behind the head, as dark as hair and suit."""
    drawn = draw(shirt=HAIR, sleeve=HAIR)
    body = drawn.alpha > 0.5
    anatomy = measure(drawn.landmarks)
    x, y = (int(v) for v in anatomy.face_centre)
    width = int(anatomy.face_width)
    picture = np.where(body[..., None], drawn.picture, np.array(BACKGROUND)).astype(np.float32)
    tower = np.zeros_like(body)
    tower[y - int(1.5 * width) : y + width, x + int(0.45 * width) : x + 2 * width] = True
    picture[tower & ~body] = HAIR
    found = mirrored_head(body, to_lab(picture), anatomy)
    assert (found & tower).sum() < 0.02 * (tower & ~body).sum()
