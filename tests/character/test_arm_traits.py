"""Which arms of drawn figures are seen, and which may be moved."""

from __future__ import annotations

import numpy as np
import pytest

from tests.character.drawn_figure import draw
from understudy.character.arm_traits import arm_is_seen, arm_states
from understudy.character.figure.anatomy import measure
from understudy.geometry.landmarks import Body, Landmarks


def test_an_arm_off_the_matte_is_not_seen() -> None:
    drawn = draw()
    anatomy = measure(drawn.landmarks)
    armless = np.where(np.maximum(*drawn.arms) > 0, 0, drawn.body_alpha).astype(np.float32)
    assert arm_is_seen(anatomy, 0, drawn.design.size, drawn.alpha)
    assert not arm_is_seen(anatomy, 0, drawn.design.size, armless)


def test_an_arm_across_the_body_is_free_where_its_mask_is_sure() -> None:
    drawn = draw(left=((0.45, 0.5), (0.02, 0.56), (-0.12, 0.56)))
    anatomy = measure(drawn.landmarks)
    size, covered = drawn.design.size, (0.15, 0.0)
    assert arm_states(anatomy, size, covered) == ("fixed", "free")
    assert arm_states(anatomy, size, covered, sure=(True, True)) == ("free", "free")
    assert arm_states(anatomy, size, (0.4, 0.0), sure=(True, True)) == ("fixed", "free")


def test_an_arm_that_hides_its_own_upper_arm_stays() -> None:
    drawn = draw(left=((0.5, 0.55), (0.45, 0.15), (0.44, 0.02)))
    anatomy = measure(drawn.landmarks)
    states = arm_states(anatomy, drawn.design.size, (0.0, 0.0), sure=(True, True))
    assert states == ("fixed", "free")


def test_folded_hands_are_free_where_both_masks_are_sure() -> None:
    folded = ((0.5, 0.5), (0.06, 0.7), (0.0, 0.74))
    drawn = draw(left=folded, right=folded)
    anatomy = measure(drawn.landmarks)
    states = [
        arm_states(anatomy, drawn.design.size, (0.0, 0.0), sure=sure)
        for sure in ((False, False), (True, False), (True, True))
    ]
    assert states == [("fixed", "fixed"), ("fixed", "fixed"), ("free", "free")]


def _with_fingers(landmarks: Landmarks) -> Landmarks:
    hand = np.zeros((21, 3), np.float32)
    hand[:, :2] = landmarks.body[Body.LEFT_INDEX, :2]
    return Landmarks(landmarks.body, landmarks.world, left_hand=hand)


def test_a_hand_at_the_cut_is_seen_only_where_its_fingers_are() -> None:
    # Below the wrist the picture ends, and the figure goes on to its edge.
    drawn = draw(size=(360, 292), centre=(0.5, 0.28 * 520 / 292))
    bare, found = measure(drawn.landmarks), measure(_with_fingers(drawn.landmarks))
    assert not arm_is_seen(bare, 0, drawn.design.size, drawn.alpha)
    assert arm_is_seen(found, 0, drawn.design.size, drawn.alpha)
    # Nothing is cut where the figure ends.
    whole = drawn.alpha.copy()
    whole[-2:] = 0
    assert arm_is_seen(bare, 0, drawn.design.size, whole)


def test_a_wrist_beside_its_elbow_is_a_guess_unless_there_are_fingers() -> None:
    drawn = draw(left=((0.52, 0.52), (0.56, 0.62), (0.56, 0.72)))
    bare, found = measure(drawn.landmarks), measure(_with_fingers(drawn.landmarks))
    assert not arm_is_seen(bare, 0, drawn.design.size, drawn.alpha)
    assert arm_is_seen(found, 0, drawn.design.size, drawn.alpha)


def test_a_hand_on_the_face_is_a_guess_unless_there_are_fingers() -> None:
    anatomy = measure(draw().landmarks)
    ear = (anatomy.joints[Body.LEFT_EAR] - anatomy.neck) / anatomy.torso
    drawn = draw(left=((0.45, 0.3), (float(ear[0]), float(ear[1])), (0.0, float(ear[1]) - 0.1)))
    bare, found = measure(drawn.landmarks), measure(_with_fingers(drawn.landmarks))
    assert not arm_is_seen(bare, 0, drawn.design.size, drawn.alpha)
    assert arm_is_seen(found, 0, drawn.design.size, drawn.alpha)


@pytest.mark.parametrize(("width", "seen"), [(180, True), (132, False)])
def test_an_arm_that_the_pictures_side_cuts_lengthwise_is_not_seen(width: int, seen: bool) -> None:
    drawn = draw(size=(width, 520), left=((0.5, 0.52), (0.52, 0.98), (0.52, 1.12)))
    anatomy = measure(_with_fingers(drawn.landmarks))
    assert arm_is_seen(anatomy, 0, drawn.design.size, drawn.alpha) == seen
