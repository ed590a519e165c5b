"""Additions to the contract: inspecting, cancelling, and following a task's progress."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from understudy.service.api import motion_control
from understudy.service.api.motion_control.routes import PATH
from understudy.service.context import Service, links_of, service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import encode, success
from understudy.tasks.db.repository import tasks, transitions
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Task

CANCELLED = "Task was cancelled"
_PAUSE_SECONDS = 15.0


async def inspect(request: Request) -> Response:
    """Check a take before creating it: the plan, or every problem; free."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        draft = motion_control.read_inspect(body, service.catalogue)
        findings = await service.inspection.inspect(caller, draft)
    return success(request, findings.to_json())


async def cancel(request: Request) -> Response:
    """Cancel a task; it costs nothing."""
    reference = request.path_params["reference"]
    service = service_of(request)
    task = await _find(service, request, reference)
    cancelled = await service.database.write_shortly(
        transitions.cancel, service.write_payload, task.id, message=CANCELLED, now=now_ms()
    )
    if cancelled is not None:
        service.controller.cancel(task.id)
        task = cancelled
    else:
        task = await _find(service, request, reference)
    return success(request, motion_control.record(task, links_of(request)))


async def events(request: Request) -> Response:
    """Follow a task through server-sent events, from how it is now to its end."""
    reference = request.path_params["reference"]
    service = service_of(request)
    task = await _find(service, request, reference)
    return StreamingResponse(
        _stream(service, task),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(service: Service, task: Task) -> AsyncIterator[bytes]:
    async for sight in service.watch.follow(task, pause=_PAUSE_SECONDS):
        if sight is None:
            yield b": still here\n\n"
            continue
        seen = sight.task
        data: dict[str, object] = {
            "task_id": str(seen.id),
            "status": motion_control.STATUS_WORDS[seen.status],
            "message": seen.message,
            "stage": seen.stage,
            "percent": seen.percent,
        }
        if sight.preview is not None:
            data["preview"] = base64.b64encode(sight.preview).decode()
        yield b"event: progress\ndata: " + encode(data) + b"\n\n"


async def _find(service: Service, request: Request, reference: str) -> Task:
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    task = await service.database.look_up(tasks.find, caller.account_id, reference)
    if task is None:
        raise ParameterInvalid(f"Task not found by id/external id: {reference}")
    return task


ROUTES = [
    Route(PATH + "/inspect", inspect, methods=["POST"]),
    Route(PATH + "/{reference}/cancel", cancel, methods=["POST"]),
    Route(PATH + "/{reference}/events", events, methods=["GET"]),
]
