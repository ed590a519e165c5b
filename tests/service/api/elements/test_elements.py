"""The element library over HTTP."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import TypeAdapter

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from tests.waiting import until
from understudy.service.api import elements, tasks

CUSTOM = "/v1/general/advanced-custom-elements"
PRESETS = "/v1/general/advanced-presets-elements"
RECORD: TypeAdapter[Any] = TypeAdapter(elements.Record)
TASKS: TypeAdapter[Any] = TypeAdapter(list[tasks.Record])


@pytest.fixture
def element_body(far: FarSide) -> Callable[..., dict[str, Any]]:
    """Makes create bodies of elements of pictures."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "element_name": "Mira",
            "element_description": "A dancer",
            "reference_type": "image_refer",
            "element_image_list": {
                "frontal_image": f"{far.url}/picture.png",
                "refer_images": [{"image_url": f"{far.url}/picture.jpg"}],
            },
            "tag_list": [{"tag_id": "o_102"}],
            **changes,
        }

    return make


def made(client: Client, body: dict[str, Any]) -> Any:
    """The record of an element once it is made or refused."""
    created = client.data("POST", CUSTOM, json=body)
    assert set(created) == {"task_id", "task_status", "task_info", "created_at", "updated_at"}

    def ended() -> Any:
        record = client.data("GET", f"{CUSTOM}/{created['task_id']}")
        RECORD.validate_python(record, strict=True, extra="forbid")
        return record if record["task_status"] in ("succeed", "failed") else None

    return until(ended)


def test_an_element_is_made_read_listed_and_deleted(
    client: Client,
    new_client: Callable[[], Client],
    element_body: Callable[..., dict[str, Any]],
    media: dict[str, bytes],
) -> None:
    record = made(client, element_body(external_task_id="mira"))
    assert record["task_info"] == {"external_task_id": "mira"}
    (element,) = record["task_result"]["elements"]
    assert isinstance(element["element_id"], int)
    assert element["element_id"] <= 2**53 - 1
    assert element["status"] == "succeed"
    assert element["tag_list"] == [{"tag_id": "o_102", "tag_name": "Character"}]
    images = element["element_image_list"]
    front = web.get(images["frontal_image"])
    assert (front.content, front.headers["content-type"]) == (media["picture.png"], "image/png")
    side = web.get(images["refer_images"][0]["image_url"])
    assert side.content == media["picture.jpg"]

    assert client.data("GET", f"{CUSTOM}/mira") == record
    assert client.data("GET", CUSTOM) == [record]
    other = new_client()
    assert other.data("GET", CUSTOM) == []
    assert other.error("GET", f"{CUSTOM}/{record['task_id']}")[:2] == (400, 1201)
    body = {"element_id": element["element_id"]}
    unknown = (400, 1201, f"Element id not found: {element['element_id']}")
    assert other.error("POST", "/v1/general/delete-elements", json=body) == unknown

    deleted = client.data("POST", "/v1/general/delete-advanced-elements", json=body)
    assert deleted["task_result"]["elements"][0]["status"] == "deleted"
    for path in ("/v1/general/delete-advanced-elements", "/v1/general/delete-elements"):
        assert client.error("POST", path, json={"element_id": str(body["element_id"])}) == unknown
    assert client.data("GET", CUSTOM) == []
    assert client.data("GET", f"{CUSTOM}/mira") == deleted


def test_an_element_may_be_a_clip_or_come_as_base64_and_uploads(
    client: Client,
    element_body: Callable[..., dict[str, Any]],
    media: dict[str, bytes],
    far: FarSide,
) -> None:
    upload = client.data("POST", "/v1/files", files={"file": ("p", media["picture.jpg"])})
    record = made(
        client,
        element_body(
            element_image_list={
                "frontal_image": base64.b64encode(media["picture.png"]).decode(),
                "refer_images": [{"image_url": upload["url"]}],
            }
        ),
    )
    assert record["task_status"] == "succeed"
    record = made(
        client,
        element_body(
            reference_type="video_refer",
            element_image_list=None,
            element_video_list={"refer_videos": [{"video_url": f"{far.url}/clip.mp4"}]},
        ),
    )
    (element,) = record["task_result"]["elements"]
    (video,) = element["element_video_list"]["refer_videos"]
    assert web.get(video["video_url"]).content == media["clip.mp4"]


def test_media_of_an_element_are_checked_as_those_of_a_take(
    client: Client, element_body: Callable[..., dict[str, Any]], far: FarSide
) -> None:
    images = {
        "frontal_image": f"{far.url}/narrow.png",
        "refer_images": [{"image_url": f"{far.url}/picture.png"}],
    }
    assert client.error("POST", CUSTOM, json=element_body(element_image_list=images)) == (
        400,
        1201,
        "Image pixel is invalid. frontal_image: the size is 299 x 300 px; each side must be 300 to "
        "65536 px",
    )
    body = element_body(
        reference_type="video_refer",
        element_video_list={"refer_videos": [{"video_url": f"{far.url}/eleven.mp4"}]},
    )
    assert client.error("POST", CUSTOM, json=body) == (
        400,
        1201,
        "video_url: the video lasts 11.00 s; allowed: 3 to 8 s",
    )


def test_an_elements_external_id_is_taken_once(
    client: Client, element_body: Callable[..., dict[str, Any]]
) -> None:
    client.data("POST", CUSTOM, json=element_body(external_task_id="once"))
    assert client.error("POST", CUSTOM, json=element_body(external_task_id="once")) == (
        400,
        1201,
        "External_task_id once already exists",
    )


def test_a_take_may_be_made_of_an_element(
    client: Client,
    element_body: Callable[..., dict[str, Any]],
    create_body: Callable[..., dict[str, Any]],
    far: FarSide,
) -> None:
    element_id = made(client, element_body())["task_result"]["elements"][0]["element_id"]
    legacy = create_body(model_name="kling-v3", element_list=[{"element_id": str(element_id)}])
    task = client.data("POST", PATH, json=legacy)
    assert client.ended(task["task_id"])["task_status"] == "succeed"
    body = {
        "contents": [
            {"type": "video", "url": f"{far.url}/clip.mp4"},
            {"type": "element", "element_id": element_id},
        ],
        "settings": {"character_orientation": "video"},
    }
    task = client.data("POST", "/motion-control/kling-3.0", json=body)
    assert client.ended(task["id"])["task_status"] == "succeed"
    client.data("POST", "/v1/general/delete-elements", json={"element_id": element_id})
    assert client.error("POST", PATH, json=legacy) == (
        400,
        1201,
        f"Element id not found: {element_id}",
    )


def test_an_element_is_told_of_by_callbacks(
    client: Client, element_body: Callable[..., dict[str, Any]], far: FarSide
) -> None:
    record = made(client, element_body(callback_url=f"{far.url}/element"))
    told = []
    while len(told) < 3:
        call = far.next_callback()
        if call.path == "/element":
            told.append(json.loads(call.body))
    assert [body["task_status"] for body in told] == ["submitted", "processing", "succeed"]
    assert told[2] == record


def test_presets_are_listed_and_their_pictures_can_be_read(client: Client) -> None:
    presets = client.data("GET", f"{PRESETS}?pageNum=1&pageSize=3")
    assert len(presets) == 3
    assert len(client.data("GET", f"{PRESETS}?pageNum=2&pageSize=3")) >= 1
    for record in presets:
        RECORD.validate_python(record, strict=True, extra="forbid")
        (element,) = record["task_result"]["elements"]
        assert element["owned_by"] == "kling"
        images = element["element_image_list"]
        for url in (images["frontal_image"], *(i["image_url"] for i in images["refer_images"])):
            answer = web.get(url)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


def test_a_preset_is_used_as_an_element_of_ones_own_and_cannot_be_deleted(
    client: Client, create_body: Callable[..., dict[str, Any]], far: FarSide
) -> None:
    record = client.data("GET", PRESETS)[0]
    element_id = record["task_result"]["elements"][0]["element_id"]
    legacy = create_body(model_name="kling-v3", element_list=[{"element_id": element_id}])
    assert client.data("POST", f"{PATH}/inspect", json=legacy)["usable"]
    task = client.data("POST", PATH, json=legacy)
    assert client.ended(task["task_id"])["task_status"] == "succeed"
    assert client.error("POST", PATH, json={**legacy, "model_name": "kling-v2-6"})[:2] == (
        400,
        1201,
    )
    body = {
        "contents": [
            {"type": "video", "url": f"{far.url}/clip.mp4"},
            {"type": "element", "element_id": element_id},
        ],
        "settings": {"character_orientation": "video"},
    }
    task = client.data("POST", "/motion-control/kling-3.0", json=body)
    assert client.ended(task["id"])["task_status"] == "succeed"
    deletion = {"element_id": element_id}
    assert client.error("POST", "/v1/general/delete-elements", json=deletion) == (
        400,
        1201,
        f"Element id not found: {element_id}",
    )


def test_an_element_of_a_clip_stands_in_for_the_image(
    client: Client, element_body: Callable[..., dict[str, Any]], far: FarSide
) -> None:
    record = made(
        client,
        element_body(
            reference_type="video_refer",
            element_image_list=None,
            element_video_list={"refer_videos": [{"video_url": f"{far.url}/clip.mp4"}]},
        ),
    )
    element_id = record["task_result"]["elements"][0]["element_id"]
    body = {
        "contents": [
            {"type": "video", "url": f"{far.url}/clip.mp4"},
            {"type": "element", "element_id": element_id},
        ],
        "settings": {"character_orientation": "video"},
    }
    task = client.data("POST", "/motion-control/kling-3.0", json=body)
    assert client.ended(task["id"])["task_status"] == "succeed"


def test_the_tasks_of_elements_are_read_in_the_tasks_design(
    client: Client,
    new_client: Callable[[], Client],
    element_body: Callable[..., dict[str, Any]],
    create_body: Callable[..., dict[str, Any]],
    far: FarSide,
) -> None:
    record = made(client, element_body(external_task_id="mira"))
    failed = made(client, element_body(element_name="Nobody", element_image_list=_damaged(far)))
    take = client.data("POST", PATH, json=create_body(external_task_id="mira"))
    client.ended(take["task_id"])
    ids = [take["task_id"], failed["task_id"], record["task_id"]]

    found = client.data("GET", f"/tasks?task_ids={','.join(ids)}")
    assert [task["id"] for task in found] == ids
    TASKS.validate_python(found, strict=True, extra="forbid")
    task = found[2]
    assert (task["status"], task["message"], task["billing"]) == ("succeeded", "", [])
    (legacy,) = record["task_result"]["elements"]
    (output,) = task["outputs"]
    images = legacy["element_image_list"]
    assert output == {
        "type": "element",
        "id": str(legacy["element_id"]),
        "name": "Mira",
        "description": "A dancer",
        "element_type": "multi_image_elements",
        "references": [
            {"type": "image", "role": "frontal", "url": images["frontal_image"]},
            {"type": "image", "role": "refer", "url": images["refer_images"][0]["image_url"]},
        ],
        "owned_by": legacy["owned_by"],
        "status": "succeeded",
        "tags": [{"id": 102, "name": "Character", "description": ""}],
    }
    assert (found[1]["status"], found[1]["outputs"]) == ("failed", [])
    assert found[1]["message"] == failed["task_status_msg"]
    assert found[1]["billing"] == [{"amount": "0"}]

    # One's own id may be a task's and an element's.
    named = client.data("GET", "/tasks?external_task_ids=mira")
    assert {task["id"] for task in named} == {take["task_id"], record["task_id"]}
    assert new_client().data("GET", f"/tasks?task_ids={','.join(ids)}") == []


def test_lists_of_the_tasks_design_hold_takes_and_elements(
    client: Client,
    element_body: Callable[..., dict[str, Any]],
    create_body: Callable[..., dict[str, Any]],
) -> None:
    first = made(client, element_body())["task_id"]
    take = client.data("POST", PATH, json=create_body())["task_id"]
    client.ended(take)
    record = made(client, element_body())
    last = record["task_id"]

    def ids(*filters: tuple[str, list[str]], **body: Any) -> list[str]:
        given = [{"key": key, "values": values} for key, values in filters]
        page = client.data("POST", "/tasks", json={**body, "filters": given})
        TASKS.validate_python(page["result"], strict=True, extra="forbid")
        return [task["id"] for task in page["result"]]

    assert ids() == [last, take, first]
    assert ids(("status", ["succeeded"])) == [last, take, first]
    assert ids(("status", ["failed"])) == []
    # An element is none of the products.
    assert ids(("product_type", ["video"])) == [take]
    assert ids(("product_type", [])) == [last, take, first]
    assert ids(end_time=record["created_at"] - 1) == [take, first]
    walked, cursor = [], ""
    for more in (True, True, False):
        page = client.data("POST", "/tasks", json={"limit": 1, "cursor": cursor})
        walked += [task["id"] for task in page["result"]]
        cursor = page["next_cursor"]
        assert page["has_more"] is more
    assert walked == [last, take, first]
    (element,) = record["task_result"]["elements"]
    client.data("POST", "/v1/general/delete-elements", json={"element_id": element["element_id"]})
    (task,) = client.data("GET", f"/tasks?task_ids={last}")
    assert task["outputs"][0]["status"] == "deleted"
    assert ids() == [last, take, first]


def _damaged(far: FarSide) -> dict[str, Any]:
    """Pictures of which one is cut off, beyond what a create looks at."""
    noise = np.random.default_rng(1).integers(0, 256, (600, 600, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "PNG")
    return {
        "frontal_image": far.put("cut-late.png", file.getvalue()[:-1000]),
        "refer_images": [{"image_url": f"{far.url}/picture.jpg"}],
    }
