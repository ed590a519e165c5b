"""`/v1/videos/motion-control`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.api import motion_control
from understudy.service.api.listing import read_page
from understudy.service.context import links_of, service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.tasks.db.repository import tasks
from understudy.tasks.records import Design

PATH = "/v1/videos/motion-control"


async def create(request: Request) -> Response:
    """Create a task."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        draft = motion_control.read_create(body, service.catalogue)
        task = await service.creation.create(caller, Design.LEGACY, draft)
    return success(request, motion_control.created(task))


async def page(request: Request) -> Response:
    """List tasks, newest first."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    wanted = read_page(request.query_params)
    found = await service.database.read(
        tasks.page, caller.account_id, offset=wanted.offset, limit=wanted.limit
    )
    links, places = links_of(request), await service.queue_places.of(caller.account_id, found)
    return success(
        request, [motion_control.record(task, links, places.get(task.id)) for task in found]
    )


async def one(request: Request) -> Response:
    """Read a task by its id or your own."""
    reference = request.path_params["reference"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    task = await service.database.look_up(tasks.find, caller.account_id, reference)
    if task is None:
        raise ParameterInvalid(f"Task not found by id/external id: {reference}")
    places = await service.queue_places.of(caller.account_id, [task])
    return success(request, motion_control.record(task, links_of(request), places.get(task.id)))


ROUTES = [
    Route(PATH, create, methods=["POST"]),
    Route(PATH, page, methods=["GET"]),
    Route(PATH + "/{reference}", one, methods=["GET"]),
]
