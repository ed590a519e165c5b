"""The project's own samples, and pictures of third parties where they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.errors import InputRefused
from understudy.media.limits import output_size
from understudy.media.picture import Picture, open_picture
from understudy.processes.child import Child
from understudy.tracking.trackers import start_tracker, track_picture

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
MEDIA = ROOT.parent / "shared" / "media"


@pytest.fixture(scope="module")
def tracker() -> Iterator[Child]:
    with start_tracker() as process:
        yield process


def _cast(path: Path, tracker: Child) -> Character:
    # The short side of 480 keeps the tests quick; nothing depends on the size.
    picture = open_picture(path, short_side=480)
    w, h = output_size(*picture.source_size, "std")
    size = (2 * round(w / 3), 2 * round(h / 3))
    return cast(picture, size, track=partial(track_picture, process=tracker))


def _error(character: Character) -> float:
    """How far the layers over the background are from the picture, inside the figure."""
    frame = character.background.astype(np.float32) / 255
    for layer in character.layers:
        rgba = layer.rgba[: character.size[1]]
        frame = rgba[..., :3] + (1 - rgba[..., 3:]) * frame
    wrong = np.abs(frame - character.picture / 255).max(axis=-1)
    return float(wrong[character.alpha > 0.05].mean())


@pytest.mark.parametrize("name", ["photo.jpg", "cartoon.png", "drawing.jpg"])
def test_the_samples_are_cast_whole_with_free_arms(name: str, tracker: Child) -> None:
    character = _cast(EXAMPLES / name, tracker)
    traits = character.traits
    assert traits.framing == "whole_body"
    assert (traits.left_arm, traits.right_arm) == ("free", "free")
    assert not character.warnings
    assert _error(character) < 0.03
    share = float((character.alpha > 0.5).mean())
    assert 0.08 < share < 0.35
    left, right = character.landmarks.body[[11, 12], 0]
    assert left > right, "the figure faces the viewer, also with an animal's head"


MEDIA_TRAITS = {
    "character-man-jacket.png": ("whole_body", "free", "free"),
    "character-woman-hair-on-arm.png": ("whole_body", "free", "free"),
    "character-drawn-dress.png": ("whole_body", "free", "free"),
    "character-anime.png": ("knees", "fixed", "fixed"),
    "character-anime-glow.png": ("whole_body", "free", "free"),
    "character-elf-upper-body.jpeg": ("upper_body", "free", "free"),
    "character-woman-arms-crossed.jpg": ("upper_body", "fixed", "fixed"),
}


@pytest.mark.skipif(not MEDIA.exists(), reason="the third parties' pictures are not here")
@pytest.mark.parametrize("name", MEDIA_TRAITS)
def test_pictures_of_third_parties_are_cast_as_they_look(name: str, tracker: Child) -> None:
    character = _cast(MEDIA / name, tracker)
    traits = character.traits
    framing = {traits.framing, "knees" if traits.framing == "upper_body" else traits.framing}
    assert MEDIA_TRAITS[name][0] in framing
    assert (traits.left_arm, traits.right_arm) == MEDIA_TRAITS[name][1:]
    assert _error(character) < 0.06


def _beast() -> np.ndarray:
    """A four-legged animal on a meadow."""
    picture = np.empty((480, 640, 3), np.float32)
    picture[:320], picture[320:] = (190, 215, 240), (115, 160, 75)
    coat = (90, 58, 38)
    cv2.ellipse(picture, (310, 230), (130, 58), 0, 0, 360, coat, -1, cv2.LINE_AA)
    for x in (215, 250, 375, 410):
        cv2.line(picture, (x, 250), (x + 4, 390), coat, 24, cv2.LINE_AA)
    cv2.line(picture, (410, 215), (475, 130), coat, 56, cv2.LINE_AA)
    cv2.ellipse(picture, (505, 130), (52, 26), 30, 0, 360, coat, -1, cv2.LINE_AA)
    cv2.line(picture, (190, 210), (155, 300), (40, 25, 15), 16, cv2.LINE_AA)
    return picture.astype(np.uint8)


@pytest.mark.parametrize("kind", ["beast", "meadow"])
def test_what_is_no_figure_on_two_legs_is_refused(kind: str, tracker: Child) -> None:
    rgb = _beast()
    if kind == "meadow":
        rgb[:, :] = rgb[:, :1]
    picture = Picture(rgb, None, (640, 480), "0" * 64)
    with pytest.raises(InputRefused) as refusal:
        cast(picture, (640, 480), track=partial(track_picture, process=tracker))
    assert refusal.value.field == "image_url"
    assert "two legs" in refusal.value.found
