"""Arms told from the body with their learned masks, on drawn figures whose parts are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import CLOSE, Drawn, draw
from understudy.character.figure.anatomy import Anatomy, draw_polygon, measure
from understudy.character.layers.parts import ARMS, BODY, Parts, find_parts
from understudy.character.layers.trunk import trunk_outline
from understudy.character.learned.arm_masks import ArmMask
from understudy.character.matte.matte import Matte

Mask = NDArray[np.bool_]
FOLDED = ((0.5, 0.5), (0.12, 0.72), (0.0, 0.76))


def _mask(region: Mask, confidence: float = 0.9) -> ArmMask:
    """As a segmenter gives it: coarse."""
    soft = cv2.GaussianBlur(region.astype(np.float32), (0, 0), 2)
    return ArmMask(np.clip(1.4 * soft - 0.2, 0, 1).astype(np.float32), confidence)


def _overlap(found: Mask, truth: Mask) -> float:
    return float((found & truth).sum() / (found | truth).sum())


def _with_wide_sleeve(drawn: Drawn, anatomy: Anatomy) -> tuple[Matte, Mask]:
    """The figure with cloth of the shirt's colour that hangs from its left forearm to the leg."""
    arm = anatomy.arms[0]
    down = np.array([0.0, 0.9 * anatomy.torso])
    aside = np.array([-0.2 * anatomy.torso, 0.0])
    corners = [arm.elbow, arm.wrist, arm.wrist + down + aside, arm.elbow + 0.4 * down + aside]
    cloth = draw_polygon((520, 360), np.array(corners))
    picture = drawn.picture.copy()
    picture[cloth] = drawn.design.shirt
    alpha = np.maximum(drawn.alpha, cloth.astype(np.float32))
    return Matte(alpha, picture), cloth | (drawn.arms[0] > 0.5)


def test_a_wide_sleeve_comes_along_with_its_arm(standing: Drawn) -> None:
    anatomy = measure(standing.landmarks)
    matte, sleeve = _with_wide_sleeve(standing, anatomy)
    parts = find_parts(matte, anatomy, (True, True), (_mask(sleeve), None))
    assert _overlap(parts.labels == ARMS[0], sleeve) > 0.9
    assert _overlap(parts.labels == ARMS[1], standing.arms[1] > 0.5) > 0.85
    without = find_parts(matte, anatomy, (True, True))
    assert _overlap(without.labels == ARMS[0], sleeve) < 0.8


def test_an_arm_goes_on_under_cloth_that_hides_its_inner_half_for_a_stretch() -> None:
    drawn = draw(left=CLOSE)
    anatomy = measure(drawn.landmarks)
    arm, bones = drawn.arms[0] > 0.5, anatomy.arms[0]
    rows = np.arange(*(round(float(bones.elbow[1]) + past) for past in (-20, 20)))
    hem = np.zeros_like(arm)
    for y in rows:
        columns = np.flatnonzero(arm[y])
        hem[y, : columns[0] + columns.size // 2] = True
    hem &= drawn.alpha > 0.5
    picture = np.where(hem[..., None], np.array([0.5, 0.1, 0.5], np.float32), drawn.picture)
    mask = _mask(arm & ~hem)
    parts = find_parts(Matte(drawn.alpha, picture), anatomy, (True, False), (mask, None))
    assert parts.arms[0] is not None
    assert float(parts.arms[0][hem & arm].mean()) > 0.5
    assert float(parts.overlay[hem & arm].mean()) > 0.5


def test_a_mask_of_little_confidence_is_left_to_the_contour(standing: Drawn) -> None:
    anatomy = measure(standing.landmarks)
    matte = Matte(standing.alpha, standing.picture)
    wrong = _mask(standing.body_alpha > 0.5, confidence=0.4)
    parts = find_parts(matte, anatomy, (True, True), (wrong, None))
    plain = find_parts(matte, anatomy, (True, True))
    assert (parts.labels == plain.labels).all()


def test_a_mask_in_two_pieces_is_left_to_the_contour(standing: Drawn) -> None:
    anatomy = measure(standing.landmarks)
    broken = standing.arms[0] > 0.5
    elbow = round(float(anatomy.arms[0].elbow[1]))
    broken[elbow - 8 : elbow + 8] = False
    parts = find_parts(
        Matte(standing.alpha, standing.picture), anatomy, (True, True), (_mask(broken), None)
    )
    assert _overlap(parts.labels == ARMS[0], standing.arms[0] > 0.5) > 0.85


@pytest.mark.parametrize("side", [0, 1])
def test_an_arm_whose_mask_leaves_the_shoulder_out_begins_at_the_shoulder(
    standing: Drawn, side: int
) -> None:
    anatomy = measure(standing.landmarks)
    arm = anatomy.arms[side]
    short = standing.arms[side] > 0.5
    short[: round(float(arm.shoulder[1] + 0.3 * anatomy.torso))] = False
    masks = (_mask(short), None) if side == 0 else (None, _mask(short))
    parts = find_parts(Matte(standing.alpha, standing.picture), anatomy, (True, True), masks)
    whole = parts.arms[side]
    assert whole is not None
    x, y = np.round(arm.shoulder + 0.05 * (arm.elbow - arm.shoulder)).astype(int)
    assert whole[y, x]


def test_a_mask_does_not_take_the_body_along(standing: Drawn) -> None:
    anatomy = measure(standing.landmarks)
    everything = _mask(standing.alpha > 0.5)
    parts = find_parts(
        Matte(standing.alpha, standing.picture), anatomy, (True, True), (everything, None)
    )
    x, y = np.round(np.stack([anatomy.neck, anatomy.pelvis, anatomy.head])).astype(int).T
    assert (parts.labels[y, x] == BODY).all()


def test_folded_hands_go_each_with_its_own_arm() -> None:
    drawn = draw(left=FOLDED, right=FOLDED)
    anatomy = measure(drawn.landmarks)
    both = (drawn.arms[0] > 0.5) | (drawn.arms[1] > 0.5)
    masks = []
    for side in (0, 1):
        own = both & (np.arange(360)[None] > 165 if side == 0 else np.arange(360)[None] < 195)
        masks.append(_mask(own))
    parts = find_parts(
        Matte(drawn.alpha, drawn.picture), anatomy, (True, True), (masks[0], masks[1])
    )
    for label, arm in zip(ARMS, anatomy.arms, strict=True):
        x, y = np.round((arm.wrist + arm.hand) / 2).astype(int)
        assert parts.labels[y, x] == label


@pytest.mark.parametrize("side", [0, 1])
def test_hair_behind_an_arm_is_no_trunk(side: int) -> None:
    drawn = draw(left=CLOSE, right=CLOSE)
    anatomy = measure(drawn.landmarks)
    # Hair that hangs behind the arm and shows on its far side.
    far = 1 if side == 0 else -1
    columns = np.arange(360)[None] - anatomy.neck[0]
    rows = np.arange(520)[:, None] - anatomy.neck[1]
    hair = (far * columns > 0.3 * 120) & (far * columns < 0.56 * 120) & (rows > 0) & (rows < 90)
    alpha = np.maximum(drawn.alpha, hair.astype(np.float32))
    matte = Matte(alpha, np.where(hair[..., None] & (drawn.alpha < 0.5)[..., None],
                                  np.float32(0.1), drawn.picture))  # fmt: skip
    masks = (_mask(drawn.arms[0] > 0.5), _mask(drawn.arms[1] > 0.5))
    parts = find_parts(matte, anatomy, (True, True), masks)
    outline = trunk_outline(alpha, parts, anatomy)
    assert not outline[hair & (far * columns > 0.48 * 120)].any()


@pytest.mark.parametrize("side", [0, 1])
def test_a_strand_between_arm_and_trunk_does_not_widen_the_trunk(side: int) -> None:
    # An arm held a little away, and a lock of hair that is seen in the gap.
    apart = ((0.56, 0.5), (0.6, 0.95), (0.6, 1.08))
    drawn = draw(left=apart, right=apart)
    anatomy = measure(drawn.landmarks)
    far = 1 if side == 0 else -1
    columns = far * (np.arange(360)[None] - anatomy.neck[0]) / 120
    rows = (np.arange(520)[:, None] - anatomy.neck[1]) / 120
    strand = (columns > 0.42) & (columns < 0.6) & (rows > 0.55) & (rows < 0.8)
    alpha = np.maximum(drawn.alpha, strand.astype(np.float32))
    labels = np.where(alpha > 0.5, np.uint8(BODY), np.uint8(0))
    for label, arm in zip(ARMS, drawn.arms, strict=True):
        labels[arm > 0.5] = label
    none = np.zeros(alpha.shape, bool)
    outline = trunk_outline(alpha, Parts(labels, (None, None), none, none), anatomy)
    below = (rows > 0.6) & (rows < 0.75)
    assert outline[below & (columns > 0) & (columns < 0.25)].all()
    assert not outline[below & (columns > 0.38)].any()


def test_the_trunks_clothes_of_the_sleeves_colour_are_no_part_of_the_arm(standing: Drawn) -> None:
    anatomy = measure(standing.landmarks)
    arm, unit = anatomy.arms[0], anatomy.torso
    down = np.array([0.0, 0.45 * unit])
    inwards = np.array([-0.3 * unit, 0.0])
    root = arm.shoulder + 0.2 * down
    panel = draw_polygon((520, 360), np.array([root, root + down, root + down + inwards,
                                               root + inwards]))  # fmt: skip
    panel &= standing.arms[0] < 0.5
    # The drawn outline of the sleeve parts them.
    picture = standing.picture.copy()
    edge = cv2.dilate((standing.arms[0] > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    picture[edge & (standing.arms[0] < 0.5) & (standing.body_alpha > 0.5)] = 0.05
    found = find_parts(
        Matte(standing.alpha, picture),
        anatomy,
        (True, True),
        (_mask(panel | (standing.arms[0] > 0.5)), None),
    )
    inside = cv2.erode(panel.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (found.labels[inside] == BODY).mean() > 0.8
    assert _overlap(found.labels == ARMS[0], standing.arms[0] > 0.5) > 0.8
