from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.character.drawn_figure import Drawn, draw
from understudy.character.cast import cast
from understudy.character.character import Character, Layer
from understudy.character.corrections import Corrections
from understudy.character.folder import cast_open_character, open_character, write_folder
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Body
from understudy.media.picture import open_picture

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def folder(tmp_path: Path, standing: Drawn, standing_cast: Character) -> Path:
    place = tmp_path / "character"
    write_folder(place, standing.opened(), standing_cast, version="1")
    return place


def _played(folder: Path, drawn: Drawn) -> Character:
    return cast_open_character(open_character(folder), drawn.design.size, track=drawn.track)


def _layer(character: Character, name: str) -> Layer:
    return next(layer for layer in character.layers if layer.name == name)


def _edit(folder: Path, edit: Edit) -> None:
    file = folder / "character.json"
    values = json.loads(file.read_text())
    edit(values)
    file.write_text(json.dumps(values))


def _paint(file: Path, paint: Callable[[np.ndarray[Any, Any]], None]) -> None:
    pixels = np.array(Image.open(file))
    paint(pixels)
    Image.fromarray(pixels).save(file)


def test_a_folder_that_nobody_edited_gives_the_character_back(
    folder: Path, standing: Drawn, standing_cast: Character
) -> None:
    played = _played(folder, standing)
    assert played.traits == standing_cast.traits
    assert np.array_equal(played.background, standing_cast.background)
    assert [layer.name for layer in played.layers] == [x.name for x in standing_cast.layers]
    for layer in standing_cast.layers:
        assert np.abs(_layer(played, layer.name).rgba - layer.rgba).max() < 0.005
    apart = np.abs(played.landmarks.body - standing_cast.landmarks.body)
    assert apart.max() < 0.1


def test_the_joints_are_in_the_pixels_of_the_picture(folder: Path, standing: Drawn) -> None:
    joints = json.loads((folder / "character.json").read_text())["joints"]
    assert len(joints) == 17
    truth = standing.landmarks.body[Body.LEFT_WRIST, :2]
    assert np.abs(np.array(joints["left_wrist"]) - truth).max() < 0.1


def test_a_layer_painted_by_hand_is_used_as_it_is(folder: Path, standing: Drawn) -> None:
    def green(pixels: np.ndarray[Any, Any]) -> None:
        pixels[200:210, 170:190] = (0, 255, 0, 255)

    _paint(folder / "body.png", green)
    played = _played(folder, standing)
    assert np.allclose(_layer(played, "body").rgba[205, 180], (0, 1, 0, 1))


def test_an_edited_matte_cuts_the_layers_and_the_background_anew(
    folder: Path, standing: Drawn, standing_cast: Character
) -> None:
    head = round(standing.landmarks.body[Body.NOSE, 1])

    def without_head(pixels: np.ndarray[Any, Any]) -> None:
        pixels[: head + 10] = 0

    _paint(folder / "matte.png", without_head)
    played = _played(folder, standing)
    assert _layer(played, "body").rgba[:head, :, 3].max() < 0.05
    assert (played.background[:head] != standing_cast.background[:head]).any()


def test_an_edited_matte_leaves_edited_layers_as_they_are(folder: Path, standing: Drawn) -> None:
    def green(pixels: np.ndarray[Any, Any]) -> None:
        pixels[200:210, 170:190] = (0, 255, 0, 255)

    def less(pixels: np.ndarray[Any, Any]) -> None:
        pixels[:120] = 0

    _paint(folder / "body.png", green)
    _paint(folder / "matte.png", less)
    body = _layer(_played(folder, standing), "body").rgba
    assert np.allclose(body[205, 180], (0, 1, 0, 1))
    assert body[:120, :, 3].max() > 0.9


def test_an_edited_background_is_used_whatever_else_was_edited(
    folder: Path, standing: Drawn
) -> None:
    def red(pixels: np.ndarray[Any, Any]) -> None:
        pixels[:] = (200, 0, 0)

    def less(pixels: np.ndarray[Any, Any]) -> None:
        pixels[:120] = 0

    _paint(folder / "background.png", red)
    _paint(folder / "matte.png", less)
    assert (_played(folder, standing).background == (200, 0, 0)).all()


def test_a_moved_joint_takes_the_hand_with_it_and_cuts_the_arm_there(
    folder: Path, standing: Drawn, standing_cast: Character
) -> None:
    def move(values: dict[str, Any]) -> None:
        x, y = values["joints"]["left_wrist"]
        values["joints"]["left_wrist"] = [x + 6, y - 12]

    _edit(folder, move)
    before, after = standing_cast.landmarks.body, _played(folder, standing).landmarks.body
    assert np.abs(after[Body.LEFT_WRIST, :2] - before[Body.LEFT_WRIST, :2] - (6, -12)).max() < 0.1
    hand = after[Body.LEFT_INDEX, :2] - before[Body.LEFT_INDEX, :2]
    assert hand[1] < -8
    assert np.allclose(after[Body.RIGHT_WRIST], before[Body.RIGHT_WRIST], atol=0.1)


def test_legs_that_are_fixed_take_no_steps(folder: Path, standing: Drawn) -> None:
    assert _played(folder, standing).traits.legs == "free"
    _edit(folder, lambda values: values["options"].update(legs="fixed"))
    assert _played(folder, standing).traits.legs == "fixed"


def test_a_folder_from_before_legs_could_be_chosen_is_as_it_was(
    folder: Path, standing: Drawn
) -> None:
    written = _played(folder, standing)
    _edit(folder, lambda values: values["options"].pop("legs"))
    played = _played(folder, standing)
    assert played.traits == written.traits
    assert all(
        np.array_equal(a.rgba, b.rgba) for a, b in zip(played.layers, written.layers, strict=True)
    )


def test_an_arm_that_is_fixed_is_part_of_the_body(folder: Path, standing: Drawn) -> None:
    _edit(folder, lambda values: values["options"].update(left_arm="fixed"))
    played = _played(folder, standing)
    assert played.traits.left_arm == "fixed"
    assert [layer.name for layer in played.layers] == ["body", "right_arm"]
    seen = standing.arms[0] > 0.9
    assert (_layer(played, "body").rgba[..., 3] > 0.5)[seen].mean() > 0.97


def test_a_folder_plays_at_another_size_than_it_was_cast_at(
    folder: Path, standing: Drawn, standing_cast: Character
) -> None:
    width, height = standing.design.size
    character = cast_open_character(
        open_character(folder), (width * 2, height * 2), track=standing.track
    )
    assert character.background.shape == (2 * height, 2 * width, 3)
    assert _layer(character, "body").rgba.shape == (2 * height, 2 * width, 4)
    apart = character.landmarks.body[:, :2] - 2 * standing_cast.landmarks.body[:, :2]
    assert np.abs(apart).max() < 0.2


def test_a_transparent_picture_comes_back_as_it_was(tmp_path: Path) -> None:
    drawn = draw()
    rgba = np.dstack([drawn.rgb, (drawn.alpha * 255).astype(np.uint8)])
    Image.fromarray(rgba).save(tmp_path / "picture.png")
    picture = open_picture(tmp_path / "picture.png")
    character = cast(picture, drawn.design.size, track=drawn.track)
    write_folder(tmp_path / "character", picture, character, version="1")
    again = open_character(tmp_path / "character").picture
    assert again.alpha is not None
    assert picture.alpha is not None
    assert np.array_equal(again.alpha, picture.alpha)
    solid = picture.alpha > 128
    assert np.abs(again.rgb[solid].astype(int) - picture.rgb[solid]).max() <= 3


def test_a_matte_that_casting_was_given_is_kept_when_a_joint_moves(
    tmp_path: Path, standing: Drawn
) -> None:
    matte = tmp_path / "given.png"
    Image.fromarray((standing.alpha * 255).astype(np.uint8)).save(matte)
    corrections = Corrections(matte=matte.read_bytes())
    picture, size = standing.opened(), standing.design.size
    character = cast(picture, size, corrections=corrections, track=standing.track)
    write_folder(tmp_path / "character", picture, character, corrections, version="1")
    _edit(tmp_path / "character", lambda values: values["joints"].update(left_wrist=[260, 250]))
    assert open_character(tmp_path / "character").corrections.matte is not None


def test_a_folder_that_holds_something_is_never_overwritten(
    folder: Path, standing: Drawn, standing_cast: Character
) -> None:
    before = (folder / "character.json").read_bytes()
    with pytest.raises(InputRefused, match="not empty"):
        write_folder(folder, standing.opened(), standing_cast, version="1")
    assert (folder / "character.json").read_bytes() == before


def _without(name: str) -> Edit:
    return lambda values: values.pop(name)


def _with(**values: Any) -> Edit:
    return lambda old: old.update(values)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (_without("canvas"), "character.json: canvas: it is missing"),
        (_with(extra=1), "character.json: extra: there is no such key"),
        (_with(version=2), "character.json: version: the value is 2; use 1"),
        (_with(layers=["left_arm"]), "character.json: layers: 'body' is missing"),
        (_with(layers=["body", "hat"]), r"character.json: layers\[1\]: the value is \"hat\""),
        (
            lambda values: values["joints"].update(left_wrist="here"),
            'character.json: joints.left_wrist: the value is "here"; use \\[x, y\\]',
        ),
        (
            lambda values: values["joints"].update(tail=[1, 2]),
            "character.json: joints.tail: there is no such joint; use one of nose",
        ),
        (
            lambda values: values["joints"].pop("nose"),
            "character.json: joints.nose: it is missing",
        ),
        (
            lambda values: values["options"].update(left_arm="loose"),
            'character.json: options.left_arm: the value is "loose"; use one of auto, free',
        ),
    ],
)
def test_a_wrong_key_is_named_with_what_it_holds_and_what_it_may_hold(
    folder: Path, edit: Edit, message: str
) -> None:
    _edit(folder, edit)
    with pytest.raises(InputRefused, match=message):
        open_character(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("body.png", None, "body.png: the file is missing"),
        ("body.png", b"GIF89a", "body.png: the file is not a PNG"),
        ("landmarks.json", b"{}", "landmarks.json: the file does not hold"),
        ("character.json", b"{", "character.json: the file is not JSON"),
    ],
)
def test_a_wrong_file_is_named(
    folder: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(InputRefused, match=message):
        open_character(folder)


def test_a_layer_of_another_size_is_refused_with_the_size_that_is_allowed(folder: Path) -> None:
    file = folder / "body.png"
    Image.open(file).resize((100, 100)).save(file)
    with pytest.raises(InputRefused, match=r"body.png: the size is 100 x 100 px; use 360 x 520"):
        open_character(folder)


def test_an_empty_matte_is_refused_by_its_file(folder: Path) -> None:
    Image.new("L", (360, 520)).save(folder / "matte.png")
    with pytest.raises(InputRefused, match=r"matte.png: the matte is empty"):
        open_character(folder)


def test_a_folder_without_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"neither character.json nor char_cfg.yaml"):
        open_character(tmp_path)
