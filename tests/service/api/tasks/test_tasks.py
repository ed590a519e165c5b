"""The tasks design over HTTP, and both designs reading one another's tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.service.api import listing, tasks

A_TIME = "a time in milliseconds is expected"
RECORD: TypeAdapter[Any] = TypeAdapter(tasks.Record)
LIST: TypeAdapter[Any] = TypeAdapter(listing.TaskList)


@pytest.fixture
def tasks_body(far: FarSide) -> Callable[..., dict[str, Any]]:
    """Makes create bodies of the tasks design."""

    def make(prompt: str = "", **options: Any) -> dict[str, Any]:
        return {
            "contents": [
                *([{"type": "prompt", "text": prompt}] if prompt else []),
                {"type": "image", "url": f"{far.url}/picture.png"},
                {"type": "video", "url": f"{far.url}/clip.mp4"},
            ],
            "settings": {"character_orientation": "video"},
            "options": options,
        }

    return make


def test_a_task_made_here_is_read_by_both_designs(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    body = tasks_body(external_task_id="mine", watermark_info={"enabled": True})
    made = client.data("POST", "/motion-control/kling-3.0", json=body)
    assert set(made) == {"id", "status", "message", "create_time", "update_time", "external_id"}
    assert (made["status"], made["message"], made["external_id"]) == ("submitted", "", "mine")
    legacy = client.ended(made["id"])
    assert legacy["task_status"] == "succeed"
    (record,) = client.data("GET", f"/tasks?task_ids={made['id']}")
    RECORD.validate_python(record, strict=True, extra="forbid")
    assert record["status"] == "succeeded"
    (output,) = record["outputs"]
    (video,) = legacy["task_result"]["videos"]
    assert {name: output[name] for name in video} == video
    assert record["billing"] == [{"charge_type": "unit", "package_type": "video", "amount": "2.7"}]
    assert client.data("GET", "/tasks?external_task_ids=mine") == [record]


def test_a_task_of_the_legacy_design_is_read_here(
    client: Client, create_body: Callable[..., dict[str, Any]], tmp_path: Any
) -> None:
    made = client.data("POST", PATH, json=create_body(prompt=f"hold {tmp_path / 'go'}"))
    (record,) = client.data("GET", f"/tasks?task_ids={made['task_id']}")
    RECORD.validate_python(record, strict=True, extra="forbid")
    assert record["status"] in ("submitted", "processing")
    assert (record["outputs"], record["billing"]) == ([], [])
    assert "external_id" not in record
    (tmp_path / "go").touch()
    client.ended(made["task_id"])


def test_a_task_that_failed_has_cost_nothing(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    made = client.data("POST", "/motion-control/kling-v2-6", json=tasks_body("refuse"))
    client.ended(made["id"])
    (record,) = client.data("GET", f"/tasks?task_ids={made['id']}")
    RECORD.validate_python(record, strict=True, extra="forbid")
    assert (record["status"], record["billing"]) == ("failed", [{"amount": "0"}])


def test_ids_are_answered_in_the_order_asked_without_unknown_ones(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    ids = [
        client.data("POST", "/motion-control/kling-2.6", json=tasks_body(external_task_id=name))[
            "id"
        ]
        for name in ("a", "b", "c")
    ]
    wanted = [ids[2], "123456789012345678", ids[0], "x", ""]
    found = client.data("GET", "/tasks", params={"task_ids": ",".join(wanted)})
    assert [record["id"] for record in found] == [ids[2], ids[0]]
    found = client.data("GET", "/tasks", params={"external_task_ids": "b,z,a"})
    assert [record["external_id"] for record in found] == ["b", "a"]
    assert client.data("GET", "/tasks?task_ids=5") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "task_ids or external_task_ids is required"),
        ("task_ids=", "task_ids or external_task_ids is required"),
        ("task_ids=,%20,", "task_ids or external_task_ids is required"),
        (
            "task_ids=1&external_task_ids=2",
            "task_ids, external_task_ids: both given; exactly one of them is allowed",
        ),
        (
            "task_ids=" + ",".join("1" * 21),
            "task_ids and external_task_ids cannot exceed 20 in total",
        ),
        (
            f"task_ids={','.join('1' * 11)}&external_task_ids={','.join('2' * 10)}",
            "task_ids and external_task_ids cannot exceed 20 in total",
        ),
    ],
)
def test_ids_are_asked_for_by_exactly_one_list_of_at_most_twenty(
    client: Client, query: str, message: str
) -> None:
    assert client.error("GET", f"/tasks?{query}") == (400, 1201, message)


def test_twenty_ids_are_allowed(client: Client) -> None:
    assert client.data("GET", "/tasks?task_ids=" + ",".join("1" * 20)) == []


def test_an_unknown_model_has_no_path(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    assert client.error("POST", "/motion-control/kling-9", json=tasks_body())[:2] == (404, 1203)


def test_a_list_is_walked_by_its_cursor(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    ids = [
        client.data("POST", "/motion-control/kling-2.6", json=tasks_body())["id"] for _ in range(5)
    ]
    found, cursor = [], ""
    for more in (True, True, False):
        page = client.data("POST", "/tasks", json={"limit": 2, "cursor": cursor})
        LIST.validate_python(page, strict=True, extra="forbid")
        assert page["count"] == len(page["result"])
        assert page["has_more"] is more
        assert bool(page["next_cursor"]) is more
        found += [record["id"] for record in page["result"]]
        cursor = page["next_cursor"]
    assert found == ids[::-1]


def test_a_list_is_narrowed_by_time_and_filters(
    client: Client, tasks_body: Callable[..., dict[str, Any]]
) -> None:
    made = [
        client.data("POST", "/motion-control/kling-2.6", json=tasks_body(prompt))
        for prompt in ("", "refuse")
    ]
    for task in made:
        client.ended(task["id"])

    def ids(**body: Any) -> list[str]:
        return [record["id"] for record in client.data("POST", "/tasks", json=body)["result"]]

    first, second = made[0]["id"], made[1]["id"]
    status = {"key": "status", "values": ["succeeded"]}
    assert ids() == [second, first]
    assert ids(filters=[status]) == [first]
    assert ids(filters=[{"key": "status", "values": ["failed", "succeeded"]}]) == [second, first]
    assert ids(filters=[status, {"key": "status", "values": ["failed"]}]) == []
    assert ids(filters=[{"key": "product_type", "values": ["video"]}]) == [second, first]
    assert ids(filters=[{"key": "product_type", "values": ["image", "video"]}]) == [second, first]
    assert ids(filters=[{"key": "product_type", "values": []}]) == [second, first]
    assert ids(filters=[{"key": "product_type", "values": ["image", "try_on"]}]) == []
    assert ids(filters=[{"key": "product_type", "values": ["try-on"]}]) == []
    at = made[0]["create_time"]
    assert ids(start_time=at, end_time=str(at)) == ([first] if at < made[1]["create_time"] else [])
    assert ids(start_time="", end_time=at - 1) == []
    assert ids(start_time=made[1]["create_time"] + 1) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"limit": 0}, "limit value '0' is invalid: at least 1 is allowed"),
        ({"limit": 501}, "limit value '501' is invalid: at most 500 is allowed"),
        ({"limit": "5"}, "limit value '5' is invalid: a whole number is expected"),
        ({"cursor": "x"}, "cursor value 'x' is invalid"),
        ({"cursor": "123456789012345678-"}, "cursor value '123456789012345678-' is invalid"),
        (
            {"start_time": "x"},
            f"start_time value 'x' is invalid: {A_TIME}",
        ),
        ({"end_time": -1}, f"end_time value '-1' is invalid: {A_TIME}"),
        (
            {"end_time": True},
            f"end_time value 'true' is invalid: {A_TIME}",
        ),
        ({"filters": {}}, "filters value '{}' is invalid: an array is expected"),
        (
            {"filters": [{"key": "status", "values": ["failed", 5]}]},
            "filters[0].values[1] value '5' is invalid: a string is expected",
        ),
        ({"filters": [{"key": "x", "values": []}]}, "filters[0].key value 'x' is invalid"),
        ({"filters": [{"key": "status"}]}, "filters[0].values: must not be blank"),
        (
            {"filters": [{"key": "status", "values": ["done"]}]},
            "filters.status value 'done' is invalid",
        ),
        (
            {"filters": [{"key": "product_type", "values": ["video", "motion_control"]}]},
            "filters.product_type value 'motion_control' is invalid: allowed: video, image, try_on",
        ),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    client: Client, body: dict[str, Any], message: str
) -> None:
    assert client.error("POST", "/tasks", json=body) == (400, 1201, message)
