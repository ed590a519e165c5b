"""Ours: inspect, cancel, follow."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import PATH, Client
from understudy.service.api import motion_control
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import InternalTimeout
from understudy.service.http.metrics import Metrics
from understudy.service.lifetime import running_service
from understudy.settings import Settings
from understudy.testing import RehearsalServer
from understudy.testing.rehearsal import PREVIEW
from understudy.testing.service import REHEARSAL

Body = Callable[..., dict[str, Any]]


def follow(client: Client, task_id: str) -> Iterator[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {client.credentials.api_key}"}
    with client.http.stream("GET", f"{PATH}/{task_id}/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            if line.startswith("data: "):
                assert name == "progress"
                yield json.loads(line[6:])


def test_a_task_is_followed_to_its_end(client: Client, create_body: Body) -> None:
    made = client.data("POST", PATH, json=create_body())
    events = list(follow(client, made["task_id"]))
    assert {event["task_id"] for event in events} == {made["task_id"]}
    percents = [event["percent"] for event in events]
    assert percents == sorted(percents)
    assert (events[-1]["status"], events[-1]["percent"]) == ("succeed", 100)


def test_a_preview_comes_while_the_take_renders(
    client: Client, create_body: Body, tmp_path: Any
) -> None:
    made = client.data("POST", PATH, json=create_body(prompt=f"linger {tmp_path / 'go'}"))
    for event in follow(client, made["task_id"]):
        if "preview" in event:
            assert base64.b64decode(event["preview"]) == PREVIEW
            assert event["stage"] == "render"
            (tmp_path / "go").touch()
    assert event["status"] == "succeed"


def test_following_an_ended_task_ends_at_once(client: Client, create_body: Body) -> None:
    made = client.data("POST", PATH, json=create_body(prompt="refuse"))
    client.ended(made["task_id"])
    (event,) = follow(client, made["task_id"])
    assert event["status"] == "failed"
    assert "image_url: the picture shows no character" in event["message"]


def test_a_running_task_is_cancelled_and_costs_nothing(
    client: Client, create_body: Body, server: Any
) -> None:
    made = client.data("POST", PATH, json=create_body(prompt="hang"))
    for event in follow(client, made["task_id"]):
        if event["stage"]:
            break
    record = client.data("POST", f"{PATH}/{made['task_id']}/cancel")
    assert (record["task_status"], record["task_status_msg"]) == ("failed", "Task was cancelled")
    assert "final_unit_deduction" not in record
    assert client.data("POST", f"{PATH}/{made['task_id']}/cancel") == record
    # The slot is free again: with both slots taken by such tasks this one would wait for ever.
    for _ in range(2):
        other = client.data("POST", PATH, json=create_body())
        assert client.ended(other["task_id"])["task_status"] == "succeed"


def test_a_waiting_task_tells_its_place_in_the_queue(
    client: Client, create_body: Body, server: RehearsalServer
) -> None:
    made = [client.data("POST", PATH, json=create_body(prompt="hang"))["task_id"] for _ in range(4)]
    try:
        records: list[dict[str, Any]] = []
        while [record["task_status"] for record in records].count("processing") < 2:
            records = client.data("GET", PATH)
        # Newest first, as lists are; the server has two slots.
        places = [record.get("queue") for record in records]
        assert places[2:] == [None, None]
        assert [place and place["position"] for place in places[:2]] == [2, 1]
        assert all(place and place["length"] == 2 for place in places[:2])
        one = client.data("GET", f"{PATH}/{made[3]}")
        (other,) = client.data("GET", f"/tasks?task_ids={made[3]}")
        assert one["queue"] == other["queue"] == places[0]
        page = client.ask("GET", "/metrics", headers={}).text
        assert '\nunderstudy_queue_length{priority="0"} 2.0' in page
        assert "\nunderstudy_queue_accounts 1.0" in page
        assert "\nunderstudy_slots 2.0" in page
        assert "\nunderstudy_controller_leads 1.0" in page
    finally:
        for task_id in made:
            client.data("POST", f"{PATH}/{task_id}/cancel")
    assert "queue" not in client.data("GET", f"{PATH}/{made[3]}")


def test_cancelling_an_ended_task_changes_nothing(client: Client, create_body: Body) -> None:
    made = client.data("POST", PATH, json=create_body(external_task_id="done"))
    record = client.ended(made["task_id"])
    assert client.data("POST", f"{PATH}/done/cancel") == record


def test_inspecting_makes_no_task(client: Client, create_body: Body) -> None:
    inspected = client.data("POST", f"{PATH}/inspect", json=create_body(model_name="kling-v3"))
    assert inspected["usable"] is True
    assert inspected["problems"] == []
    assert inspected["plan"]["units"] == "2.7"
    assert client.data("GET", PATH) == []


def test_inspecting_tells_problems_where_a_create_would_refuse(
    client: Client, create_body: Body, far: Any
) -> None:
    for changes, field, words in (
        ({"prompt": "refuse"}, "image_url", "the picture shows no character"),
        ({"image_url": f"{far.url}/absent"}, "image_url", "Something went wrong"),
        ({"video_url": f"{far.url}/absent"}, "video_url", "Something went wrong"),
        ({"image_url": "not base64!"}, "image_url", "base64"),
    ):
        inspected = client.data("POST", f"{PATH}/inspect", json=create_body(**changes))
        assert inspected["usable"] is False
        assert inspected["plan"] is None
        (problem,) = inspected["problems"]
        assert problem["field"] == field
        assert words in problem["message"]


def test_inspecting_looks_at_what_is_there(client: Client, create_body: Body, far: Any) -> None:
    """The one that is missing is a problem that names its field, as is one that cannot be had."""
    for field, kind, other, seen in (
        ("image_url", "picture", "video_url", "clip"),
        ("video_url", "clip", "image_url", "picture"),
    ):
        for given in (..., None, "", f"{far.url}/absent"):
            inspected = client.data("POST", f"{PATH}/inspect", json=create_body(**{field: given}))
            assert (inspected["usable"], inspected["plan"]) == (False, None)
            assert [problem["field"] for problem in inspected["problems"]] == [field]
            assert inspected[kind] is None
            assert inspected[seen]["width"] == 864, other
    inspected = client.data(
        "POST", f"{PATH}/inspect", json=create_body(image_url=..., video_url=...)
    )
    assert [problem["field"] for problem in inspected["problems"]] == ["image_url", "video_url"]
    assert (inspected["picture"], inspected["clip"]) == (None, None)


def test_an_element_may_stand_for_the_picture_that_is_inspected(
    client: Client, create_body: Body
) -> None:
    body = create_body(image_url=..., model_name="kling-v3", element_list=[{"element_id": 101}])
    inspected = client.data("POST", f"{PATH}/inspect", json=body)
    assert inspected["usable"]
    inspected = client.data(
        "POST", f"{PATH}/inspect", json={**body, "element_list": [{"element_id": 7}]}
    )
    assert [problem["message"] for problem in inspected["problems"]] == ["Element id not found: 7"]


def test_an_inspection_that_crashes_is_a_fault_of_ours(
    client: Client, create_body: Body, server: RehearsalServer
) -> None:
    body = create_body(prompt="die")
    assert client.error("POST", f"{PATH}/inspect", json=body) == (500, 5000, "Internal error")
    log = (server.data / "server.log").read_text()
    assert '"event": "probe crashed"' in log
    assert client.data("POST", f"{PATH}/inspect", json=create_body())["usable"]


@pytest.mark.anyio
async def test_an_inspection_that_takes_too_long_says_so(tmp_path: Path) -> None:
    async with running_service(Settings(data=tmp_path), REHEARSAL, Metrics()) as service:
        body = {"character_orientation": "video", "mode": "std", "prompt": "hang"}
        draft = motion_control.read_inspect(body, service.catalogue)
        with pytest.raises(InternalTimeout, match="Inspect a shorter clip") as told:
            await replace(service.inspection, seconds=0.2).inspect(
                Caller(1, "default", "key", None), draft
            )
        assert (told.value.status, told.value.code) == (504, 5002)


def test_inspecting_checks_fields_as_a_create_does(client: Client, create_body: Body) -> None:
    body = create_body(mode="x")
    assert client.error("POST", f"{PATH}/inspect", json=body) == (
        400,
        1201,
        "mode value 'x' is invalid",
    )
