"""What is read off a face mesh."""

from __future__ import annotations

import numpy as np
import pytest

from tests.geometry.drawn_faces import face_turned
from understudy.geometry.face_mesh import eye_opening, head_angles, head_frame


@pytest.mark.parametrize(("angles", "index"), [((25, 0, 0), 0), ((0, 15, 0), 1), ((0, 0, -20), 2)])
def test_the_turn_of_a_head_is_read_back(angles: tuple[int, int, int], index: int) -> None:
    found = np.degrees(head_angles(head_frame(face_turned(*angles))))
    assert found[index] == pytest.approx(angles[index], abs=0.5)
    assert np.abs(np.delete(found, index)).max() < 0.5


def test_the_opening_of_an_eye_is_its_height_to_its_width() -> None:
    face = face_turned()
    face[[362, 263]] = [(5, -8, 0), (19, -8, 0)]
    assert eye_opening(face)[0] == pytest.approx(4 / 14, abs=0.02)
