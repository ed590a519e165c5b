"""What a look at a character in test poses finds, and what is left at rest for it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from tests.engines.paper_doll import SIZE, paper_doll
from tests.geometry.stick_figure import Pose
from understudy.character.character import Character, Layer
from understudy.engines import CharacterJudging, Judgement
from understudy.engines.puppet import PuppetEngine
from understudy.engines.puppet.judging.faults import Fault, find_faults
from understudy.engines.puppet.judging.judge import judge
from understudy.engines.puppet.judging.looks import look_at, small
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import Side


def with_layer(character: Character, name: str, rgba: np.ndarray) -> Character:
    layers = [Layer(each.name, rgba) if each.name == name else each for each in character.layers]
    return replace(character, layers=tuple(layers))


def with_a_piece_of_the_trunk_on_the_right_arm() -> Character:
    """In the picture nothing shows; once the arm is lifted, the piece flies along."""
    doll = paper_doll()
    body, arm = (
        next(layer.rgba for layer in doll.layers if layer.name == name)
        for name in ("body", "right_arm")
    )
    middle = doll.landmarks.body[[11, 12, 23, 24], :2].mean(axis=0)
    patch = np.zeros(doll.alpha.shape, np.uint8)
    cv2.circle(patch, tuple(int(v) for v in middle), 9, 1, -1)
    cut = (patch > 0) & (arm[..., 3] < 0.1)
    return with_layer(doll, "right_arm", np.where(cut[..., None], body, arm))


def test_a_sound_character_is_left_as_it_is() -> None:
    assert judge(paper_doll()) == Judgement()


def test_the_look_at_rest_is_the_cut_out() -> None:
    doll = small(paper_doll())
    rest, *poses = look_at(doll)
    assert np.abs(rest.alpha - doll.alpha).mean() < 0.01
    assert all(np.abs(pose.alpha - doll.alpha).mean() > 0.01 for pose in poses)


def test_an_arm_that_carries_a_piece_of_the_trunk_off_is_left_at_rest() -> None:
    found = judge(with_a_piece_of_the_trunk_on_the_right_arm())
    assert found.arms_at_rest == ("right",)
    assert not found.sways_only
    assert found.remarks[0].startswith("The right arm will not move: ")


def with_a_strand_for_an_upper_arm() -> Character:
    """At rest hair would lie over what is missing of the right upper arm."""
    doll = paper_doll()
    body, arm = (
        next(layer.rgba for layer in doll.layers if layer.name == name)
        for name in ("body", "right_arm")
    )
    start, end = doll.landmarks.body[[Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW], :2]
    hidden = np.zeros(doll.alpha.shape, np.uint8)
    for width, value in ((30, 1), (4, 0)):
        cv2.line(hidden, _pixel(start), _pixel(start + 0.8 * (end - start)), value, width)
    cut = ((hidden > 0) & (arm[..., 3] > 0.5))[..., None]
    doll = with_layer(doll, "body", np.where(cut, arm, body))
    return with_layer(doll, "right_arm", np.where(cut, np.float32(0), arm))


def _pixel(place: np.ndarray) -> tuple[int, int]:
    return round(float(place[0])), round(float(place[1]))


def test_an_upper_arm_of_which_a_strand_is_seen_is_left_at_rest() -> None:
    strand = small(with_a_strand_for_an_upper_arm())
    torn = [fault.part for fault in find_faults(strand, look_at(strand)) if fault.kind == "thin"]
    assert torn == ["right upper arm"]
    assert judge(strand).arms_at_rest == ("right",)


def test_a_part_through_which_the_background_shows_is_remarked_on() -> None:
    doll = paper_doll()
    ghost = doll.alpha.copy()
    ghost[: int(doll.landmarks.body[Body.LEFT_HIP, 1])] *= 0.4
    remarks = judge(replace(doll, alpha=ghost)).remarks
    assert any("shows through the trunk" in said for said in remarks), remarks


def test_an_arm_that_somebody_chose_to_be_free_moves_and_is_remarked_on() -> None:
    kept: tuple[Side, ...] = ("right",)
    found = judge(with_a_piece_of_the_trunk_on_the_right_arm(), kept)
    assert "right" not in found.arms_at_rest
    assert any("hangs on nothing" in remark for remark in found.remarks)


def test_a_leg_whose_joints_lie_beside_it_takes_no_steps() -> None:
    doll = paper_doll()
    marks = doll.landmarks
    body = marks.body.copy()
    body[[Body.LEFT_KNEE, Body.LEFT_ANKLE], 0] += 60
    found = judge(replace(doll, landmarks=replace(marks, body=body)))
    assert found.sways_only
    assert any(remark.startswith("The figure sways but takes no steps") for remark in found.remarks)


def test_what_stays_in_the_background_is_said_with_its_place() -> None:
    doll = paper_doll()
    background = np.full((SIZE[1], SIZE[0], 3), 225, np.uint8)
    left = doll.landmarks.body[Body.LEFT_ANKLE, :2]
    picture = background.copy()
    shown = doll.alpha > 0.5
    picture[shown] = doll.picture[shown]
    drawn = np.zeros(doll.alpha.shape, np.uint8)
    x, y = (int(v) for v in left)
    cv2.rectangle(drawn, (x, y - 40), (x + 16, y - 10), 1, -1)
    ghost = (drawn > 0) & (doll.alpha < 0.02)
    picture[ghost] = doll.picture[y - 25, x]
    hole = cv2.dilate((doll.alpha > 0.02).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    background[~hole] = picture[~hole]
    found = judge(replace(doll, picture=picture, background=background))
    assert not found.sways_only
    assert "Something stays with the background beside the left shank." in found.remarks


def test_the_puppet_judges_and_a_judgement_depends_on_its_sources() -> None:
    engine = PuppetEngine()
    assert isinstance(engine, CharacterJudging)
    assert engine.judging_version == PuppetEngine().judging_version
    assert engine.judge(paper_doll()) == Judgement()


def test_a_character_that_is_not_as_in_its_picture_is_remarked_on() -> None:
    doll = paper_doll()
    x, y = (int(v) for v in doll.landmarks.body[[11, 12, 23, 24], :2].mean(axis=0))
    picture = doll.picture.copy()
    picture[y - 8 : y + 8, x - 8 : x + 8] = 250
    found = judge(replace(doll, picture=picture))
    assert found.remarks == ("The character looks different from its picture at the trunk.",)
    assert not found.arms_at_rest


def test_a_piece_that_hangs_on_what_lies_outside_of_the_frame_is_not_loose() -> None:
    doll = paper_doll()
    rest = look_at(small(doll))[0]

    def with_piece(left: int) -> tuple[Fault, ...]:
        figure = rest.figure.copy()
        figure[20:44, left : left + 24, 3] = 1
        return find_faults(doll, (rest, replace(rest, figure=figure)))

    assert [fault.kind for fault in with_piece(4)] == ["loose"]
    assert with_piece(0) == ()


def test_a_head_that_floats_over_its_shoulders_is_not_loose() -> None:
    doll = paper_doll()
    rest = look_at(small(doll))[0]

    def without(top: float, bottom: float) -> tuple[str, ...]:
        figure = rest.figure.copy()
        figure[int(top) : int(bottom)] = 0
        parted = replace(rest, figure=figure)
        return tuple(fault.kind for fault in find_faults(doll, (parted, parted)))

    nose = rest.joints[Body.NOSE, 1]
    neck = (nose + rest.joints[Body.LEFT_SHOULDER, 1]) / 2
    knees = rest.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE], 1].mean()
    assert "loose" not in without(neck, neck + 3)
    assert "loose" in without(knees, knees + 3)


def test_legs_that_cross_in_the_picture_take_no_steps() -> None:
    """Neither can be told from the other where they meet, so that they would come apart there."""
    found = judge(paper_doll(Pose(left_leg=(112.0, 112.0), right_leg=(68.0, 68.0))))
    assert found.sways_only
    assert any("takes no steps: " in remark for remark in found.remarks)
