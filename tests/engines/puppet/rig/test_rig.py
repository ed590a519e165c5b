"""Meshes and weights of a drawn character."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.engines.paper_doll import SHOE, SKIN, TROUSERS, paper_doll
from tests.geometry.stick_figure import Pose
from understudy.engines.puppet.rig.leg_split import find_leg_split
from understudy.engines.puppet.rig.mesh import grid_mesh
from understudy.engines.puppet.rig.rig import Rig, build_rig, skeleton_of_character
from understudy.engines.puppet.rig.skinning import skin
from understudy.engines.puppet.rig.weights import arm_weights
from understudy.geometry.landmarks import Body
from understudy.geometry.skeleton import ARMS, Bone


@pytest.fixture(scope="module")
def rig() -> Rig:
    character = paper_doll()
    return build_rig(character, skeleton_of_character(character))


def test_every_pixel_of_a_layer_lies_under_its_mesh() -> None:
    alpha = np.zeros((50, 70), np.float32)
    alpha[3:20, 5:64], alpha[30:49, 60:70] = 1.0, 0.3
    mesh = grid_mesh(alpha, 8)
    covered = np.zeros_like(alpha, bool)
    for triangle in mesh.triangles:
        low, high = mesh.vertices[triangle].min(axis=0), mesh.vertices[triangle].max(axis=0)
        covered[int(low[1]) : int(high[1]) + 1, int(low[0]) : int(high[0]) + 1] = True
    assert covered[alpha > 0].all()


def test_weights_are_shares(rig: Rig) -> None:
    for layer in rig.layers:
        assert layer.weights.min() >= 0
        np.testing.assert_allclose(layer.weights.sum(axis=1), 1.0, atol=1e-6)


def test_an_arm_passes_from_bone_to_bone_along_its_length(rig: Rig) -> None:
    skeleton = rig.skeleton
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in ARMS[0].joints)
    along = np.concatenate(
        [shoulder + t * (elbow - shoulder) for t in np.linspace(0.3, 1, 20)[:, None]]
        + [elbow + t * (wrist - elbow) for t in np.linspace(0, 1, 20)[:, None]]
    ).reshape(-1, 2)
    stage = arm_weights(along, skeleton, ARMS[0]).stage
    assert (np.diff(stage) > -1e-9).all()
    assert stage[0] == pytest.approx(1.0, abs=0.05)
    assert stage[-1] > 2.3


def test_nothing_bends_on_a_hinge() -> None:
    character = paper_doll()
    skeleton = skeleton_of_character(character)
    left = next(
        layer
        for layer in build_rig(character, skeleton, (True, False)).layers
        if layer.name == "left_arm"
    )
    assert (left.weights[np.isin(left.bones, ARMS[0].between[1])] == 0).all()


def test_what_is_far_from_an_elbow_stays_with_its_half_of_the_arm(rig: Rig) -> None:
    skeleton = rig.skeleton
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in ARMS[0].joints)
    outwards = (elbow - shoulder) / np.hypot(*(elbow - shoulder)) - (wrist - elbow) / np.hypot(
        *(wrist - elbow)
    )
    outwards = outwards / np.hypot(*outwards)
    between = list(ARMS[0].between[1])
    near, far = (
        arm_weights((elbow + share * skeleton.torso * outwards)[None], skeleton, ARMS[0]).weights
        for share in (0.05, 0.25)
    )
    assert near[0, between].sum() > 0.3
    assert far[0, between].sum() == 0.0


def test_a_stout_arm_bends_as_a_whole(rig: Rig) -> None:
    skeleton = rig.skeleton
    shoulder, elbow, wrist, _ = (skeleton.joints[j] for j in ARMS[0].joints)
    along = (wrist - shoulder) / np.hypot(*(wrist - shoulder))
    aside = 0.25 * skeleton.torso * np.array([-along[1], along[0]])
    edge = elbow + aside + along * np.linspace(-0.3, 0.3, 61)[:, None] * skeleton.torso
    torn, bent = (
        np.diff(arm_weights(edge, skeleton, ARMS[0], girth=girth).stage).max()
        for girth in (0.0, 0.3 * skeleton.torso)
    )
    assert torn > 0.9
    assert bent < 0.25


def test_hands_and_feet_follow_their_own_bone(rig: Rig) -> None:
    for name, joint, bone in (
        ("left_arm", Body.LEFT_INDEX, Bone.LEFT_HAND),
        ("right_arm", Body.RIGHT_INDEX, Bone.RIGHT_HAND),
        ("body", Body.LEFT_FOOT_INDEX, Bone.LEFT_FOOT),
        ("body", Body.RIGHT_FOOT_INDEX, Bone.RIGHT_FOOT),
    ):
        layer = next(layer for layer in rig.layers if layer.name == name)
        to_joint = np.linalg.norm(layer.vertices - rig.skeleton.joints[joint], axis=1)
        nearest = int(to_joint.argmin())
        assert layer.bones[nearest, 0] == bone


def test_no_triangle_hangs_between_the_legs(rig: Rig) -> None:
    left = np.isin(rig.body.bones, range(Bone.LEFT_THIGH, Bone.LEFT_FOOT + 1)) * rig.body.weights
    right = np.isin(rig.body.bones, range(Bone.RIGHT_THIGH, Bone.RIGHT_FOOT + 1)) * rig.body.weights
    side = left.sum(axis=1) - right.sum(axis=1)
    corners = side[rig.body.triangles]
    assert (corners.max(axis=1) - corners.min(axis=1)).max() < 1.0


def _at_the_seam(rig: Rig) -> int:
    """How many of the body's vertices lie twice in one place, to come apart there."""
    places = np.unique(rig.body.vertices.round(6), axis=0)
    return len(rig.body.vertices) - len(places)


def test_what_is_cut_above_the_knees_does_not_part_like_legs() -> None:
    # Legs side by side, as a jacket at the lower edge looks like.
    whole = paper_doll(Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0)))
    cut = replace(whole, traits=replace(whole.traits, framing="upper_body", pad=20))
    assert _at_the_seam(build_rig(whole, skeleton_of_character(whole))) > 0
    assert _at_the_seam(build_rig(cut, skeleton_of_character(cut))) == 0


def test_legs_that_take_no_steps_are_one_piece() -> None:
    """They were left at rest because they come apart, and a trunk that turns moves them as well."""
    whole = paper_doll(Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0)))
    swaying = replace(whole, traits=replace(whole.traits, sways_only=True))
    assert _at_the_seam(build_rig(swaying, skeleton_of_character(swaying))) == 0


def test_bones_at_rest_leave_every_vertex_where_it_is(rig: Rig) -> None:
    maps = np.tile(np.eye(2, 3), (len(Bone) + 20, 1, 1))
    for layer in rig.layers:
        posed = np.empty_like(layer.vertices)
        skin(layer.vertices, layer.bones, layer.weights, maps, posed)
        np.testing.assert_allclose(posed, layer.vertices, atol=1e-9)


def test_trousers_part_at_the_crotch_and_skirts_at_the_hem() -> None:
    character = paper_doll(Pose(left_leg=(84.0, 90.0), right_leg=(96.0, 90.0)))
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba
    trousers = find_leg_split(rgba, skeleton, None)
    assert not trousers.cloth
    knees = skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE], 1].mean()
    assert skeleton.pelvis[1] < trousers.y < knees

    dressed = rgba.copy()
    hem = int(knees) - 6
    dressed[int(skeleton.pelvis[1]) : hem, 85:156] = (0.7, 0.1, 0.3, 1.0)
    skirt = find_leg_split(dressed, skeleton, None)
    assert skirt.cloth
    assert skirt.y == pytest.approx(hem, abs=8)
    assert find_leg_split(dressed, skeleton, 200.0).y == 200.0


def test_legs_that_stand_close_are_still_two() -> None:
    character = paper_doll(Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0)))
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba.copy()
    knees = skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE]]
    left, right = (int(v) for v in knees[:, 0])
    below = int(knees[:, 1].max()) + 15
    rgba[int(skeleton.pelvis[1]) : below, right : left + 1] = (*TROUSERS, 1.0)
    closed = find_leg_split(rgba, skeleton, None)
    assert not closed.cloth
    assert closed.y < (skeleton.pelvis[1] + knees[:, 1].mean()) / 2

    # Cloth that is wider than two legs is cloth, though it has their colour.
    rgba[int(skeleton.pelvis[1]) : below, right - 30 : left + 31] = (*TROUSERS, 1.0)
    assert find_leg_split(rgba, skeleton, None).y == pytest.approx(below, abs=8)


def test_what_ends_above_shoes_that_touch_is_trousers_unless_it_is_wide() -> None:
    character = paper_doll(Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0)))
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba.copy()
    knees = skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE]]
    ankle, top = int(skeleton.joints[Body.LEFT_ANKLE, 1]) - 6, int(skeleton.pelvis[1])
    left, right = (int(v) for v in knees[:, 0])
    rgba[top:] = 0.0
    rgba[ankle : ankle + 16, right - 8 : left + 9] = (*SHOE, 1.0)
    rgba[top:ankle, right - 22 : left + 23] = (*TROUSERS, 1.0)
    gown = find_leg_split(rgba, skeleton, None)
    assert gown.cloth
    assert gown.y == pytest.approx(ankle, abs=8)

    for row in range(top, ankle):
        taper = round(14 * (row - top) / (ankle - top))
        rgba[row, : right - 22 + taper] = rgba[row, left + 23 - taper :] = 0.0
    trousers = find_leg_split(rgba, skeleton, None)
    assert not trousers.cloth
    assert trousers.y < (top + knees[:, 1].mean()) / 2


def test_the_shade_on_a_knee_is_no_hem() -> None:
    """Bare closed legs below short trousers, whose hem lies as high as the crotch."""
    character = paper_doll(Pose(left_leg=(90.0, 90.0), right_leg=(90.0, 90.0)))
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba.copy()
    knees = skeleton.joints[[Body.LEFT_KNEE, Body.RIGHT_KNEE]]
    knee, top = int(knees[:, 1].mean()), int(skeleton.pelvis[1])
    left, right = (int(v) for v in knees[:, 0])
    rgba[top : knee + 20, right - 8 : left + 9] = (*TROUSERS, 1.0)
    rgba[top + 4 : knee + 20, right - 8 : left + 9] = (*SKIN, 1.0)
    for row in range(knee - 10, knee + 20):
        shade = 1.0 - 0.35 * min(1.0, (row - knee + 10) / 10)
        rgba[row, right - 8 : left + 9, :3] = np.array(SKIN) * shade
    found = find_leg_split(rgba, skeleton, None)
    assert not found.cloth
    assert found.y < (top + knee) / 2
