"""What a prompt says of the motion."""

from __future__ import annotations

import pytest

from understudy.engines.engine import MotionControls
from understudy.engines.puppet import PuppetEngine
from understudy.engines.puppet.retarget.wording import read_motion, worded

BODY_STILL = {"body": False, "hands": False, "travel": False}


@pytest.mark.parametrize(
    ("clause", "settings"),
    [
        ("subtle motion", {"strength": 0.6}),
        ("with gentle movements", {"strength": 0.6}),
        ("she moves only slightly", {"strength": 0.6}),
        ("exaggerated", {"strength": 1.3}),
        ("big expressive gestures", {"strength": 1.3}),
        ("keep the face still", {"face": False}),
        ("no facial expressions", {"face": False}),
        ("his mouth stays closed", {"face": False}),
        ("keep her head straight", {"head": False}),
        ("the fingers don't move", {"hands": False}),
        ("only the head moves", BODY_STILL | {"face": False}),
        ("move only the head and the face", BODY_STILL),
        ("only the lips move", BODY_STILL | {"head": False}),
        ("face only", BODY_STILL | {"head": False}),
        ("only the body", {"head": False, "hands": False, "face": False}),
        ("the body stays still", BODY_STILL),
        ("stays on the spot", {"travel": False}),
    ],
)
def test_plain_wording_sets_how_much_is_taken(clause: str, settings: dict[str, object]) -> None:
    found = read_motion([clause])
    assert found.settings == settings
    assert found.understood == (clause,)


@pytest.mark.parametrize(
    "clause",
    [
        "a woman with a calm face",
        "no subtle motion",
        "a still life in the background",
        "big city at night",
        "she keeps smiling",
        "hands on the table",
    ],
)
def test_other_wording_sets_nothing(clause: str) -> None:
    found = read_motion([clause])
    assert (dict(found.settings), found.left_out) == ({}, (clause,))


def test_an_option_counts_for_more_than_the_prompt() -> None:
    wording = read_motion(["subtle motion", "keep the face still"])
    assert worded(MotionControls(strength=1.5), wording) == MotionControls(strength=1.5, face=False)


def test_a_prompt_may_speak_of_camera_and_motion() -> None:
    reading = PuppetEngine().read_prompt("Slow zoom in, subtle motion, golden light")
    assert reading.understood == ("Slow zoom in", "subtle motion")
    assert reading.left_out == ("golden light",)
