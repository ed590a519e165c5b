"""Details of one take (request, files, report, callbacks), and deleting it."""

from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.api import motion_control
from understudy.service.api.account.callbacks import Event, show
from understudy.service.api.motion_control.routes import PATH
from understudy.service.context import Service, links_of, service_of
from understudy.service.drafts.take_fields import FieldsAsked, fields_asked
from understudy.service.exports import performance_keys
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.tasks.db.repository import callbacks, tasks, transitions
from understudy.tasks.files.client_urls import open_url
from understudy.tasks.files.links import Links
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Result, Source, Task
from understudy.tracking.formats import FORMATS


class ElementUsed(TypedDict):
    """The element that was used."""

    element_id: int


class WatermarkAsked(TypedDict):
    """Whether a watermarked copy was requested."""

    enabled: bool


class Asked(FieldsAsked):
    """The take as a create body of the legacy design; sending it again makes the same take."""

    model_name: str
    image_url: NotRequired[str]
    video_url: str
    prompt: NotRequired[str]
    element_list: NotRequired[list[ElementUsed]]
    keep_original_sound: Literal["yes", "no"]
    character_orientation: Literal["image", "video"]
    mode: Literal["std", "pro"]
    watermark_info: NotRequired[WatermarkAsked]
    callback_url: NotRequired[str]
    external_task_id: NotRequired[str]


class File(TypedDict):
    """A file of a take. kind: what it is; a performance comes in several formats.

    about: the format in words, where the kind does not say it. bytes: null when not known (a format
    is made when it is asked for).
    """

    kind: Literal["video", "watermarked", "cover", "performance", "report", "picture", "clip"]
    format: str
    about: str
    name: str
    bytes: int | None
    url: str


class Detail(TypedDict):
    """A take with everything that belongs to it; report: null until there is one."""

    task: motion_control.Record
    request: Asked
    files: list[File]
    report: dict[str, Any] | None
    callbacks: list[Event]


class Deleted(TypedDict):
    """The deleted task."""

    task_id: str


async def detail(request: Request) -> Response:
    """Read a task with its request, files, report and callbacks."""
    service, task = await _found(request)
    links, places = links_of(request), await service.queue_places.of(task.account_id, [task])
    events = await service.database.read(callbacks.of_subject, task.account_id, task.id)
    data: Detail = {
        "task": motion_control.record(task, links, places.get(task.id)),
        "request": _asked(task, links),
        "files": [*_inputs(service, task, links), *_results(service, task, links)],
        "report": await _report(service, task.result),
        "callbacks": [show(event) for event in events],
    }
    return success(request, data)


async def delete(request: Request) -> Response:
    """Delete a finished task and its files."""
    service, task = await _found(request)
    gone = await service.database.write_shortly(
        transitions.delete, task.account_id, task.id, now=now_ms()
    )
    if not gone:
        raise ParameterInvalid(
            f"task '{task.id}' is {motion_control.STATUS_WORDS[task.status]}; only finished "
            "tasks can be deleted; cancel it first"
        )
    data: Deleted = {"task_id": str(task.id)}
    return success(request, data)


async def _found(request: Request) -> tuple[Service, Task]:
    reference = request.path_params["reference"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    task = await service.database.look_up(tasks.find, caller.account_id, reference)
    if task is None:
        raise ParameterInvalid(f"Task not found by id/external id: {reference}")
    return service, task


def _asked(task: Task, links: Links) -> Asked:
    asked, take = task.request, task.request.take
    body: Asked = {
        "model_name": take.model,
        "image_url": _address(task, asked.picture, links) if asked.picture else "",
        "video_url": _address(task, asked.clip, links),
        "keep_original_sound": "yes" if take.sound else "no",
        "character_orientation": take.orientation,
        "mode": take.mode,
    }
    body = cast("Asked", {**body, **fields_asked(take)})
    if asked.behind is not None:
        body["background"] = _address(task, asked.behind, links)
    if asked.picture is None:
        del body["image_url"]
    if take.prompt:
        body["prompt"] = take.prompt
    if asked.element_id is not None:
        body["element_list"] = [{"element_id": asked.element_id}]
    if take.watermark:
        body["watermark_info"] = {"enabled": True}
    if asked.callback_url is not None:
        body["callback_url"] = asked.callback_url
    if task.external_id is not None:
        body["external_task_id"] = task.external_id
    return body


def _address(task: Task, source: Source, links: Links) -> str:
    """The URL that a client gave, or that of its upload."""
    if source.file_id is not None:
        return links.upload(source.file_id)
    if source.url is not None:
        return open_url(links.keyring, source.url)
    return links.result(task, source.key or "")


def _inputs(service: Service, task: Task, links: Links) -> list[File]:
    """The picture and the clip to show; files that we store get a signed link."""
    found: list[File] = []
    for kind, source in (("picture", task.request.picture), ("clip", task.request.clip)):
        if source is None:
            continue
        held = source.key
        url = _address(task, source, links) if held is None else links.result(task, held)
        size = None if held is None else service.storage.size(held)
        found.append(
            {
                "kind": kind,  # type: ignore[typeddict-item]
                "format": "",
                "about": "",
                "name": kind,
                "bytes": size,
                "url": url,
            }
        )
    return found


def _results(service: Service, task: Task, links: Links) -> list[File]:
    result = task.result
    if result is None:
        return []
    ending = task.request.take.format
    named: list[tuple[str, str | None, str, str]] = [
        ("video", result.video, "", f"{task.id}.{ending}"),
        ("watermarked", result.watermarked, "", f"{task.id}.watermarked.{ending}"),
        ("cover", result.cover, "", f"{task.id}.jpg"),
        *(
            ("performance", key, FORMATS[suffix].about, f"{task.id}.performance{suffix}")
            for suffix, key in performance_keys(result).items()
        ),
        ("report", result.report, "", f"{task.id}.report.json"),
    ]
    return [
        {
            "kind": kind,  # type: ignore[typeddict-item]
            "format": name.rpartition(".")[2],
            "about": about,
            "name": name,
            "bytes": service.storage.size(key),
            "url": links.result(task, key),
        }
        for kind, key, about, name in named
        if key is not None
    ]


async def _report(service: Service, result: Result | None) -> dict[str, Any] | None:
    if result is None or result.report is None:
        return None
    try:
        report = json.loads(await service.storage.read(result.report))
    except (FileNotFoundError, ValueError):
        return None
    return report if isinstance(report, dict) else None


ROUTES = [
    Route(PATH + "/{reference}/detail", detail, methods=["GET"]),
    Route(PATH + "/{reference}", delete, methods=["DELETE"]),
]
