"""A small server on loopback that speaks the wire contract, with faults to order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

API_KEY = "api-key-of-the-tests"
VIDEO = bytes(range(256)) * 2000
Fault = Callable[[Request], Response | None]


@dataclass
class ContractServer:
    """What the server holds; `faults` are used up one a request, None among them lets one pass.

    A fault in `faults` answers instead of the server; one in `late_faults` after it has acted.
    """

    base_url: str = ""
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    elements: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    faults: list[Response | None] = field(default_factory=list)
    late_faults: list[Response | None] = field(default_factory=list)
    uploads: bool = True
    fails_with: str = ""

    def application(self) -> Starlette:
        """The routes of the contract that the client uses."""
        takes, elements = "/v1/videos/motion-control", "/v1/general/advanced-custom-elements"
        return Starlette(
            routes=[
                Route(takes, self._handle(self._create_take), methods=["POST"]),
                Route(takes, self._handle(self._list_takes)),
                Route(
                    "/motion-control/{model}",
                    self._handle(self._create_take_of_model),
                    methods=["POST"],
                ),
                Route(f"{takes}/inspect", self._handle(self._inspect), methods=["POST"]),
                Route(f"{takes}/{{id}}", self._handle(self._read_take)),
                Route(f"{takes}/{{id}}/cancel", self._handle(self._cancel), methods=["POST"]),
                Route("/v1/files", self._handle(self._upload), methods=["POST"]),
                Route(elements, self._handle(self._create_element), methods=["POST"]),
                Route(elements, self._handle(self._list_elements)),
                Route(f"{elements}/{{id}}", self._handle(self._read_element)),
                Route("/v1/general/advanced-presets-elements", self._handle(self._list_elements)),
                Route(
                    "/v1/general/delete-elements",
                    self._handle(self._delete_element),
                    methods=["POST"],
                ),
                Route("/account/costs", self._handle(self._costs)),
                Route("/results/{name}", self._result),
            ]
        )

    def _handle(self, act: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            self.requests.append(f"{request.method} {request.url.path}")
            self.authorizations.append(request.headers.get("authorization"))
            if self.faults and (fault := self.faults.pop(0)) is not None:
                return fault
            answer: Response = await act(request)
            if self.late_faults and (fault := self.late_faults.pop(0)) is not None:
                return fault
            return answer

        return handle

    async def _create_take(self, request: Request) -> Response:
        body = await request.json()
        self.bodies.append(body)
        if not body.get("image_url"):
            return refused(400, 1201, "imageUrl: must not be blank")
        return self._make_take(body, body["external_task_id"])

    async def _create_take_of_model(self, request: Request) -> Response:
        body = await request.json()
        self.bodies.append(body)
        made = self._make_take(body["options"], body["options"]["external_task_id"])
        if made.status_code != 200:
            return made
        task = list(self.tasks.values())[-1]
        return succeeded(
            {
                "id": task["task_id"],
                "status": "submitted",
                "external_id": body["options"]["external_task_id"],
                "create_time": task["created_at"],
                "update_time": task["updated_at"],
            }
        )

    def _make_take(self, body: dict[str, Any], external: str) -> Response:
        if self._find(self.tasks, external):
            return refused(400, 1201, f"External_task_id {external} already exists")
        task = _record(len(self.tasks), external)
        task["watermark"] = body.get("watermark_info", {}).get("enabled", False)
        self.tasks[task["task_id"]] = task
        return succeeded(task)

    async def _read_take(self, request: Request) -> Response:
        task = self._find(self.tasks, request.path_params["id"])
        if task is None:
            return not_found(request.path_params["id"])
        if task["task_status"] == "submitted":
            task |= {"task_status": "processing", "progress": {"stage": "render", "percent": 40}}
        elif task["task_status"] == "processing":
            task |= self._end(task)
        return succeeded(task)

    def _end(self, task: dict[str, Any]) -> dict[str, Any]:
        if self.fails_with:
            return {"task_status": "failed", "task_status_msg": self.fails_with}
        url = f"{self.base_url}/results/{task['task_id']}.mp4"
        video = {"id": "1", "url": url, "duration": "9.066"}
        if task["watermark"]:
            video["watermark_url"] = f"{self.base_url}/results/marked.mp4"
        return {
            "task_status": "succeed",
            "task_result": {"videos": [video]},
            "final_unit_deduction": "4.5",
            "progress": {"stage": "finish", "percent": 100},
        }

    async def _list_takes(self, request: Request) -> Response:
        return _page(request, list(reversed(self.tasks.values())))

    async def _inspect(self, request: Request) -> Response:
        self.bodies.append(await request.json())
        return succeeded({"usable": True, "problems": [], "plan": {"duration": 9.066}})

    async def _cancel(self, request: Request) -> Response:
        task = self._find(self.tasks, request.path_params["id"])
        if task is None:
            return not_found(request.path_params["id"])
        task |= {"task_status": "failed", "task_status_msg": "cancelled"}
        return succeeded(task)

    async def _upload(self, request: Request) -> Response:
        if not self.uploads:
            return refused(404, 1203, "no such resource")
        async with request.form() as form:
            part: Any = form["file"]
            content = await part.read()
        name = f"file-{len(self.files)}"
        self.files[name] = content
        url = f"{self.base_url}/files/{name}"
        return succeeded({"file_id": name, "url": url, "kind": "picture", "bytes": len(content)})

    async def _create_element(self, request: Request) -> Response:
        body = await request.json()
        self.bodies.append(body)
        element = {
            "element_id": 9_007_199_254_740_991 - len(self.elements),
            "element_name": body["element_name"],
            "element_description": body["element_description"],
            "reference_type": body["reference_type"],
            "tag_list": body.get("tag_list", []),
            "owned_by": "account",
            "status": "succeed",
        }
        task = _record(len(self.elements), body["external_task_id"])
        task |= {"task_status": "succeed", "task_result": {"elements": [element]}}
        self.elements[task["task_id"]] = task
        return succeeded(task)

    async def _read_element(self, request: Request) -> Response:
        return succeeded(self._find(self.elements, request.path_params["id"]))

    async def _list_elements(self, request: Request) -> Response:
        return _page(request, list(reversed(self.elements.values())))

    async def _delete_element(self, request: Request) -> Response:
        wanted = (await request.json())["element_id"]
        for task in self.elements.values():
            (element,) = task["task_result"]["elements"]
            if element["element_id"] == wanted and element["status"] == "succeed":
                element["status"] = "deleted"
                return succeeded({})
        return refused(400, 1201, f"element_id {wanted} is invalid")

    async def _costs(self, request: Request) -> Response:
        pack = {
            "resource_pack_name": "Units",
            "resource_pack_id": "p1",
            "resource_pack_type": "decreasing_total",
            "total_quantity": 1000.0,
            "remaining_quantity": 995.5,
            "purchase_time": int(request.query_params["start_time"]),
            "effective_time": int(request.query_params["start_time"]),
            "invalid_time": int(request.query_params["end_time"]),
            "status": "online",
        }
        return succeeded({"code": 0, "msg": "", "resource_pack_subscribe_infos": [pack]})

    async def _result(self, request: Request) -> Response:
        self.requests.append(f"GET {request.url.path}")
        self.authorizations.append(request.headers.get("authorization"))
        if self.faults and (fault := self.faults.pop(0)) is not None:
            return fault
        return Response(VIDEO, media_type="video/mp4")

    def _find(self, records: dict[str, dict[str, Any]], id_: str) -> dict[str, Any] | None:
        for record in records.values():
            if id_ in (record["task_id"], record["task_info"]["external_task_id"]):
                return record
        return None


def succeeded(data: Any) -> Response:
    """The contract's answer of success."""
    return JSONResponse({"code": 0, "message": "SUCCEED", "request_id": "r-1", "data": data})


def refused(status: int, code: int, message: str, **headers: str) -> Response:
    """The contract's answer of refusal."""
    content = {"code": code, "message": message, "request_id": "r-2"}
    return JSONResponse(content, status, headers)


def not_found(id_: str) -> Response:
    """The contract's answer for a task that is not there."""
    return refused(400, 1201, f"Task not found by id/external id: {id_}")


def _record(number: int, external: str) -> dict[str, Any]:
    return {
        "task_id": str(835_000_000_000_000_000 + number),
        "task_status": "submitted",
        "task_status_msg": "",
        "task_info": {"external_task_id": external},
        "created_at": 1_781_080_778_802,
        "updated_at": 1_781_080_778_802,
    }


def _page(request: Request, records: list[dict[str, Any]]) -> Response:
    size = int(request.query_params["pageSize"])
    start = (int(request.query_params["pageNum"]) - 1) * size
    return succeeded(records[start : start + size])


class _Thread(threading.Thread):
    """A uvicorn server in a thread; `base_url` once it listens."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.held = ContractServer()
        self._server = uvicorn.Server(
            uvicorn.Config(self.held.application(), port=0, log_level="error", lifespan="off")
        )

    def run(self) -> None:
        self._server.run()

    def wait(self) -> None:
        while not self._server.started:
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.held.base_url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self.join()


@pytest.fixture(scope="module")
def _running() -> Iterator[_Thread]:
    thread = _Thread()
    thread.start()
    thread.wait()
    yield thread
    thread.stop()


@pytest.fixture
def server(_running: _Thread) -> ContractServer:
    """A server without tasks."""
    held, fresh = _running.held, ContractServer()
    for name, value in vars(fresh).items():
        if name != "base_url":
            setattr(held, name, value)
    return held


@pytest.fixture
def example() -> dict[str, Any]:
    """A legacy record with every key that the contract knows."""
    video = {
        "id": "v1",
        "url": "https://cdn.example/v1.mp4",
        "watermark_url": "https://cdn.example/v1-w.mp4",
        "duration": "9.066",
    }
    return {
        "task_id": "835111222333444555",
        "task_status": "succeed",
        "task_status_msg": "",
        "task_info": {"external_task_id": "mine-1"},
        "watermark_info": {"enabled": True},
        "task_result": {"videos": [video]},
        "final_unit_deduction": "4.5",
        "final_balance_deduction": {"quota": "4.5", "list_price": "0.63"},
        "created_at": 1781080778802,
        "updated_at": 1781080794151,
    }
