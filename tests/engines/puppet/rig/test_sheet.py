"""Drawings that move in one piece."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.character.figure.drawn_on_paper import JOINTS, outline_figure
from understudy.character.character import Character, Layer, Traits
from understudy.character.figure.joints import Joint, landmarks_of
from understudy.engines.puppet.judging.poses import test_poses as poses_of
from understudy.engines.puppet.puppet import Puppet
from understudy.engines.puppet.retarget import retarget
from understudy.engines.puppet.rig.mesh import grid_mesh
from understudy.engines.puppet.rig.rig import Rig, build_rig, skeleton_of_character
from understudy.engines.puppet.rig.sheet_mesh import cut_open, shared_edges
from understudy.geometry.skeleton import Bone

HIP = (312, 345)


def drawing(*, hand_on_hip: bool = False) -> Character:
    """An outline drawing whose arms move and have no layer of their own."""
    joints = JOINTS.copy()
    if hand_on_hip:
        joints[Joint.LEFT_WRIST] = HIP
    rgb, mask = outline_figure(joints)
    alpha = mask.astype(np.float32)
    rgba = np.dstack([rgb / np.float32(255) * alpha[..., None], alpha]).astype(np.float32)
    return Character(
        size=(480, 640),
        picture=rgb,
        alpha=alpha,
        background=np.full_like(rgb, 228),
        layers=(Layer("body", rgba),),
        landmarks=landmarks_of(joints, frozenset()),
        traits=Traits("whole_body", "free", "free"),
    )


@pytest.fixture(scope="module")
def rig() -> Rig:
    character = drawing()
    return build_rig(character, skeleton_of_character(character))


def at_rest() -> np.ndarray:
    return np.tile(np.eye(2, 3), (len(Bone), 1, 1))


def test_a_sheet_whose_bones_rest_stays_where_it_is(rig: Rig) -> None:
    np.testing.assert_allclose(rig.body.posed(at_rest()), rig.body.vertices, atol=1e-6)


def test_a_sheet_goes_where_all_its_bones_go(rig: Rig) -> None:
    turn = np.array([[0.8, -0.6, 30.0], [0.6, 0.8, -12.0]])
    posed = rig.body.posed(np.tile(turn, (len(Bone), 1, 1)))
    np.testing.assert_allclose(posed, rig.body.vertices @ turn[:, :2].T + turn[:, 2], atol=1e-6)


def ink(puppet: Puppet, index: int) -> np.ndarray:
    """The drawn lines in a frame: (H, W) uint8, thickened so that hairlines count."""
    rgba = puppet.draw_alone(puppet.canvas(alone=True), index)
    dark = (rgba[..., 0] < 130) & (rgba[..., 3] > 128)
    return cv2.dilate(dark.astype(np.uint8), np.ones((3, 3), np.uint8))


def test_the_outline_of_a_drawing_is_one_line_in_every_pose() -> None:
    character = drawing()
    skeleton = skeleton_of_character(character)
    poses = poses_of(character.landmarks, character.size)
    puppet = Puppet(character, skeleton, retarget(poses.performance, skeleton, orientation="image"))
    puppet.keep_the_pictures_framing()
    for index in poses.shown.values():
        pieces, _, stats, _ = cv2.connectedComponentsWithStats(ink(puppet, index), connectivity=8)
        areas = np.sort(stats[1:pieces, cv2.CC_STAT_AREA])
        assert areas[-1] > 0.97 * areas.sum(), index


def test_a_hand_on_a_hip_comes_off_the_body_and_a_shoulder_does_not() -> None:
    character = drawing(hand_on_hip=True)
    body = build_rig(character, skeleton_of_character(character)).body
    maps = at_rest()
    maps[[Bone.LEFT_FOREARM, Bone.LEFT_HAND], 0, 2] = 80.0
    posed = body.posed(maps)
    lengths = [
        np.linalg.norm(at[body.triangles] - at[np.roll(body.triangles, 1, axis=1)], axis=-1)
        for at in (body.vertices, posed)
    ]
    stretch = (lengths[1] / lengths[0]).max(axis=1)
    middles = body.vertices[body.triangles].mean(axis=1)
    at_hand = np.linalg.norm(middles - HIP, axis=1) < 30
    assert stretch[at_hand].max() < 1.5


def test_an_arm_passes_behind_the_body_or_before_it(rig: Rig) -> None:
    sheet = rig.body.sheet
    assert sheet is not None
    centres = rig.body.vertices[rig.body.triangles].mean(axis=1)
    of_hand = np.linalg.norm(centres - JOINTS[Joint.LEFT_WRIST], axis=1) < 15
    of_trunk = np.linalg.norm(centres - (240, 320), axis=1) < 15

    def place(order: np.ndarray, which: np.ndarray) -> float:
        rank = np.empty(len(order))
        rank[order] = np.arange(len(order))
        return float(rank[which].mean())

    before, behind = sheet.orders[False, False, False], sheet.orders[False, True, False]
    assert place(before, of_hand) > place(before, of_trunk)
    assert place(behind, of_hand) < place(behind, of_trunk)


def test_a_mesh_is_cut_open_along_the_edges_that_are_open() -> None:
    mesh = grid_mesh(np.ones((16, 16), np.float32), 4)
    edges = shared_edges(mesh)
    across = np.isclose(edges.middles[:, 0], 8.0)
    assert len(cut_open(mesh, np.zeros_like(across)).vertices) == len(mesh.vertices)
    parted = cut_open(mesh, across)
    assert len(parted.vertices) == len(mesh.vertices) + 5
    corners = parted.vertices[parted.triangles][..., 0]
    left = corners.max(axis=1) <= 8
    assert not np.intersect1d(parted.triangles[left], parted.triangles[~left]).size
