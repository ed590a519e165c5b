"""`/motion-control/…` and `/tasks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.api import tasks as design
from understudy.service.api.listing import Slice, TaskList, read_selection, read_slice
from understudy.service.context import links_of, service_of
from understudy.service.http.contract_errors import ResourceUnknown
from understudy.service.http.envelope import success
from understudy.service.http.json_bodies import read_object
from understudy.tasks.db.repository import elements, tasks
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Design, StoredElement, Task


async def create(request: Request) -> Response:
    """Create a task."""
    model = request.path_params["model"]
    service = service_of(request)
    known = service.catalogue.by_path.get(model)
    if known is None:
        raise ResourceUnknown
    caller = await service.authenticator.caller(request, jwt_allowed=False)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        draft = design.read_create(body, known)
        task = await service.creation.create(caller, Design.TASKS, draft)
    return success(request, design.created(task))


async def some(request: Request) -> Response:
    """Read tasks by their ids or your own; unknown ones are left out."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=False)
    selection = read_selection(request.query_params)
    found: list[Task | StoredElement] = []
    if selection.ids or selection.external_ids:
        keys: dict[str, Any] = {"ids": selection.ids, "external_ids": selection.external_ids}
        found += await service.database.look_up(tasks.find_many, caller.account_id, **keys)
        if selection.external_ids or len(found) < len(set(selection.ids)):
            found += await service.database.look_up(elements.find_many, caller.account_id, **keys)
    order = {key: place for place, key in enumerate((*selection.ids, *selection.external_ids))}
    found.sort(key=lambda task: order.get(task.id if selection.ids else task.external_id, 0))
    return success(request, await _records(request, caller.account_id, found))


async def search(request: Request) -> Response:
    """List tasks, newest first, by time and state."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=False)
    wanted = read_slice(await read_object(request), now=now_ms())
    found: list[Task | StoredElement] = []
    if wanted.takes:
        found += await service.database.read(tasks.older, caller.account_id, **_slice(wanted))
    if wanted.elements:
        found += await service.database.read(elements.older, caller.account_id, **_slice(wanted))
        found.sort(key=lambda task: task.id, reverse=True)
    shown, more = found[: wanted.limit], len(found) > wanted.limit
    data: TaskList = {
        "result": await _records(request, caller.account_id, shown),
        "count": len(shown),
        "next_cursor": wanted.cursor_after(shown[-1].id) if more else "",
        "has_more": more,
    }
    return success(request, data)


def _slice(wanted: Slice) -> dict[str, Any]:
    """What one kind of tasks is read by; one more tells whether there are more."""
    return {
        "before_id": wanted.before_id,
        "since": wanted.since,
        "statuses": wanted.statuses,
        "limit": wanted.limit + 1,
    }


async def _records(
    request: Request, account_id: int, found: Sequence[Task | StoredElement]
) -> list[design.Record]:
    links, places = links_of(request), await service_of(request).queue_places.of(account_id, found)
    return [
        design.element_record(task, links)
        if isinstance(task, StoredElement)
        else design.record(task, links, places.get(task.id))
        for task in found
    ]


ROUTES = [
    Route("/motion-control/{model}", create, methods=["POST"]),
    Route("/tasks", some, methods=["GET"]),
    Route("/tasks", search, methods=["POST"]),
]
