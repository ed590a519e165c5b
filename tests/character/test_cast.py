from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import CLOSE, SHIRT, Drawn, draw, striped_background
from understudy.character.cast import cast
from understudy.character.character import Character, Layer
from understudy.media.picture import Picture
from understudy.tracking.trackers import PictureTrack

CROSSED = {
    "left": ((0.45, 0.5), (0.02, 0.56), (-0.12, 0.56)),
    "right": ((0.45, 0.5), (0.02, 0.46), (-0.12, 0.46)),
}


def _layer(character: Character, name: str) -> Layer:
    return next(layer for layer in character.layers if layer.name == name)


def _over_plate(character: Character) -> NDArray[np.float32]:
    """The layers composited back to front over the background, (h, w, 3) in 0..1."""
    frame = character.background.astype(np.float32) / 255
    for layer in character.layers:
        rgba = layer.rgba[: character.size[1]]
        frame = rgba[..., :3] + (1 - rgba[..., 3:]) * frame
    return frame


def _overlap(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float((found & truth).sum() / (found | truth).sum())


def test_layers_over_the_background_give_the_picture_back(
    standing: Drawn, standing_cast: Character
) -> None:
    wrong = np.abs(_over_plate(standing_cast) - standing.picture).max(axis=-1)
    figure = standing.alpha > 0.02
    assert wrong[figure].mean() < 0.02
    assert wrong[~figure].mean() < 0.01
    assert np.percentile(wrong[figure], 98) < 0.15


def test_layers_are_premultiplied_and_within_range(standing_cast: Character) -> None:
    for layer in standing_cast.layers:
        assert layer.rgba.dtype == np.float32
        assert layer.rgba.min() >= 0
        assert layer.rgba.max() <= 1
        assert (layer.rgba[..., :3] <= layer.rgba[..., 3:] + 1e-5).all()


def test_the_matte_follows_the_figure(standing: Drawn, standing_cast: Character) -> None:
    assert standing_cast.alpha.min() >= 0
    assert standing_cast.alpha.max() <= 1
    assert _overlap(standing_cast.alpha > 0.5, standing.alpha > 0.5) > 0.97
    assert np.abs(standing_cast.alpha - standing.alpha).mean() < 0.01


def test_each_arm_is_a_layer_of_its_own(standing: Drawn, standing_cast: Character) -> None:
    assert standing_cast.traits.left_arm == standing_cast.traits.right_arm == "free"
    for name, truth in zip(("left_arm", "right_arm"), standing.arms, strict=True):
        found = _layer(standing_cast, name).rgba[..., 3] > 0.5
        assert _overlap(found, truth > 0.5) > 0.85
        pieces, _ = cv2.connectedComponents(found.astype(np.uint8))
        assert pieces == 2, "an arm is one piece"


@pytest.mark.parametrize("sleeve", [SHIRT, (0.8, 0.2, 0.2)], ids=["alike", "red"])
def test_the_body_goes_on_under_the_arms(sleeve: tuple[float, float, float]) -> None:
    drawn = draw(left=CLOSE, right=CLOSE, sleeve=sleeve)
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    body = _layer(character, "body").rgba
    covered = (drawn.body_alpha > 0.99) & (np.maximum(*drawn.arms) > 0.99)
    covered[: round(0.28 * 520 + 0.18 * 120)] = False  # the shoulders stay as they are
    solid = covered & (body[..., 3] > 0.9)
    assert solid.sum() > 0.75 * covered.sum()
    assert np.abs(body[..., :3] - drawn.body)[solid].mean() < 0.05
    nowhere = cv2.dilate((drawn.body_alpha > 0.01).astype(np.uint8), np.ones((11, 11))) == 0
    below_shoulders = np.arange(520)[:, None] > 0.28 * 520 + 0.2 * 120
    assert (body[..., 3] > 0.5)[nowhere & below_shoulders].mean() < 0.002


def test_nothing_of_the_arms_stays_on_the_body(standing: Drawn, standing_cast: Character) -> None:
    body = _layer(standing_cast, "body").rgba[..., 3]
    shoulders = np.zeros_like(body)
    for joint in (11, 12):
        at = standing.landmarks.body[joint, :2]
        cv2.circle(shoulders, (round(float(at[0])), round(float(at[1]))), 16, 1.0, -1)
    arms_only = (np.maximum(*standing.arms) > 0.99) & (standing.body_alpha < 0.01)
    away = cv2.dilate((standing.body_alpha > 0.01).astype(np.uint8), np.ones((13, 13))) == 0
    assert body[arms_only & away & (shoulders == 0)].mean() < 0.03


def test_the_background_shows_no_ghost(standing: Drawn, standing_cast: Character) -> None:
    wrong = np.abs(standing_cast.background / 255 - standing.background).max(axis=-1)
    assert wrong.max() < 0.05
    far = cv2.dilate((standing.alpha > 0).astype(np.uint8), np.ones((41, 41))) == 0
    assert (standing_cast.background[far] == standing_cast.picture[far]).all()


def test_a_textured_background_stays_textured() -> None:
    drawn = draw(background=striped_background((360, 520)))
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    hidden = drawn.alpha > 0.5
    inside, outside = (
        character.background[hidden].std(axis=0),
        character.background[~hidden].std(axis=0),
    )
    assert (inside > 0.35 * outside).all()
    assert np.abs(character.background / 255 - drawn.background)[hidden].mean() < 0.12


def test_the_same_picture_gives_the_same_bits(standing: Drawn, standing_cast: Character) -> None:
    again = cast(standing.opened(), standing.design.size, track=standing.track)
    assert (again.background == standing_cast.background).all()
    assert (again.alpha == standing_cast.alpha).all()
    for layer, other in zip(again.layers, standing_cast.layers, strict=True):
        assert layer.name == other.name
        assert (layer.rgba == other.rgba).all()


def test_crossed_arms_stay_on_the_body_and_the_plan_says_so() -> None:
    drawn = draw(**CROSSED)
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert character.traits.left_arm == character.traits.right_arm == "fixed"
    assert [layer.name for layer in character.layers] == ["body"]
    assert character.warnings == ("The arms lie across the body and will not move.",)


def test_one_arm_across_the_body_leaves_the_other_free() -> None:
    drawn = draw(left=CROSSED["left"])
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert character.traits.left_arm == "fixed"
    assert character.traits.right_arm == "free"
    assert character.warnings == ("The left arm lies across the body and will not move.",)


def test_a_transparent_picture_brings_its_matte_and_its_backdrop(
    standing: Drawn,
) -> None:
    character = cast(standing.opened(transparent=True), standing.design.size, track=standing.track)
    assert np.abs(character.alpha - standing.alpha).max() < 0.01
    assert (character.background == 236).all()


def test_the_figure_is_scaled_to_the_canvas(standing: Drawn) -> None:
    def track(rgb: NDArray[np.uint8], region: object = None) -> object:
        scaled = standing.landmarks.scaled(rgb.shape[0] / 520)
        mask = cv2.resize(standing.alpha, (rgb.shape[1], rgb.shape[0]))
        return type(standing.track(standing.rgb))(scaled, mask, 1.0)

    character = cast(standing.opened(), (288, 416), track=track)  # type: ignore[arg-type]
    assert character.size == (288, 416)
    assert character.alpha.shape == (416, 288)
    assert character.background.shape == character.picture.shape == (416, 288, 3)
    assert character.traits.left_arm == "free"


def test_a_skirt_has_a_hem_and_trousers_have_none(standing_cast: Character) -> None:
    drawn = draw(skirt=True)
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    hem = 0.28 * 520 + 1.75 * 120
    assert character.traits.hem_y == pytest.approx(hem, abs=8)
    assert standing_cast.traits.hem_y is None


def test_a_cut_head_is_known(standing_cast: Character) -> None:
    drawn = draw(centre=(0.5, 0.12))
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert character.traits.head_cut
    assert not standing_cast.traits.head_cut


def test_a_half_figure_goes_on_below_the_picture() -> None:
    drawn = draw(size=(360, 320), torso=180.0, centre=(0.5, 0.5))
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert character.traits.framing == "upper_body"
    assert character.traits.pad > 40
    body = _layer(character, "body").rgba
    assert body.shape == (320 + character.traits.pad, 360, 4)
    last, beyond = body[310], body[-1]
    width = (last[:, 3] > 0.5).sum()
    assert (beyond[:, 3] > 0.5).sum() == pytest.approx(width, rel=0.4)
    assert np.abs(beyond[180, :3] - np.array(SHIRT)).max() < 0.1


def test_hands_that_the_picture_does_not_show_keep_their_arms_still() -> None:
    drawn = draw(size=(360, 300), torso=170.0, centre=(0.5, 0.45))
    character = cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert character.traits.left_arm == character.traits.right_arm == "unseen"
    assert "both hands" in character.warnings[0]


def test_a_figure_in_one_piece_sways_and_is_not_asked_for_its_hands() -> None:
    rgb = np.full((300, 240, 3), 230, np.uint8)
    cv2.ellipse(rgb, (120, 160), (60, 100), 0, 0, 360, (200, 90, 40), -1)
    nobody = PictureTrack(None, np.zeros((300, 240), np.float32), 0.0)
    egg = Picture(rgb, None, (240, 300), "0" * 64, None)
    character = cast(egg, (240, 300), track=lambda rgb, region=None, /: nobody)
    assert character.traits.sways_only
    assert [layer.name for layer in character.layers] == ["body"]
    assert len(character.warnings) == 1


def test_a_plain_light_wall_may_take_a_shadow(standing_cast: Character) -> None:
    assert standing_cast.traits.casts_shadow
    dark = draw(background=np.full((520, 360, 3), 0.12, np.float32))
    assert not cast(dark.opened(), dark.design.size, track=dark.track).traits.casts_shadow
