from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode

from tests.character.drawn_figure import Drawn
from understudy.character.character import Character
from understudy.character.figure.placed_joints import joints_of
from understudy.character.folder import (
    cast_open_character,
    is_open_character,
    open_character,
    write_psd,
)
from understudy.character.folder.layered_psd import check_new_psd, read_psd
from understudy.errors import InputRefused

Edit = Callable[[PSDImage], None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, standing_cast: Character) -> Path:
    path = tmp_path_factory.mktemp("psd") / "hero.psd"
    write_psd(path, standing_cast)
    return path


def _edited(written: Path, folder: Path, edit: Edit) -> Path:
    image = PSDImage.open(written)
    edit(image)
    path = folder / "edited.psd"
    image.save(path)
    return path


def _layer(image: PSDImage, name: str) -> Any:
    return next(layer for layer in image if layer.name == name)


def _square(colour: tuple[int, int, int, int], side: int = 20) -> Image.Image:
    return Image.new("RGBA", (side, side), colour)


def _played(path: Path, drawn: Drawn) -> Character:
    return cast_open_character(open_character(path), drawn.design.size, track=drawn.track)


def test_a_written_psd_gives_layers_background_and_joints_back(
    written: Path, standing_cast: Character
) -> None:
    read = read_psd(written)
    assert list(read.layers) == [layer.name for layer in standing_cast.layers]
    for layer in standing_cast.layers:
        alpha = read.layers[layer.name][..., 3] / 255
        assert np.abs(alpha - layer.rgba[: len(alpha), :, 3]).max() < 0.01
    assert read.background is not None
    assert np.array_equal(read.background[..., :3], standing_cast.background)
    for name, place in joints_of(standing_cast.landmarks).items():
        assert np.abs(np.subtract(read.joints[name], place)).max() <= 0.5


def test_a_psd_that_nobody_edited_plays_as_the_character_that_was_written(
    written: Path, standing: Drawn, standing_cast: Character
) -> None:
    played = _played(written, standing)
    assert played.traits == standing_cast.traits
    assert np.array_equal(played.background, standing_cast.background)
    for layer, original in zip(played.layers, standing_cast.layers, strict=True):
        assert layer.name == original.name
        assert np.abs(layer.rgba - original.rgba).max() < 0.01


def test_paint_on_a_layer_is_used_as_it_is(written: Path, tmp_path: Path, standing: Drawn) -> None:
    def paint(image: PSDImage) -> None:
        spot = image.create_pixel_layer(_square((0, 255, 0, 255)), name="spot", top=200, left=170)
        body = _layer(image, "body")
        image.create_group(layer_list=[body, spot], name="Body")

    played = _played(_edited(written, tmp_path, paint), standing)
    body = next(layer for layer in played.layers if layer.name == "body")
    assert np.allclose(body.rgba[210, 180], (0, 1, 0, 1), atol=0.01)


def test_an_arm_without_a_layer_is_a_part_of_the_body(
    written: Path, tmp_path: Path, standing: Drawn
) -> None:
    def merge(image: PSDImage) -> None:
        parts = [_layer(image, "body"), _layer(image, "left_arm")]
        image.create_group(layer_list=parts, name="body")

    played = _played(_edited(written, tmp_path, merge), standing)
    assert (played.traits.left_arm, played.traits.right_arm) == ("fixed", "free")
    assert "left_arm" not in [layer.name for layer in played.layers]


def test_names_are_read_as_people_write_them(tmp_path: Path) -> None:
    image = PSDImage.new("RGB", (60, 80))
    image.create_pixel_layer(_square((0, 0, 255, 255)), name="Body")
    image.create_pixel_layer(_square((255, 0, 0, 255)), name="Left-Arm ")
    image.create_pixel_layer(_square((255, 0, 0, 255)), name="Right arm")
    image.save(tmp_path / "a.psd")
    assert list(read_psd(tmp_path / "a.psd").layers) == ["body", "left_arm", "right_arm"]


def test_a_group_is_flattened_with_opacity_blend_mode_and_clipping(tmp_path: Path) -> None:
    image = PSDImage.new("RGB", (60, 80))
    parts = [
        image.create_pixel_layer(_square((200, 100, 50, 255)), name="cloth"),
        image.create_pixel_layer(
            _square((128, 128, 128, 255)), name="shade", top=10, blend_mode=BlendMode.MULTIPLY
        ),
    ]
    image.create_group(layer_list=parts, name="body")
    image.create_pixel_layer(_square((0, 0, 0, 255)), name="overlay", left=30, opacity=128)
    clipped = image.create_pixel_layer(_square((255, 255, 255, 255), 60), name="shine")
    clipped.clipping = True
    image.save(tmp_path / "a.psd")
    layers = read_psd(tmp_path / "a.psd").layers
    assert layers["body"][5, 5].tolist() == [200, 100, 50, 255]
    assert np.abs(layers["body"][15, 5] - np.array([100, 50, 25, 255])).max() <= 2
    assert layers["overlay"][5, 35].tolist() == [255, 255, 255, 128]
    assert layers["overlay"][50, 35].tolist()[3] == 0


def test_a_figure_without_a_background_stands_before_nothing(
    written: Path, tmp_path: Path, standing: Drawn
) -> None:
    def hide(image: PSDImage) -> None:
        _layer(image, "background").visible = False

    opened = open_character(_edited(written, tmp_path, hide))
    assert opened.picture.alpha is not None
    assert opened.corrections.matte is None
    assert (opened.picture.alpha > 127).mean() == pytest.approx(standing.alpha.mean(), rel=0.05)


def test_holes_in_the_background_are_filled_as_casting_fills_them(
    written: Path, tmp_path: Path, standing: Drawn, standing_cast: Character
) -> None:
    def tear(image: PSDImage) -> None:
        old = _layer(image, "background")
        torn = Image.fromarray(standing_cast.background).convert("RGBA")
        torn.paste((0, 0, 0, 0), (150, 100, 210, 400))
        new = image.create_pixel_layer(torn, name="background")
        image.remove(new)
        image.insert(0, new)
        image.remove(old)

    played = _played(_edited(written, tmp_path, tear), standing)
    assert played.background[150:350, 160:200].std() < 20
    assert played.background[150:350, 160:200].min() > 0


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda image: image.create_pixel_layer(_square((1, 2, 3, 255)), name="Hat"), "Hat"),
        (lambda image: image.create_pixel_layer(_square((1, 2, 3, 255)), name="Body"), "Body"),
        (lambda image: setattr(_layer(image, "body"), "visible", False), "body"),
        (
            lambda image: _layer(image, "joints").append(
                image.create_pixel_layer(_square((1, 2, 3, 255)), name="tail")
            ),
            "joints/tail",
        ),
        (
            lambda image: _layer(image, "joints").append(image.create_group(name="nose")),
            "joints/nose",
        ),
    ],
    ids=["unknown", "twice", "no body", "no such joint", "a joint that shows nothing"],
)
def test_a_layer_that_cannot_be_used_is_named(
    edit: Edit, field: str, written: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputRefused) as refused:
        read_psd(_edited(written, tmp_path, edit))
    assert refused.value.field == f"edited.psd: {field}"
    assert refused.value.found
    assert refused.value.allowed


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.floats(0, 1), at=st.floats(0, 1), value=st.integers(0, 255))
def test_damage_is_refused_and_never_a_fault(
    cut: float, at: float, value: int, tmp_path: Path
) -> None:
    image = PSDImage.new("RGB", (40, 50))
    image.create_pixel_layer(_square((9, 9, 9, 255)), name="body")
    sound = tmp_path / "sound.psd"
    image.save(sound)
    data = bytearray(sound.read_bytes())
    data[int(at * (len(data) - 1))] = value
    broken = tmp_path / "broken.psd"
    broken.write_bytes(data[: 4 + int(cut * (len(data) - 4))])
    field = "broken.psd"
    try:
        read_psd(broken)
    except InputRefused as refused:
        field = refused.field
    assert field.startswith("broken.psd")


def test_a_giant_is_refused_by_its_header(tmp_path: Path) -> None:
    header = b"8BPS\x00\x01" + bytes(6) + b"\x00\x03"
    giant = tmp_path / "giant.psd"
    giant.write_bytes(header + (30_000).to_bytes(4) + (30_000).to_bytes(4) + bytes(100))
    assert is_open_character(giant)
    with pytest.raises(InputRefused, match="30000 x 30000"):
        read_psd(giant)


def test_a_file_that_exists_is_not_written_over(written: Path) -> None:
    with pytest.raises(InputRefused, match="exists already"):
        check_new_psd(written)
