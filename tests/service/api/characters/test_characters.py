"""Adjusting a picture's character over HTTP: what is found, what is corrected, what is stored."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import av
import pytest
from PIL import Image

from tests.service.conftest import Client
from understudy.character.carried_corrections import corrections_of
from understudy.character.corrections import Corrections
from understudy.media.picture import open_picture

PATH = "/v1/characters"
GIVEN = {
    "joints": {"left_wrist": [10.5, 20.0]},
    "left_arm": "fixed",
    "figure": [150, 100],
}


@pytest.fixture
def url(client: Client, media: dict[str, bytes]) -> str:
    """The URL of an uploaded picture of 300 x 300 px."""
    made = client.data("POST", "/v1/files", files={"file": ("p.png", media["picture.png"])})
    return str(made["url"])


def matte(size: tuple[int, int] = (300, 300)) -> str:
    file = io.BytesIO()
    image = Image.new("L", size)
    image.paste(255, (50, 50, 200, 250))
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def stored(client: Client, url: str) -> bytes:
    answer = client.ask("GET", url)
    assert answer.status_code == 200
    return answer.content


def test_a_picture_is_cast_as_it_is(client: Client, url: str) -> None:
    found = client.data("POST", f"{PATH}/cast", json={"image_url": url})
    assert (found["width"], found["height"]) == (300, 300)
    assert len(found["joints"]) == 17
    assert (found["left_arm"], found["right_arm"]) == ("free", "free")
    with Image.open(io.BytesIO(base64.b64decode(found["matte"]))) as image:
        assert image.mode == "L"
    assert found["corrections"] == Corrections().to_json()


def test_a_picture_is_cast_with_corrections(client: Client, url: str) -> None:
    body = {"image_url": url, "corrections": {**GIVEN, "matte": matte()}}
    found = client.data("POST", f"{PATH}/cast", json=body)
    assert found["joints"]["left_wrist"] == [10.5, 20.0]
    assert found["left_arm"] == "fixed"
    assert found["matte"] == matte()
    assert found["corrections"]["figure"] == [150, 100]


def test_a_part_is_found_by_points(client: Client, url: str) -> None:
    body = {"image_url": url, "on": [[200, 100]], "off": [[10, 10]]}
    found = client.data("POST", f"{PATH}/select", json=body)
    with Image.open(io.BytesIO(base64.b64decode(found["matte"]))) as image:
        assert image.getpixel((image.width * 2 // 3, image.height // 3)) == 255
        assert image.getpixel((0, 0)) == 0
    assert 0 <= found["confidence"] <= 1


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({}, "on: must not be blank"),
        ({"on": []}, "on: must not be blank"),
        ({"on": [[1]]}, "on"),
        ({"on": [[-1, 2]]}, "on[0][0]"),
        ({"on": [[True, 2]]}, "on[0][0]"),
        ({"on": [[1, 2]] * 21}, "on: 21 given; at most 20 allowed"),
    ],
)
def test_points_that_cannot_be_used_are_named(
    client: Client, url: str, points: Any, message: str
) -> None:
    status, _, told = client.error("POST", f"{PATH}/select", json={"image_url": url, **points})
    assert status == 400
    assert told.startswith(message), told


def test_the_character_is_shown_in_poses(client: Client, url: str) -> None:
    made = client.data("POST", f"{PATH}/poses", json={"image_url": url, "corrections": GIVEN})
    with av.open(io.BytesIO(base64.b64decode(made["video"])), "r") as video:
        assert len(list(video.decode(video=0))) > 5


def test_a_corrected_picture_is_an_upload_whose_corrections_travel_with_it(
    client: Client, url: str, media: dict[str, bytes]
) -> None:
    body = {"image_url": url, "corrections": {**GIVEN, "matte": matte()}}
    made = client.data("POST", PATH, json=body)
    assert set(made) == {"file_id", "url", "kind", "bytes"}
    assert made["kind"] == "picture"
    data = stored(client, made["url"])
    assert len(data) == made["bytes"]
    kept = corrections_of(open_picture(data))
    assert kept.joints == {"left_wrist": (10.5, 20.0)}
    assert (kept.left_arm, kept.right_arm, kept.figure) == ("fixed", "auto", (150.0, 100.0))
    assert kept.matte is not None
    # The one that it was made of stays as it was; the new one is cast as it was corrected.
    assert stored(client, url) == media["picture.png"]
    again = client.data("POST", f"{PATH}/cast", json={"image_url": made["url"]})
    assert again["left_arm"] == "fixed"
    assert again["corrections"]["joints"] == {"left_wrist": [10.5, 20.0]}
    # Corrections that are given count in place of those, and none take them out.
    plain = client.data("POST", f"{PATH}/cast", json={"image_url": made["url"], "corrections": {}})
    assert plain["left_arm"] == "free"
    bare = client.data("POST", PATH, json={"image_url": made["url"], "corrections": {}})
    assert stored(client, bare["url"]) == media["picture.png"]


def test_a_take_of_a_corrected_picture_is_created_by_its_url(
    client: Client, url: str, create_body: Callable[..., dict[str, Any]]
) -> None:
    made = client.data("POST", PATH, json={"image_url": url, "corrections": GIVEN})
    task = client.data("POST", "/v1/videos/motion-control", json=create_body(image_url=made["url"]))
    assert client.ended(task["task_id"])["task_status"] == "succeed"


def test_a_corrected_picture_belongs_to_its_account_alone(
    client: Client, url: str, new_client: Callable[[], Client]
) -> None:
    made = client.data("POST", PATH, json={"image_url": url, "corrections": GIVEN})
    other = new_client()
    assert other.ask("GET", made["url"]).status_code == 404
    assert other.error("POST", f"{PATH}/cast", json={"image_url": made["url"]})[0] == 400


@pytest.mark.parametrize(
    ("corrections", "message"),
    [
        ({"joints": {"nose": [1]}}, "corrections.joints.nose"),
        ({"joints": {"tail": [1, 2]}}, "corrections.joints.tail"),
        ({"joints": {"nose": [1e9, 2]}}, "corrections.joints.nose"),
        ({"left_arm": "loose"}, "corrections.left_arm"),
        ({"legs": "loose"}, "corrections.legs"),
        ({"matte": "???"}, "corrections.matte"),
        ({"matte": "ü"}, "corrections.matte"),
        ({"matte": base64.b64encode(b"no picture").decode()}, "corrections.matte"),
        ({"matte": matte((300, 100))}, "corrections.matte: the size is 300 x 100 px"),
        ({"figure": [1, 2, 3]}, "corrections.figure"),
        ({"figure": [0, False]}, "corrections.figure[1] value 'false' is invalid: a number"),
        ([], "corrections"),
        (None, "corrections: must not be blank"),
    ],
)
def test_corrections_that_cannot_be_used_are_named(
    client: Client, url: str, corrections: Any, message: str
) -> None:
    status, code, told = client.error(
        "POST", PATH, json={"image_url": url, "corrections": corrections}
    )
    assert (status, code) == (400, 1201)
    assert told.startswith(message)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "image_url: must not be blank"),
        ("%%%", "File is not in a valid base64 format"),
        (base64.b64encode(b"no picture").decode(), "image_url: the picture is"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(client: Client, given: str, message: str) -> None:
    status, _, told = client.error("POST", PATH, json={"image_url": given, "corrections": GIVEN})
    assert status == 400
    assert told.startswith(message), told
