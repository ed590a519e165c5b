"""Heads that the picture shows turned aside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.paper_doll import paper_doll
from understudy.engines.puppet.pose.head import head_relief
from understudy.engines.puppet.rig.leg_split import LegSplit
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.engines.puppet.rig.weights import body_frame, head_weight
from understudy.geometry.face_mesh import CHIN
from understudy.geometry.landmarks import FACE_LANDMARKS, Body
from understudy.geometry.skeleton import Skeleton


@pytest.fixture(scope="module")
def facing() -> Skeleton:
    return skeleton_of_character(paper_doll())


@pytest.fixture(scope="module")
def aside(facing: Skeleton) -> Skeleton:
    """The doll's head in profile: the ears on one place, the nose far before them."""
    joints = facing.joints.copy()
    joints[[Body.LEFT_EAR, Body.RIGHT_EAR]] = facing.head
    joints[Body.NOSE] = facing.head + np.array([0.3, 0.06]) * facing.torso
    return replace(facing, joints=joints)


def test_features_slide_on_a_head_that_faces_us(facing: Skeleton) -> None:
    assert head_relief(facing).depth > 2.0


def test_nothing_slides_on_a_profile(aside: Skeleton) -> None:
    assert head_relief(aside).depth == 0.0


def test_the_face_of_a_profile_belongs_to_the_head(aside: Skeleton) -> None:
    frame = body_frame(aside, LegSplit(0.0, cloth=False))
    mouth = aside.joints[Body.NOSE] + np.array([0.0, 0.15]) * aside.torso
    assert head_weight(np.array([mouth]), aside, frame)[0] > 0.9


def test_a_shoulder_as_high_as_the_chin_does_not(facing: Skeleton) -> None:
    frame = body_frame(facing, LegSplit(0.0, cloth=False))
    shoulder = np.array([facing.joints[Body.LEFT_SHOULDER, 0], frame.chin[1]])
    assert head_weight(shoulder[None], facing, frame)[0] < 0.2


def test_a_chin_over_the_collar_is_the_heads(facing: Skeleton) -> None:
    chin = facing.neck + np.array([0.0, 0.03]) * facing.torso
    face = np.zeros((FACE_LANDMARKS, 3), np.float32)
    face[CHIN, :2] = chin
    bowed = replace(facing, face=face)
    frame = body_frame(bowed, LegSplit(0.0, cloth=False))
    collar = chin + np.array([0.0, 0.2]) * facing.torso
    weights = head_weight(np.stack([chin, collar]), bowed, frame)
    assert weights[0] > 0.95
    assert weights[1] < 0.05


@pytest.mark.parametrize("aside", [0.4, 0.55, 0.7])
def test_hair_beside_a_low_chin_does_not_fold_over_itself_when_the_head_tilts(
    facing: Skeleton, aside: float
) -> None:
    chin = facing.neck + np.array([0.0, 0.03]) * facing.torso
    face = np.zeros((FACE_LANDMARKS, 3), np.float32)
    face[CHIN, :2] = chin
    bowed = replace(facing, face=face)
    frame = body_frame(bowed, LegSplit(0.0, cloth=False))
    down = np.linspace(-1.0, 0.6, 161) * facing.torso
    strand = facing.neck + np.column_stack([np.full_like(down, aside * facing.torso), down])
    tilt = np.radians(18)
    turned = (strand - facing.neck) @ np.array(
        [[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]]
    )
    share = head_weight(strand, bowed, frame)[:, None]
    moved = strand + share * (turned + facing.neck - strand)
    for either_way in (moved, 2 * strand - moved):
        assert (np.diff(either_way[:, 1]) > 0).all()
