"""`/v1/characters`: a picture's character, with what somebody corrects."""

from __future__ import annotations

import base64
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.api.characters import bodies
from understudy.service.api.files.routes import Uploaded
from understudy.service.context import links_of, service_of
from understudy.service.http.envelope import success

PATH = "/v1/characters"


async def cast(request: Request) -> Response:
    """Cast a picture: its joints, matte and arms; free."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        found = await service.characters.find(caller, bodies.read_cast(body))
    return success(request, found.to_json())


class Poses(TypedDict):
    """A character in test poses; video: an MP4 in base 64."""

    video: str


async def poses(request: Request) -> Response:
    """Show a picture's character in test poses; free."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        video = await service.characters.pose(caller, bodies.read_cast(body))
    data: Poses = {"video": base64.b64encode(video).decode("ascii")}
    return success(request, data)


async def select(request: Request) -> Response:
    """Find a part of a picture by points on it; free."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        asked = bodies.read_select(body)
        found = await service.characters.select(caller, asked.picture, asked.on, asked.off)
    return success(request, asdict(found))


async def correct(request: Request) -> Response:
    """Store a picture with corrections in its file; its URL then works as `image_url`."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    async with service.large_bodies.read_object(request, caller.account_id) as body:
        made = await service.characters.correct(caller, bodies.read_correct(body))
    data: Uploaded = {
        "file_id": made.id,
        "url": links_of(request).upload(made.id),
        "kind": made.kind,
        "bytes": made.bytes,
    }
    return success(request, data)


ROUTES = [
    Route(PATH, correct, methods=["POST"]),
    Route(PATH + "/cast", cast, methods=["POST"]),
    Route(PATH + "/select", select, methods=["POST"]),
    Route(PATH + "/poses", poses, methods=["POST"]),
]
