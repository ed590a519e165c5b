"""The contract's requests and answers, whole, against files: every key and every JSON type.

In the files, what differs from run to run stands as its kind, such as `<ms>` for a time. With
`UNDERSTUDY_WRITE_GOLDEN=1` the files are written anew, to be read before they are kept.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.testing import RehearsalServer

FOLDER = Path(__file__).parent / "golden"
CUSTOM = "/v1/general/advanced-custom-elements"
Check = Callable[[str, Any], None]

_KINDS = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"[0-9a-f]{32}"), "<32 hex>"),
    (re.compile(r"\d{18}"), "<task id>"),
    (re.compile(r"expires=\d{10}&signature=[\w-]{43}"), "expires=<s>&signature=<43>"),
)


def generalized(value: Any, places: dict[str, str], key: str = "") -> Any:
    """A JSON value with its kind in the place of everything that differs from run to run."""
    if isinstance(value, dict):
        return {name: generalized(part, places, name) for name, part in value.items()}
    if isinstance(value, list):
        return [generalized(part, places, key) for part in value]
    if isinstance(value, str):
        for place, name in places.items():
            value = value.replace(place, name)
        for form, kind in _KINDS:
            value = form.sub(kind, value)
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        if key.endswith(("_at", "_time")) and value > 1_700_000_000_000:
            return "<ms>"
        if key == "element_id":
            assert 0 < value < 2**53
            return "<number under 2^53>"
    return value


@pytest.fixture
def check(server: RehearsalServer, far: FarSide) -> Check:
    """Compares a JSON value with the file of a name."""

    def compare(name: str, value: Any) -> None:
        places = {far.url: "<far>", server.url: "<server>"}
        found = json.dumps(generalized(value, places), indent=1, ensure_ascii=False) + "\n"
        path = FOLDER / f"{name}.json"
        if os.environ.get("UNDERSTUDY_WRITE_GOLDEN"):
            path.write_text(found)
        assert found == path.read_text()

    return compare


def test_the_legacy_design(
    client: Client, create_body: Callable[..., dict[str, Any]], far: FarSide, check: Check
) -> None:
    body = create_body(
        prompt="zoom in",
        keep_original_sound="no",
        watermark_info={"enabled": True},
        callback_url=f"{far.url}/golden",
        external_task_id="scene-12",
    )
    check("legacy-create-request", body)
    made = client.ask("POST", PATH, json=body).json()
    check("legacy-create-answer", made)
    client.ended(made["data"]["task_id"])
    check("legacy-succeed", client.ask("GET", f"{PATH}/scene-12").json())
    told: list[Any] = []
    while len(told) < 3:
        call = far.next_callback()
        if call.path == "/golden":
            told.append(json.loads(call.body))
    for each in told[:2]:
        each["progress"] = {}
    check("legacy-callbacks", told)
    refused = client.data("POST", PATH, json=create_body(prompt="refuse"))
    client.ended(refused["task_id"])
    failed = client.ask("GET", f"{PATH}/{refused['task_id']}").json()
    failed["data"]["progress"] = {}
    check("legacy-failed", failed)
    (newest,) = client.data("GET", f"{PATH}?pageNum=2&pageSize=1")
    assert newest["task_id"] == made["data"]["task_id"]
    check("tasks-of-legacy", client.ask("GET", "/tasks?external_task_ids=scene-12").json())


def test_the_tasks_design(client: Client, far: FarSide, check: Check) -> None:
    body = {
        "contents": [
            {"type": "prompt", "text": "zoom in"},
            {"type": "image", "url": f"{far.url}/picture.png"},
            {"type": "video", "url": f"{far.url}/clip.mp4"},
        ],
        "settings": {
            "character_orientation": "image",
            "audio": "off",
            "resolution": "1080p",
        },
        "options": {
            "callback_url": f"{far.url}/golden-tasks",
            "external_task_id": "scene-13",
            "watermark_info": {"enabled": True},
        },
    }
    check("tasks-create-request", body)
    made = client.ask("POST", "/motion-control/kling-3.0", json=body).json()
    check("tasks-create-answer", made)
    client.ended(made["data"]["id"])
    check("tasks-succeeded", client.ask("GET", f"/tasks?task_ids={made['data']['id']}").json())
    check("tasks-list", client.ask("POST", "/tasks", json={"limit": 1}).json())
    check("legacy-of-tasks", client.ask("GET", f"{PATH}/scene-13").json())


def test_the_library(client: Client, far: FarSide, check: Check) -> None:
    body = {
        "element_name": "Mira",
        "element_description": "A dancer",
        "reference_type": "image_refer",
        "element_image_list": {
            "frontal_image": f"{far.url}/picture.png",
            "refer_images": [{"image_url": f"{far.url}/picture.jpg"}],
        },
        "tag_list": [{"tag_id": "o_102"}],
        "external_task_id": "mira",
    }
    check("element-create-request", body)
    check("element-create-answer", client.ask("POST", CUSTOM, json=body).json())
    while True:
        answer = client.ask("GET", f"{CUSTOM}/mira").json()
        if answer["data"]["task_status"] in ("succeed", "failed"):
            break
    check("element-succeed", answer)
    element_id = answer["data"]["task_result"]["elements"][0]["element_id"]
    path, gone = "/v1/general/delete-advanced-elements", {"element_id": element_id}
    check("element-deleted", client.ask("POST", path, json=gone).json())
    assert client.error("POST", path, json=gone)[:2] == (400, 1201)


def test_errors(client: Client, check: Check) -> None:
    check("error-of-a-field", client.ask("POST", PATH, json={"model_name": "x"}).json())
    check("error-of-a-key", client.ask("GET", PATH, headers={"Authorization": "Bearer x"}).json())
