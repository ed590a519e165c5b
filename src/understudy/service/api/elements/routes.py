"""`/v1/general/…`: the element library."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.library.presets import install
from understudy.library.presets import presets as all_presets
from understudy.media import limits
from understudy.service.api import elements as design
from understudy.service.api.listing import read_page
from understudy.service.context import Service, links_of, service_of
from understudy.service.drafts.creation import check_host
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.service.http.fields import read_body
from understudy.service.http.json_bodies import read_object
from understudy.service.media.checks import BUDGET_SECONDS, MediaRequest, all_of
from understudy.tasks.db.repository import elements, uploads
from understudy.tasks.db.repository.callbacks import WriteElementPayload
from understudy.tasks.db.repository.tasks import ExternalIdTaken
from understudy.tasks.files.localize import UNREACHABLE
from understudy.tasks.ids import TASK_BITS, IdMaker, now_ms, task_time
from understudy.tasks.records import Source, Status, StoredElement

CUSTOM = "/v1/general/advanced-custom-elements"
PRESETS = "/v1/general/advanced-presets-elements"
DELETE = ("/v1/general/delete-advanced-elements", "/v1/general/delete-elements")

_make_id = IdMaker(TASK_BITS)


async def create(request: Request) -> Response:
    """Create an element from pictures or a clip."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        element = await _create(service, caller, design.read_create(body))
    return success(request, design.created(element))


async def _create(service: Service, caller: Caller, draft: design.ElementDraft) -> StoredElement:
    check_host(
        "callback_url",
        draft.callback_url,
        allow_private=service.settings.allow_private_urls,
    )
    element_task = _make_id()
    prefix = f"elements/{element_task}"
    try:
        images, videos = await _look(service, caller, draft, prefix)
        element = _new_element(element_task, caller, draft, images, videos)
        await service.database.write_shortly(_insert, service.write_element_payload, element)
    except BaseException as error:
        await service.storage.discard(prefix)
        if isinstance(error, ExternalIdTaken):
            message = f"External_task_id {draft.external_id} already exists"
            raise ParameterInvalid(message) from error
        raise
    return element


def _insert(
    connection: sa.Connection, write_payload: WriteElementPayload, element: StoredElement
) -> None:
    given = (*element.images, *element.videos)
    ids = [source.file_id for source in given if source.file_id is not None]
    if not uploads.touch(connection, ids, now=element.created_at):
        raise ParameterInvalid(UNREACHABLE)
    elements.insert(connection, write_payload, element)


async def _look(
    service: Service, caller: Caller, draft: design.ElementDraft, prefix: str
) -> tuple[list[Source], list[Source]]:
    """Look at every picture and clip, as far as the time for it reaches."""
    until = asyncio.get_running_loop().time() + BUDGET_SECONDS

    def requested(given: str, field: str, name: str) -> MediaRequest:
        return MediaRequest(given, caller.account_id, field, f"{prefix}/{name}", until)

    images = [
        service.checks.check_picture(
            requested(given, "frontal_image" if place == 0 else "image_url", f"image-{place}"),
            max_bytes=limits.PICTURE_MAX_BYTES,
        )
        for place, given in enumerate(draft.images)
    ]
    videos = [
        service.checks.check_clip(
            requested(given, "video_url", f"video-{place}"), bounds=limits.ELEMENT_CLIP_LIMITS
        )
        for place, given in enumerate(draft.videos)
    ]
    sources = [checked.source for checked in await all_of(*images, *videos)]
    return sources[: len(images)], sources[len(images) :]


def _new_element(
    element_task: int,
    caller: Caller,
    draft: design.ElementDraft,
    images: list[Source],
    videos: list[Source],
) -> StoredElement:
    now = task_time(element_task)
    return StoredElement(
        id=element_task,
        account_id=caller.account_id,
        element_id=None,
        external_id=draft.external_id,
        name=draft.name,
        description=draft.description,
        reference_type=draft.reference_type,
        images=tuple(images),
        videos=tuple(videos),
        tags=draft.tags,
        callback_url=draft.callback_url,
        base_url=None if draft.callback_url is None else caller.base_url,
        status=Status.SUBMITTED,
        message="",
        attempt=0,
        failures=0,
        revision=0,
        not_before=now,
        created_at=now,
        updated_at=now,
        finished_at=None,
        deleted_at=None,
        purged_at=None,
    )


async def page(request: Request) -> Response:
    """List the account's elements, newest first."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    wanted = read_page(request.query_params)
    found = await service.database.read(
        elements.page, caller.account_id, offset=wanted.offset, limit=wanted.limit
    )
    links = links_of(request)
    return success(request, [design.record(element, links) for element in found])


async def one(request: Request) -> Response:
    """Read an element by its task's id or your own."""
    reference = request.path_params["reference"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    element = await service.database.read(elements.find, caller.account_id, reference)
    if element is None:
        raise ParameterInvalid(f"Task not found by id/external id: {reference}")
    return success(request, design.record(element, links_of(request)))


async def presets(request: Request) -> Response:
    """List the elements that come with the service."""
    service = service_of(request)
    await service.authenticator.caller(request, jwt_allowed=True)
    wanted = read_page(request.query_params)
    await install(service.storage)
    shown = all_presets()[wanted.offset : wanted.offset + wanted.limit]
    links = links_of(request)
    return success(request, [design.record(element, links) for element in shown])


async def delete(request: Request) -> Response:
    """Delete an element."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    wanted = read_body(design.Delete, await read_object(request), ranks={})
    element = await service.database.write_shortly(
        elements.delete, caller.account_id, wanted.element_id, now=now_ms()
    )
    if element is None:
        raise ParameterInvalid(f"Element id not found: {wanted.element_id}")
    return success(request, design.record(element, links_of(request)))


ROUTES = [
    Route(CUSTOM, create, methods=["POST"]),
    Route(CUSTOM, page, methods=["GET"]),
    Route(CUSTOM + "/{reference}", one, methods=["GET"]),
    Route(PRESETS, presets, methods=["GET"]),
    Route(DELETE[0], delete, methods=["POST"]),
    Route(DELETE[1], delete, methods=["POST"]),
]
