"""The plan's sentences and its JSON form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.media.media_maker import write_clip
from understudy.character.character import Framing
from understudy.media.clip import open_clip
from understudy.take.plan import Dropped, Plan, framing_warning, is_sound_readable


@pytest.mark.parametrize(
    ("picture", "driver", "warned"),
    [
        ("upper_body", "whole_body", True),
        ("whole_body", "upper_body", True),
        ("knees", "whole_body", False),
        ("whole_body", "whole_body", False),
        ("upper_body", "upper_body", False),
        ("head", "knees", True),
        ("head", "upper_body", False),
    ],
)
def test_a_picture_and_a_clip_of_different_framing_are_warned_of(
    picture: Framing, driver: Framing, warned: bool
) -> None:
    assert (framing_warning(picture, driver) is not None) is warned


def test_sound_that_cannot_be_read_is_known_before_the_take(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", size=(340, 340), frames=80, sound="ac3")
    clip = open_clip(path, orientation="video")
    assert is_sound_readable(clip, 0.0, clip.duration)
    data = bytearray(path.read_bytes())
    # The codec's name in the sound's sample description.
    at = data.index(b"ac-3")
    data[at : at + 4] = b"zzzz"
    path.write_bytes(data)
    clip = open_clip(path, orientation="video")
    assert clip.has_sound
    assert not is_sound_readable(clip, 0.0, clip.duration)


def test_a_plan_becomes_json_with_its_reasons() -> None:
    plan = Plan(
        engine="puppet",
        orientation="video",
        mode="std",
        size=(720, 1056),
        fps=23.976024,
        frames=240,
        duration=10.01,
        start=0.5,
        end=10.51,
        clip_duration=12.0,
        dropped=(Dropped(0.0, 0.5, "a cut at 0.5 s"),),
        people=1,
        driver_framing="whole_body",
        picture_framing="whole_body",
        sound=True,
        units="5.0",
        understood=(),
        left_out=(),
        element=(),
        warnings=(),
    )
    values = json.loads(json.dumps(plan.to_json()))
    assert (values["fps"], values["duration"], values["units"]) == (23.976024, 10.01, "5.0")
    assert values["dropped"] == [{"start": 0.0, "end": 0.5, "reason": "a cut at 0.5 s"}]
    assert values["size"] == [720, 1056]
