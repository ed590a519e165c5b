from __future__ import annotations

import cv2
import numpy as np

from understudy.character.inpaint.glow_and_shadow import glow_layer, glow_region, shadow_region


def _post(h: int = 240, w: int = 320) -> np.ndarray:
    figure = np.zeros((h, w), bool)
    figure[60:200, 145:175] = True
    return figure


def _away(figure: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((~figure).astype(np.uint8), cv2.DIST_L2, 5)


def test_light_that_falls_off_from_the_figure_is_found() -> None:
    figure = _post()
    light = 0.6 * np.exp(-_away(figure) / 12)
    picture = np.full((240, 320, 3), (0.12, 0.10, 0.25), np.float32)
    picture += light[..., None] * np.array([1.0, 0.8, 0.7])
    picture[figure] = (1, 0.95, 0.9)
    glow = glow_region(np.clip(picture, 0, 1).astype(np.float32), figure, 100.0)
    away = _away(figure)
    assert glow[(away > 1) & (away < 15)].mean() > 0.9
    assert glow[away > 45].mean() < 0.02
    assert not glow[figure].any()


def test_a_figure_on_plain_background_does_not_glow() -> None:
    figure = _post()
    picture = np.full((240, 320, 3), 0.3, np.float32)
    picture[figure] = 0.9
    assert not glow_region(picture, figure, 100.0).any()


def test_a_lamp_behind_the_figure_is_not_its_light() -> None:
    figure = _post()
    picture = np.full((240, 320, 3), 0.2, np.float32)
    cv2.circle(picture, (190, 90), 18, (1.0, 1.0, 0.8), -1)
    picture[figure] = 0.6
    assert not glow_region(picture, figure, 100.0).any()


def test_a_soft_shadow_on_a_wall_is_found() -> None:
    figure = _post()
    shadow = cv2.GaussianBlur(np.roll(figure, -35, axis=1).astype(np.float32), (0, 0), 10)
    picture = (0.9 - 0.25 * shadow)[..., None].repeat(3, axis=2).astype(np.float32)
    picture[figure] = 0.3
    found = shadow_region(picture, figure, 100.0)
    assert found[(shadow > 0.5) & ~figure].mean() > 0.95
    assert found[shadow < 0.005].mean() < 0.12


def test_a_coloured_thing_beside_the_figure_is_not_its_shadow() -> None:
    figure = _post()
    picture = np.full((240, 320, 3), 0.95, np.float32)
    ball = np.zeros((240, 320), np.uint8)
    cv2.circle(ball, (215, 160), 20, 1, -1)
    picture[ball > 0] = (0.95, 0.7, 0.4)
    picture[figure] = 0.3
    assert shadow_region(picture, figure, 100.0)[ball > 0].mean() < 0.02


def test_light_over_the_background_gives_the_picture_back() -> None:
    figure = _post()
    background = np.full((240, 320, 3), (0.12, 0.10, 0.25), np.float32)
    light = 0.5 * np.exp(-_away(figure) / 12)
    picture = np.clip(background + light[..., None] * np.array([1.0, 0.8, 0.7]), 0, 1)
    picture = picture.astype(np.float32)
    alpha = figure.astype(np.float32)
    glow = (_away(figure) < 40) & ~figure
    layer = glow_layer(picture, background, alpha, glow, 100.0)
    assert layer.min() >= 0
    assert layer.max() <= 1
    over = layer[..., :3] + (1 - layer[..., 3:]) * background
    away = _away(figure)
    assert np.abs(over - picture)[(away > 4) & (away < 32)].mean() < 0.02
