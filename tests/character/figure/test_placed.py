"""Figures whose joints somebody placed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.character.drawn_figure import Drawn
from understudy.character.figure.placed import search_placed
from understudy.character.figure.placed_joints import joints_of, landmarks_from_joints
from understudy.geometry.landmarks import Body
from understudy.tracking.trackers import PictureTrack, Region


def _nobody(rgb: NDArray[np.uint8], region: Region | None = None) -> PictureTrack:
    return PictureTrack(None, np.zeros(rgb.shape[:2], np.float32), 0.0)


def test_a_figure_that_no_tracker_sees_bends_in_one_piece(standing: Drawn) -> None:
    figure = search_placed(standing.rgb, None, joints_of(standing.landmarks), _nobody)
    assert figure is not None
    assert figure.by_bones


def test_a_figure_that_is_found_where_it_was_placed_keeps_what_the_search_saw_of_it(
    standing: Drawn,
) -> None:
    figure = search_placed(standing.rgb, None, joints_of(standing.landmarks), standing.track)
    assert figure is not None
    assert not figure.by_bones
    assert np.array_equal(figure.landmarks.body, standing.landmarks.body)


def test_a_figure_that_is_placed_elsewhere_is_not_the_one_that_is_found(standing: Drawn) -> None:
    shift = standing.landmarks.body[Body.LEFT_SHOULDER, 0] * 0.6
    aside = {name: (x + shift, y) for name, (x, y) in joints_of(standing.landmarks).items()}
    figure = search_placed(standing.rgb, None, aside, standing.track)
    assert figure is not None
    assert figure.by_bones
    assert joints_of(figure.landmarks)["nose"] == aside["nose"]


def test_the_hand_of_a_short_arm_is_short(standing: Drawn) -> None:
    joints = joints_of(standing.landmarks)
    elbow, wrist = np.array(joints["left_elbow"]), np.array(joints["left_wrist"])
    half = elbow + (wrist - elbow) / 2
    joints["left_wrist"] = float(half[0]), float(half[1])
    height, width = standing.rgb.shape[:2]
    body = landmarks_from_joints(joints, (width, height)).body[:, :2]
    reach = body[[Body.LEFT_INDEX, Body.LEFT_PINKY]].mean(axis=0) - half
    assert np.linalg.norm(reach) < 0.3 * np.linalg.norm(half - elbow)
