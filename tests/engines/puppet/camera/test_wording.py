"""The camera wording of prompts, as people write it."""

from __future__ import annotations

import pytest

from understudy.engines.puppet.camera.wording import read_camera

WORDINGS = {
    "as in the clip": [
        "follow the clip's camera",
        "with the camera movement of the video",
        "same camera movement as in the clip",
        "the camera moves as in the reference video",
    ],
    "zoom in": [
        "zoom in",
        "The camera slowly zooms in on her face",
        "zooming in",
        "zoom closer",
        "tighten the frame",
        "slow zoom-in",
    ],
    "zoom out": ["zoom out", "the camera zooms out", "zoom back", "widen the shot"],
    "push in": [
        "push in",
        "slow push-in",
        "dolly in",
        "dolly forward",
        "The camera moves closer",
        "camera moves in",
        "the camera comes closer",
        "the camera pushes in slowly",
    ],
    "pull out": [
        "pull out",
        "pull back quickly",
        "dolly out",
        "camera moves back",
        "the camera pulls away",
        "The camera retreats",
    ],
    "pan left": ["pan left", "camera pans to the left", "Camera tracks left", "truck left"],
    "pan right": ["pan right", "the camera slowly pans right", "the camera slides to the right"],
    "tilt up": ["tilt up", "camera tilts upwards", "crane up", "pan up", "the camera rises"],
    "tilt down": ["tilt down", "the camera tilts down", "pedestal down"],
    "orbit left": ["camera orbits to the left", "orbit left"],
    "orbit right": ["orbit around the character", "arc shot", "360 shot", "circle around him"],
    "hand-held": ["handheld camera", "hand-held", "shaky cam", "camera shake"],
    "static": [
        "static shot",
        "fixed camera",
        "the camera stays still",
        "no camera movement",
        "the camera does not move",
        "tripod shot",
        "locked-off shot",
    ],
}


@pytest.mark.parametrize(
    ("wording", "move"), [(w, move) for move, wordings in WORDINGS.items() for w in wordings]
)
def test_a_wording_is_understood(wording: str, move: str) -> None:
    script = read_camera(wording)
    assert [[m.move for m in part] for part in script.parts] == [[move]]
    assert script.understood
    assert not script.left_out


@pytest.mark.parametrize(
    "wording",
    [
        "a girl in a red dress",
        "She moves left",
        "the man zooms off",
        "soft light from the right",
        "avoid blurry hands",
        "he turns around",
        "masterpiece",
    ],
)
def test_what_is_not_of_the_camera_is_left_out(wording: str) -> None:
    script = read_camera(wording)
    assert script.parts == ()
    assert script.left_out == (wording,)


def test_clauses_are_told_apart() -> None:
    script = read_camera("Camera pans to the right while she dances in the rain, hand-held.")
    assert script.understood == ("Camera pans to the right", "hand-held")
    assert script.left_out == ("she dances in the rain",)
    assert [m.move for m in script.parts[0]] == ["pan right", "hand-held"]


def test_then_makes_one_movement_follow_another() -> None:
    script = read_camera("push in, then pan left")
    assert [[m.move for m in part] for part in script.parts] == [["push in"], ["pan left"]]


def test_slow_and_fast_wording_changes_how_far_it_goes() -> None:
    slow, plain, fast = (
        read_camera(w).parts[0][0].amount for w in ("slowly zoom in", "zoom in", "quickly zoom in")
    )
    assert slow < plain < fast


@pytest.mark.parametrize("wording", ["no zoom", "don't pan", "without camera shake"])
def test_a_movement_that_is_forbidden_is_understood_and_not_made(wording: str) -> None:
    script = read_camera(wording)
    assert script.understood == (wording,)
    assert all(not part for part in script.parts)


def test_opposite_movements_cancel() -> None:
    assert read_camera("pan left and pan right").parts in ((), ((),))


def test_no_prompt_is_nothing() -> None:
    script = read_camera("")
    assert script.parts == script.understood == script.left_out == ()
