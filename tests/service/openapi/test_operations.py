"""The API's description: whole, true, and with examples that run; health and metrics."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from tests.waiting import until
from understudy.service.app import create_app
from understudy.service.http.fields import EMPTY_IS_ABSENT
from understudy.service.openapi.document import describe_api
from understudy.service.openapi.operations import OPERATIONS
from understudy.settings import Settings
from understudy.testing import RehearsalServer

DOCUMENT = describe_api("http://127.0.0.1:8000")


def test_every_path_that_is_served_is_described(tmp_path: Path) -> None:
    apart = {"/openapi.json", "/docs", "/studio/session"}
    served = {
        (method, route.path)
        for route in create_app(Settings(data=tmp_path)).routes
        if isinstance(route, Route) and route.path not in apart
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert served == {(operation.method, operation.path) for operation in OPERATIONS}


def test_what_is_ours_is_marked() -> None:
    ours = {
        path
        for path, item in DOCUMENT["paths"].items()
        for operation in item.values()
        if operation.get("x-understudy")
    }
    assert f"{PATH}/inspect" in ours
    assert PATH not in ours
    assert "/tasks" not in ours


def test_the_description_is_served_for_machines_and_people(client: Client, server: Any) -> None:
    served = client.ask("GET", "/openapi.json").json()
    assert served == describe_api(server.url)
    page = client.ask("GET", "/docs")
    assert page.status_code == 200
    assert "http" not in page.headers["content-security-policy"]
    for operation in OPERATIONS:
        assert operation.path.replace(":path}", "}") in page.text


def test_fields_that_may_be_empty_are_marked_and_required_ones_are_not() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    create, settings = schemas["MotionControlCreate"], schemas["Settings"]
    marked = {name for name, field in create["properties"].items() if field.get(EMPTY_IS_ABSENT)}
    assert marked == set(create["properties"]) - set(create["required"])
    assert settings["properties"]["audio"][EMPTY_IS_ABSENT]
    assert EMPTY_IS_ABSENT not in settings["properties"]["character_orientation"]


@pytest.mark.parametrize(
    ("method", "path", "component"),
    [
        ("POST", PATH, "MotionControlCreate"),
        ("POST", f"{PATH}/inspect", "Inspect"),
        ("POST", "/motion-control/kling-3.0", "TasksCreate"),
        ("POST", "/v1/general/advanced-custom-elements", "ElementsCreate"),
        ("POST", "/tasks", "Query"),
    ],
)
def test_the_examples_run(
    client: Client, far: FarSide, method: str, path: str, component: str
) -> None:
    (example,) = DOCUMENT["components"]["schemas"][component]["examples"]
    client.data(method, path, json=_at(far, example))


def _at(far: FarSide, value: Any) -> Any:
    """An example with its media on the test's far side."""
    if isinstance(value, dict):
        return {key: _at(far, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_at(far, item) for item in value]
    if isinstance(value, str) and value.startswith("https://example.com/"):
        return f"{far.url}/{'clip.mp4' if value.endswith('mp4') else 'picture.png'}"
    return value


def _marks_as_kinds(value: Any) -> Any:
    """A description in which the mark of a field that may be `""` or `null` is one kind more.

    Generators of clients stumble over kinds for the two, so the served description marks them.
    """
    if isinstance(value, list):
        return [_marks_as_kinds(item) for item in value]
    if not isinstance(value, dict):
        return value
    kinds = {key: _marks_as_kinds(item) for key, item in value.items() if key != EMPTY_IS_ABSENT}
    return {"anyOf": [kinds, {"enum": [None, ""]}]} if value.get(EMPTY_IS_ABSENT) else kinds


def test_health_and_readiness_need_no_key(server: RehearsalServer) -> None:
    for path in ("/healthz", "/readyz"):
        answer = web.get(server.url + path)
        assert answer.status_code == 200
        assert answer.json()["data"] == {"status": "ok"}


def test_metrics_count_takes_callbacks_and_answers(
    client: Client, server: RehearsalServer, create_body: Any, far: FarSide
) -> None:
    made = client.data("POST", PATH, json=create_body(callback_url=f"{far.url}/counted"))
    client.ended(made["task_id"])
    while far.next_callback().path != "/counted":
        pass
    delivered = 'understudy_callback_tries_total{outcome="delivered"}'
    # A call is counted when its answer is noted, after the far side has had it.
    until(lambda: f"\n{delivered} " in web.get(f"{server.url}/metrics").text)
    page = web.get(f"{server.url}/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    for name in (
        'understudy_http_requests_total{method="POST",route="/v1/videos/motion-control",'
        'status="200"}',
        'understudy_http_seconds_bucket{le="0.1",method="GET",'
        'route="/v1/videos/motion-control/{reference}"}',
        'understudy_tasks{status="submitted"}',
        "understudy_takes_running",
        'understudy_attempts_total{outcome="succeeded"}',
        'understudy_stage_seconds_count{stage="open"}',
        "understudy_queue_wait_seconds_count",
        delivered,
    ):
        assert f"\n{name} " in page.text, name


def test_nothing_that_is_sent_gets_an_answer_that_is_not_described(
    client: Client, server: RehearsalServer, far: FarSide, tmp_path: Path
) -> None:
    """Left out: an unknown method (the contract answers 404, with a code of its own), and bodies
    that fit their schema but name media or tasks that do not exist."""
    described = tmp_path / "openapi.json"
    served = client.ask("GET", "/openapi.json").json()
    # The clips of an element that is made of pictures are not read.
    served["components"]["schemas"]["ElementsCreate"]["properties"]["element_video_list"] = {}
    events = served["paths"][f"{PATH}/{{reference}}/events"]["get"]["responses"]["200"]
    # Schemathesis reads this schema as that of each event.
    events["content"]["text/event-stream"]["schema"] = {
        "type": "object",
        "properties": {"event": {"const": "progress"}, "data": {"type": "string"}},
        "required": ["event", "data"],
        "additionalProperties": False,
    }
    described.write_text(json.dumps(_marks_as_kinds(_at(far, served))))
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            Path(__file__).with_name("schemathesis.toml"),
            "run",
            described,
            f"--url={server.url}",
            "--header",
            f"Authorization: {server.headers['Authorization']}",
            "--exclude-checks=unsupported_method,positive_data_acceptance",
            "--max-examples=2",
            "--seed=1",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-12000:]
    log = (server.data / "server.log").read_text()
    assert '"event": "fault"' not in log
