"""Drawings in outline that the tracker takes for a person: they are not cut into layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import Drawn
from tests.character.figure.drawn_on_paper import JOINTS, outline_figure
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.figure.joints import Joint, landmarks_of
from understudy.character.figure.outlined import outlined_share
from understudy.character.folder import cast_open_character, open_character, write_folder
from understudy.media.picture import Picture
from understudy.tracking.trackers import PictureTrack

SIZE = (480, 640)


def arms_at_the_sides() -> NDArray[np.float64]:
    joints = JOINTS.copy()
    for side, x in (("LEFT", 1), ("RIGHT", -1)):
        joints[Joint[f"{side}_SHOULDER"]] = (240 + 62 * x, 250)
        joints[Joint[f"{side}_ELBOW"]] = (240 + 68 * x, 320)
        joints[Joint[f"{side}_WRIST"]] = (240 + 66 * x, 390)
    return joints


class Seen:
    """An outline drawing and the tracker that sees a person in it."""

    def __init__(self, joints: NDArray[np.float64] = JOINTS) -> None:
        rgb, self.mask = outline_figure(joints)
        self.picture = Picture(rgb, None, SIZE, "0" * 64, None)
        found = PictureTrack(landmarks_of(joints, frozenset()), self.mask.astype(np.float32), 1.0)
        self.track = lambda rgb, region=None, /: found

    def cast(self, corrections: Corrections | None = None) -> Character:
        return cast(self.picture, SIZE, track=self.track, corrections=corrections)


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def character(seen: Seen) -> Character:
    return seen.cast()


def test_it_stays_in_one_piece_and_its_arms_move(seen: Seen, character: Character) -> None:
    assert [layer.name for layer in character.layers] == ["body"]
    assert (character.traits.left_arm, character.traits.right_arm) == ("free", "free")
    assert not character.warnings
    figure = character.alpha > 0.5
    assert (figure & seen.mask).sum() / (figure | seen.mask).sum() > 0.93


def test_arms_that_are_drawn_against_the_body_rest_and_the_plan_says_so() -> None:
    character = Seen(arms_at_the_sides()).cast()
    assert (character.traits.left_arm, character.traits.right_arm) == ("fixed", "fixed")
    assert [warning.split(" is ")[0] for warning in character.warnings] == [
        "The left arm",
        "The right arm",
    ]


def test_somebody_may_choose_to_move_them_all_the_same() -> None:
    character = Seen(arms_at_the_sides()).cast(Corrections(left_arm="free"))
    assert (character.traits.left_arm, character.traits.right_arm) == ("free", "fixed")
    assert "will look cut" in character.warnings[0]


def test_its_folder_plays_it_in_one_piece_again(
    seen: Seen, character: Character, tmp_path: Path
) -> None:
    write_folder(tmp_path / "hero", seen.picture, character, version="1")
    played = cast_open_character(open_character(tmp_path / "hero"), SIZE, track=seen.track)
    assert played.traits == character.traits


def test_a_contour_of_one_ink_is_an_outline_and_the_edge_of_cloth_is_not(standing: Drawn) -> None:
    rgb, mask = outline_figure()
    drawn = outlined_share(rgb / np.float32(255), mask.astype(np.float32), 150.0)
    assert drawn > 0.9
    painted = outlined_share(standing.picture.astype(np.float32), standing.alpha, 120.0)
    assert painted < 0.3


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_nothing_and_everything_have_no_contour(alpha: float) -> None:
    rgb = np.full((60, 60, 3), 0.5, np.float32)
    assert outlined_share(rgb, np.full((60, 60), alpha, np.float32), 20.0) == 0.0
