from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.figure.drawn_on_paper import JOINTS, outline_figure
from understudy.character.figure.joints import facing_viewer, joints_of, landmarks_of, mirrored
from understudy.character.figure.unrecognized.find import (
    Trust,
    Votes,
    decide,
    find_unrecognized,
    vote,
)
from understudy.character.figure.unrecognized.mask_energy import PreparedMask, prepare
from understudy.character.figure.unrecognized.renditions import renditions_of
from understudy.errors import InputRefused
from understudy.tracking.trackers import PictureTrack, Region

RGB, MASK = outline_figure()
HEIGHT = 530.0
NOBODY = PictureTrack(None, np.zeros((256, 256), np.float32), 0.0)


class ARememberedFigure:
    """Finds the drawn joints in every rendition, `off` heights beside the truth in some."""

    def __init__(
        self, off: float = 0.0, rgb: NDArray[np.uint8] = RGB, mask: NDArray[np.bool_] = MASK
    ) -> None:
        self._answers = []
        rng = np.random.default_rng(0)
        for rendition in renditions_of(rgb, mask):
            side = rendition.rgb.shape[0]
            told = JOINTS + rng.normal(0, 1, JOINTS.shape) * off * HEIGHT
            points = (told - rendition.origin) * rendition.scale
            if rendition.mirrored:
                points = mirrored(points, side)
            self._answers.append(landmarks_of(points, frozenset()))
        self._left = iter(self._answers)

    def __call__(self, rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        return PictureTrack(next(self._left), np.ones(rgb.shape[:2], np.float32), 1.0)


@pytest.fixture(scope="module")
def prepared() -> PreparedMask:
    return prepare(MASK)


def test_a_drawing_that_no_detector_knows_is_found_with_its_own_matte() -> None:
    figure = find_unrecognized(RGB, None, None, ARememberedFigure())
    joints = joints_of(figure.landmarks)
    assert np.linalg.norm(joints - JOINTS, axis=1).mean() < 0.05 * HEIGHT
    assert figure.alpha is not None
    assert ((figure.alpha > 0.5) & MASK).sum() > 0.97 * MASK.sum()
    assert figure.landmarks.face is None
    assert figure.landmarks.left_hand is None
    assert figure.warnings == ()


def test_a_mirror_image_is_mirrored_back(prepared: PreparedMask) -> None:
    votes = vote(RGB, MASK, prepared, ARememberedFigure())
    assert votes is not None
    assert len(votes.joints) == 28
    assert np.abs(votes.joints - JOINTS).max() < 1.0


def test_a_figure_that_seems_to_show_its_back_is_turned_round() -> None:
    back = JOINTS * (-1, 1) + (480, 0)
    assert np.array_equal(facing_viewer(back), mirrored(JOINTS, 480))
    assert np.array_equal(facing_viewer(JOINTS), JOINTS)


def test_votes_that_do_not_agree_leave_the_decision_to_the_silhouette(
    prepared: PreparedMask,
) -> None:
    rng = np.random.default_rng(3)
    scattered = JOINTS + rng.normal(0, 0.065 * HEIGHT, (20, *JOINTS.shape))
    votes = Votes(scattered, np.full(20, 0.05), HEIGHT)
    decision = decide(prepared, votes)
    assert decision is not None
    joints, trust = decision
    assert trust is Trust.DOUBTED
    assert np.linalg.norm(joints - JOINTS, axis=1).mean() < 0.05 * HEIGHT


def test_votes_all_over_the_picture_have_no_limbs(prepared: PreparedMask) -> None:
    rng = np.random.default_rng(3)
    anywhere = JOINTS + rng.normal(0, 0.3 * HEIGHT, (20, *JOINTS.shape))
    assert decide(prepared, Votes(anywhere, np.full(20, 0.05), HEIGHT)) is None


def test_a_bust_on_a_badge_sways_in_one_piece() -> None:
    mask = MASK & (np.arange(len(MASK)) < 380)[:, None]
    tracker = ARememberedFigure(rgb=RGB, mask=mask)
    figure = find_unrecognized(RGB, mask.astype(np.float32), None, tracker)
    assert figure.limbless
    assert "no trunk with arms and legs" in figure.warnings[0]


def test_a_silhouette_in_which_nobody_is_seen_is_refused() -> None:
    with pytest.raises(InputRefused) as refusal:
        find_unrecognized(RGB, None, None, lambda rgb, region=None, /: NOBODY)
    assert refusal.value.field == "image_url"
    assert "four-legged" in refusal.value.allowed


def test_what_is_much_wider_than_tall_is_refused() -> None:
    rgb = np.full((300, 600, 3), 230, np.uint8)
    rgb[100:220, 60:540] = (90, 60, 40)
    with pytest.raises(InputRefused, match="much wider"):
        find_unrecognized(rgb, None, None, ARememberedFigure())


def test_what_is_one_piece_is_taken_without_looking_for_limbs() -> None:
    rgb = np.full((480, 360, 3), 230, np.uint8)
    cv2.ellipse(rgb, (180, 250), (90, 150), 0, 0, 360, (200, 90, 40), -1)

    def nobody_is_asked(rgb: object, region: object = None, /) -> PictureTrack:
        raise AssertionError

    figure = find_unrecognized(rgb, None, None, nobody_is_asked)
    assert figure.limbless
    assert "sways" in figure.warnings[0]


def test_a_bust_that_no_detector_knows_moves_in_one_piece() -> None:
    # Cut at the waist, with both arms in the picture.
    rgb, alpha = RGB[:350], MASK[:350].astype(np.float32)
    figure = find_unrecognized(np.ascontiguousarray(rgb), alpha, None, ARememberedFigure())
    assert figure.limbless
    assert "cuts it" in figure.warnings[0]
