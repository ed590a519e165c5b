"""A learned matte made whole, on a drawn figure whose alpha is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.character.drawn_figure import Design, Drawn, Float32, draw
from understudy.character.figure.anatomy import Anatomy, draw_bones, draw_disc, measure
from understudy.character.image.masks import shrink
from understudy.character.matte.learned import complete_matte


@pytest.fixture(scope="module")
def anatomy(standing: Drawn) -> Anatomy:
    return measure(standing.landmarks)


def _error(alpha: Float32, truth: Float32) -> float:
    """The share of the figure's area that is wrong."""
    return float(np.abs(alpha - truth).sum() / truth.sum())


def test_a_good_matte_stays_as_it_is(standing: Drawn, anatomy: Anatomy) -> None:
    alpha = complete_matte(standing.picture, standing.alpha, standing.alpha, anatomy)
    assert _error(alpha, standing.alpha) < 0.03


def test_a_limb_that_the_net_dropped_comes_back(standing: Drawn, anatomy: Anatomy) -> None:
    dropped = standing.alpha.copy()
    arm = draw_bones(dropped.shape, anatomy.arms[0].segments, 0.4 * anatomy.torso)
    dropped[arm & (standing.arms[0] > 0)] = 0.05
    assert _error(dropped, standing.alpha) > 0.05
    alpha = complete_matte(standing.picture, dropped, standing.alpha, anatomy)
    assert _error(alpha, standing.alpha) < 0.05


def test_a_limb_that_only_its_own_mask_shows_comes_back(standing: Drawn, anatomy: Anatomy) -> None:
    armless = np.where(standing.arms[0] > 0, standing.body_alpha, standing.alpha)
    alpha = complete_matte(standing.picture, armless, armless, anatomy, (standing.arms[0], None))
    assert _error(alpha, standing.alpha) < 0.03
    without = complete_matte(standing.picture, armless, armless, anatomy)
    assert _error(without, standing.alpha) > 0.05


def test_bones_beside_the_arm_make_no_figure(standing: Drawn, anatomy: Anatomy) -> None:
    body = standing.landmarks.body.copy()
    body[[13, 15, 17, 19, 21], 0] += 40
    astray = measure(replace(standing.landmarks, body=body))
    sure = np.ones_like(standing.alpha)
    alpha = complete_matte(standing.picture, standing.alpha, sure, astray, (standing.arms[0], None))
    assert _error(alpha, standing.alpha) < 0.03
    without = complete_matte(standing.picture, standing.alpha, sure, astray)
    assert _error(without, standing.alpha) > 0.05


def test_somebody_else_in_the_picture_is_left_out(standing: Drawn, anatomy: Anatomy) -> None:
    neighbour = draw_disc(standing.alpha.shape, np.array([40.0, 60.0]), 25)
    assert not (neighbour & (standing.alpha > 0)).any()
    both = np.maximum(standing.alpha, neighbour.astype(np.float32))
    alpha = complete_matte(standing.picture, both, standing.alpha, anatomy)
    assert float(alpha[neighbour].max()) < 0.02
    assert _error(alpha, standing.alpha) < 0.03


def test_doubted_cloth_inside_the_figure_is_solid(standing: Drawn, anatomy: Anatomy) -> None:
    doubted = standing.alpha.copy()
    middle = draw_disc(doubted.shape, (anatomy.neck + anatomy.pelvis) / 2, 0.25 * anatomy.torso)
    doubted[middle] = 0.6
    alpha = complete_matte(standing.picture, doubted, standing.alpha, anatomy)
    assert float(alpha[middle].min()) > 0.95


WHITE = Design(
    background=np.ones((520, 360, 3), np.float32), shirt=(0.2, 0.3, 0.5), sleeve=(0.2, 0.3, 0.5)
)


@pytest.fixture(scope="module")
def white_legs() -> tuple[Drawn, Float32]:
    """Legs as white as the ground, with a thin outline; and the figure's alpha."""
    drawn = draw(WHITE)
    anatomy = measure(drawn.landmarks)
    legs = drawn.alpha > 0.5
    legs[: int(anatomy.pelvis[1] + 0.5 * anatomy.torso)] = False
    inside = legs.copy()
    for axis in (0, 1):
        for step in (-2, 2):
            inside &= np.roll(legs, step, axis)
    picture = drawn.picture.copy()
    picture[legs] = 0.35
    picture[inside] = 1.0
    return replace(drawn, picture=picture), inside.astype(np.float32)


def test_white_legs_on_white_are_found_by_their_outline(
    white_legs: tuple[Drawn, Float32],
) -> None:
    drawn, legs = white_legs
    anatomy = measure(drawn.landmarks)
    learned = np.where(legs > 0, 0.15, drawn.alpha).astype(np.float32)
    # The tracker sees nothing of them either.
    mask = np.where(legs > 0, 0.0, drawn.alpha).astype(np.float32)
    alpha = complete_matte(drawn.picture, learned, mask, anatomy)
    assert float(alpha[legs > 0].mean()) > 0.95


def test_ankles_that_the_net_leaves_out_before_a_plain_ground_come_back_whole() -> None:
    drawn = draw(WHITE)
    anatomy = measure(drawn.landmarks)
    knee, ankle = (anatomy.joints[joint, 1] for joint in (25, 27))
    rows = slice(int(knee + 0.6 * (ankle - knee)), int(ankle))
    gone = drawn.alpha.copy()
    gone[rows] = 0.0
    alpha = complete_matte(drawn.picture, gone, gone, anatomy)
    np.testing.assert_allclose(alpha[rows].sum(), drawn.alpha[rows].sum(), rtol=0.1)
    assert _error(alpha, drawn.alpha) < 0.03


def test_a_gap_between_arm_and_trunk_stays_open_on_a_flat_ground() -> None:
    akimbo = replace(WHITE, left=((0.75, 0.4), (0.34, 0.85), (0.30, 0.95)))
    drawn = draw(akimbo)
    anatomy = measure(drawn.landmarks)
    arm = anatomy.arms[0]
    middle = (arm.shoulder + arm.elbow + arm.wrist) / 3
    gap = draw_disc(drawn.alpha.shape, middle, 3)
    assert float(drawn.alpha[gap].max()) == 0
    # The tracker's mask is coarse and fills the gap.
    mask = np.maximum(drawn.alpha, draw_disc(drawn.alpha.shape, middle, 20).astype(np.float32))
    alpha = complete_matte(drawn.picture, drawn.alpha, mask, anatomy)
    assert float(alpha[gap].max()) < 0.05


def test_a_frame_round_the_picture_is_no_ground(white_legs: tuple[Drawn, Float32]) -> None:
    drawn, _ = white_legs
    picture = drawn.picture.copy()
    picture[12:-12, 12:-12] = np.where(
        drawn.alpha[12:-12, 12:-12, None] > 0.5, picture[12:-12, 12:-12], 0.3
    )
    # Of the frame's colour, beside the figure.
    door = np.zeros(drawn.alpha.shape, bool)
    door[150:470, 40:120] = True
    picture[door] = 1.0
    door &= drawn.alpha < 0.01
    alpha = complete_matte(picture, drawn.alpha, drawn.alpha, measure(drawn.landmarks))
    assert float(alpha[door].mean()) < 0.1


def test_what_a_net_fades_out_at_the_cut_is_figure_before_a_flat_ground() -> None:
    ground = np.full((270, 360, 3), 0.95, np.float32)
    drawn = draw(size=(360, 270), centre=(0.5, 0.28 * 520 / 270), background=ground)
    faded = drawn.alpha * np.where(np.arange(270)[:, None] > 190, np.float32(0.55), np.float32(1))
    arm = drawn.arms[0] > 0.5
    faded[arm] = 0.1
    found = complete_matte(drawn.picture, faded, np.zeros_like(faded), measure(drawn.landmarks))
    inside = shrink(arm, 3)
    assert found[inside].mean() > 0.9
    assert _error(found, drawn.alpha) < 0.06


def test_a_shadow_on_the_wall_behind_a_cut_figure_is_no_figure() -> None:
    away = np.abs(np.arange(360)[None] - 250) / 60
    shade = 0.95 - 0.4 * np.exp(-(away**2)) * np.ones((270, 1))
    ground = np.repeat(shade[..., None], 3, axis=-1).astype(np.float32)
    ground[:, :150] = 0.95
    drawn = draw(size=(360, 270), centre=(0.5, 0.28 * 520 / 270), background=ground)
    net = np.maximum(drawn.alpha, np.float32(0.04))
    found = complete_matte(drawn.picture, net, drawn.alpha, measure(drawn.landmarks))
    assert _error(found, drawn.alpha) < 0.06
