from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.character.drawn_figure import Drawn
from understudy.character.cast import cast
from understudy.character.corrections import Corrections
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Body


def _png(values: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.round(values * 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def test_they_come_through_json_as_they_were() -> None:
    given = Corrections(
        joints={"nose": (1.5, 2.0)}, matte=b"\x89PNG", left_arm="fixed", legs="fixed"
    )
    assert Corrections.from_json(json.loads(json.dumps(given.to_json()))) == given
    assert given.digest != Corrections().digest


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"arms": 1}, "corrections.arms: there is no such key"),
        ({"joints": {"nose": [1]}}, r"corrections.joints.nose: the value is \[1\]; use \[x, y\]"),
        ({"joints": {"nose": [1, float("nan")]}}, "corrections.joints.nose"),
        ({"joints": {"nose": [True, 2]}}, "corrections.joints.nose"),
        ({"joints": []}, "corrections.joints: the value is"),
        ({"matte": "???"}, "corrections.matte: the value is"),
        ({"matte": "ü"}, "corrections.matte: the value is"),
        ({"left_arm": "loose"}, "corrections.left_arm: .* use one of auto, free, fixed"),
        ({"legs": "free"}, "corrections.legs: .* use one of auto, fixed"),
    ],
)
def test_what_cannot_be_used_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        Corrections.from_json(values)


def test_a_given_matte_is_the_matte(standing: Drawn) -> None:
    matte = standing.alpha.copy()
    matte[:, :150] = 0
    given = Corrections(matte=_png(matte))
    character = cast(
        standing.opened(), standing.design.size, corrections=given, track=standing.track
    )
    assert np.abs(character.alpha - matte).max() < 0.01


def test_a_matte_of_another_aspect_is_refused(standing: Drawn) -> None:
    given = Corrections(matte=_png(np.ones((100, 300), np.float32)))
    with pytest.raises(InputRefused, match=r"corrections.matte: the size is 300 x 100 px"):
        cast(standing.opened(), standing.design.size, corrections=given, track=standing.track)


def test_an_arm_is_free_or_fixed_as_a_person_says(standing: Drawn) -> None:
    given = Corrections(left_arm="fixed")
    character = cast(
        standing.opened(), standing.design.size, corrections=given, track=standing.track
    )
    assert character.traits.left_arm == "fixed"
    assert character.traits.right_arm == "free"
    assert "left arm" in character.warnings[0]
    assert [layer.name for layer in character.layers] == ["body", "right_arm"]


def test_legs_step_unless_a_person_says_that_they_stay(standing: Drawn) -> None:
    def legs_of(given: Corrections) -> str:
        size = standing.design.size
        return cast(standing.opened(), size, corrections=given, track=standing.track).traits.legs

    assert legs_of(Corrections()) == "free"
    assert legs_of(Corrections(legs="fixed")) == "fixed"


def test_a_given_joint_is_where_it_was_put(standing: Drawn) -> None:
    given = Corrections(joints={"right_elbow": (90.0, 210.0)})
    character = cast(
        standing.opened(), standing.design.size, corrections=given, track=standing.track
    )
    assert np.allclose(character.landmarks.body[Body.RIGHT_ELBOW, :2], (90, 210))


def test_a_choice_overrules_what_was_found_for_its_arm_alone() -> None:
    assert Corrections(right_arm="free").chosen(("unseen", "fixed")) == ("unseen", "free")


def test_the_arms_that_were_chosen_to_be_free_are_named() -> None:
    assert Corrections(left_arm="fixed", right_arm="free").free_arms == ("right",)
    assert Corrections().free_arms == ()
