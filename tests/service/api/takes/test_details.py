"""One take with all that belongs to it, its performance in every format, and its end."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import httpx2
import numpy as np
import pytest

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.testing import RehearsalServer
from understudy.tracking.formats import FORMATS

Body = Callable[..., dict[str, Any]]


def done(client: Client, body: dict[str, Any]) -> Any:
    """The detail of a take that was made and has ended."""
    made = client.data("POST", PATH, json=body)
    client.ended(made["task_id"])
    return client.data("GET", f"{PATH}/{made['task_id']}/detail")


def get(url: str) -> httpx2.Response:
    return web.get(url)


def test_a_take_s_request_makes_the_same_take_again(client: Client, create_body: Body) -> None:
    asked = create_body(
        mode="pro", prompt="zoom in", keep_original_sound="no", watermark_info={"enabled": True}
    )
    detail = done(client, asked)
    assert {key: detail["request"][key] for key in asked} == asked
    again = done(client, detail["request"])
    assert again["request"] == detail["request"]
    assert again["task"]["task_id"] != detail["task"]["task_id"]


def test_our_options_are_among_what_was_asked_for(client: Client, create_body: Body) -> None:
    asked = {
        "background": "transparent",
        "output_format": "webm",
        "loop": True,
        "driver": 2,
        "motion_strength": 60,
        "motion_parts": {"head": False, "travel": False},
        "motion_smoothing": 0.1,
        "motion_camera": True,
    }
    detail = done(client, create_body(**asked))
    assert {key: detail["request"][key] for key in asked} == asked
    assert [file["format"] for file in detail["files"] if file["kind"] == "video"] == ["webm"]


@pytest.mark.parametrize("name", ["picture.jpg", "clip.mp4"])
def test_a_picture_or_clip_behind_the_character_is_uploaded_or_at_a_url(
    client: Client, create_body: Body, media: dict[str, bytes], far: FarSide, name: str
) -> None:
    stored = client.data("POST", "/v1/files", files={"file": (name, media[name])})
    for url in (stored["url"], f"{far.url}/{name}"):
        detail = done(client, create_body(background=url))
        assert detail["request"]["background"] == url


def test_a_background_that_is_not_the_accounts_is_unreachable(
    client: Client, new_client: Callable[[], Client], create_body: Body, media: dict[str, bytes]
) -> None:
    stored = new_client().data("POST", "/v1/files", files={"file": ("p.jpg", media["picture.jpg"])})
    made = client.data("POST", PATH, json=create_body(background=stored["url"]))
    record = client.ended(made["task_id"])
    assert record["task_status"] == "failed"
    assert record["task_status_msg"].startswith("Something went wrong when we tried to get")


def test_everything_a_take_left_can_be_had(client: Client, create_body: Body) -> None:
    detail = done(client, create_body(watermark_info={"enabled": True}))
    kinds = [file["kind"] for file in detail["files"]]
    assert {"picture", "clip", "video", "watermarked", "report"} <= set(kinds)
    assert len({file["name"] for file in detail["files"]}) == len(kinds)
    for file in detail["files"]:
        assert get(file["url"]).status_code == 200, file["name"]
    assert detail["report"]["engine"]["name"] == "rehearsal"


def test_a_performance_comes_in_every_format_that_track_writes(
    client: Client, create_body: Body
) -> None:
    detail = done(client, create_body())
    found = {file["format"]: file for file in detail["files"] if file["kind"] == "performance"}
    assert {f".{name}" for name in found} == set(FORMATS)
    with np.load(io.BytesIO(get(found["npz"]["url"]).content)) as arrays:
        assert arrays["body"].shape == (2, 33, 4)
    for name, file in found.items():
        answer = get(file["url"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == FORMATS[f".{name}"].media_type
    # What was made once is kept.
    listed = client.data("GET", f"{PATH}/{detail['task']['task_id']}/detail")["files"]
    assert all(file["bytes"] for file in listed if file["kind"] == "performance")


def test_uploads_are_shown_by_links_that_need_no_key(
    client: Client, create_body: Body, media: dict[str, bytes]
) -> None:
    upload = client.data(
        "POST", "/v1/files", files={"file": ("a.png", media["picture.png"], "image/png")}
    )
    detail = done(client, create_body(image_url=upload["url"]))
    assert detail["request"]["image_url"] == upload["url"]
    (picture,) = (file for file in detail["files"] if file["kind"] == "picture")
    assert get(picture["url"]).content == media["picture.png"]
    assert get(picture["url"] + "0").status_code == 403


def test_callbacks_of_a_take_come_with_their_tries(
    client: Client, create_body: Body, far: FarSide
) -> None:
    detail = done(client, create_body(callback_url=f"{far.url}/told"))
    while not all(event["tries"] for event in detail["callbacks"]):
        detail = client.data("GET", f"{PATH}/{detail['task']['task_id']}/detail")
    assert [event["task_status"] for event in detail["callbacks"]][-1] == "succeeded"


def test_a_take_that_ended_is_deleted_for_good(client: Client, create_body: Body) -> None:
    detail = done(client, create_body(external_task_id="mine"))
    task_id = detail["task"]["task_id"]
    assert client.data("DELETE", f"{PATH}/{task_id}") == {"task_id": task_id}
    for reference in (task_id, "mine"):
        assert client.error("GET", f"{PATH}/{reference}")[:2] == (400, 1201)
    assert client.error("DELETE", f"{PATH}/{task_id}")[:2] == (400, 1201)
    assert client.data("POST", PATH, json=create_body(external_task_id="mine"))


def test_a_take_that_runs_is_not_deleted(client: Client, create_body: Body, tmp_path: Any) -> None:
    made = client.data("POST", PATH, json=create_body(prompt=f"hold {tmp_path / 'go'}"))
    status, code, message = client.error("DELETE", f"{PATH}/{made['task_id']}")
    assert (status, code) == (400, 1201)
    assert "cancel it first" in message
    (tmp_path / "go").touch()


def test_another_account_s_take_is_not_found(
    client: Client, new_client: Callable[[], Client], create_body: Body
) -> None:
    task_id = done(client, create_body())["task"]["task_id"]
    other = new_client()
    assert other.error("GET", f"{PATH}/{task_id}/detail")[:2] == (400, 1201)
    assert other.error("DELETE", f"{PATH}/{task_id}")[:2] == (400, 1201)
    assert client.data("GET", f"{PATH}/{task_id}")


def test_a_signed_link_given_as_media_works_and_is_not_readable_in_the_database(
    client: Client, create_body: Body, server: RehearsalServer
) -> None:
    first = done(client, create_body(callback_url="https://example.com/hook"))
    links = {file["kind"]: file["url"] for file in first["files"]}
    asked = create_body(image_url=links["picture"], video_url=links["video"])
    detail = done(client, asked)
    assert detail["task"]["task_status"] == "succeed"
    assert {key: detail["request"][key] for key in asked} == asked
    element = {
        "element_name": "her",
        "element_description": "a dancer",
        "reference_type": "image_refer",
        "element_image_list": {
            "frontal_image": links["picture"],
            "refer_images": [{"image_url": links["picture"]}],
        },
        "tag_list": [{"tag_id": "o_102"}],
    }
    client.data("POST", "/v1/general/advanced-custom-elements", json=element)
    stored = b"".join(path.read_bytes() for path in server.data.glob("understudy.db*"))
    assert b"signature=" not in stored
