"""Uploads, and the files that signed links lead to."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.service.context import Service, links_of, service_of
from understudy.service.http.contract_errors import LinkInvalid, ParameterInvalid, ResourceUnknown
from understudy.service.http.envelope import success
from understudy.service.http.fields import invalid
from understudy.service.http.multipart import receive_file
from understudy.service.probe_errors import probing
from understudy.tasks.db.repository import uploads
from understudy.tasks.files.content_types import BY_FORMAT, content_type
from understudy.tasks.files.links import FILES_PATH, MEDIA_PATH, UPLOAD_ID_CHARACTERS
from understudy.tasks.files.storage import Storage
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Upload
from understudy.tasks.workers.questions import (
    ClipCheck,
    ClipFacts,
    PictureCheck,
    PictureFacts,
    Question,
    whole_clip,
    whole_picture,
)

PART = "file"
FIELDS = {"image_url": "picture", "video_url": "clip"}
_CHECK_SECONDS = 60.0
_CACHED_SECONDS = 3600
_PRESIGNED_SECONDS = 3600
# The page takes these as files, which browsers let it do from its own server alone.
_ELEMENT_PICTURE = re.compile(r"elements/\d+/image-\d+|presets/.+\.jpg")
_ALLOWED = {
    "picture": limits.PICTURE_FORMATS_ALLOWED,
    "clip": limits.CLIP_FORMATS_ALLOWED,
    None: "allowed: jpg, jpeg, png, mp4 and mov",
}


class Uploaded(TypedDict):
    """An upload; its URL works as `image_url` or `video_url`, for its account alone."""

    file_id: str
    url: str
    kind: Literal["picture", "clip"]
    bytes: int


async def upload(request: Request) -> Response:
    """Upload a picture or clip; its URL then works as `image_url` or `video_url`."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    field = _read_field(request)
    upload_id = secrets.token_hex(UPLOAD_ID_CHARACTERS // 2)
    with (
        service.rates.uploading(caller.account_id),
        TemporaryDirectory(dir=service.checks.temporary) as folder,
    ):
        path = Path(folder) / "upload"
        size = await receive_file(
            request, path, part=PART, max_bytes=_clip_limits(service).max_bytes
        )
        made = await _examine(service, path, upload_id, caller.account_id, size, field)
        await service.storage.put_or_move(made.key, path)
    await service.database.write_shortly(uploads.insert, made)
    data: Uploaded = {
        "file_id": made.id,
        "url": links_of(request).upload(made.id),
        "kind": made.kind,
        "bytes": made.bytes,
    }
    return success(request, data)


async def _examine(  # noqa: PLR0913 - each is known where the upload begins
    service: Service, path: Path, upload_id: str, account_id: int, size: int, field: str
) -> Upload:
    """Open an uploaded file in full; field: where it will go, `PART` when that is not told.

    Raises ParameterInvalid, InternalTimeout, InternalFault.
    """
    with path.open("rb") as file:
        name = file_types.name_format(file.read(file_types.HEAD_BYTES))
    wanted = FIELDS.get(field)
    kind: Literal["picture", "clip"]
    question: Question[PictureFacts | ClipFacts]
    if wanted != "clip" and name in limits.PICTURE_FORMATS:
        kind, most = "picture", limits.PICTURE_MAX_BYTES_TASKS_DESIGN
        question = whole_picture(PictureCheck(path=path, field=field, max_bytes=most))
    elif wanted != "picture" and name in limits.CLIP_FORMATS:
        kind, bounds = "clip", _clip_limits(service)
        check = ClipCheck(
            path=path, field=field, max_bytes=bounds.max_bytes, max_seconds=bounds.max_seconds
        )
        question = whole_clip(check)
    else:
        raise ParameterInvalid(
            f"{field}: the file is {file_types.is_or_a(name)}; {_ALLOWED[wanted]}"
        )
    try:
        with probing("Checking the file took too long"):
            facts: PictureFacts | ClipFacts = await service.checks.prober.ask(
                question, seconds=_CHECK_SECONDS, account=account_id
            )
    except InputRefused as refusal:
        raise ParameterInvalid(refusal.message) from refusal
    now = now_ms()
    return Upload(
        id=upload_id,
        account_id=account_id,
        kind=kind,
        key=f"uploads/{account_id}/{upload_id}",
        bytes=size,
        content_type=BY_FORMAT[name],
        facts=asdict(facts),
        created_at=now,
        used_at=now,
    )


def _clip_limits(service: Service) -> limits.ClipLimits:
    """What any use of a clip allows: that of a take, or an element's."""
    longest = service.catalogue.longest_clip
    return replace(longest, max_bytes=max(longest.max_bytes, limits.ELEMENT_CLIP_MAX_BYTES))


def _read_field(request: Request) -> str:
    """Where an upload will go; `PART` when that is not told. Raises ParameterInvalid."""
    field = request.query_params.get("field", "")
    if field and field not in FIELDS:
        raise ParameterInvalid(invalid("field", field, f"{' or '.join(FIELDS)} is expected"))
    return field or PART


async def download(request: Request) -> Response:
    """Download an upload; for its account alone."""
    file_id = request.path_params["file_id"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    found = await service.database.read(uploads.find, caller.account_id, file_id)
    if found is None:
        raise ResourceUnknown
    return await _send(request, found.key, "private, no-store")


async def media(request: Request) -> Response:
    """Download a result by its signed URL, whole or by range."""
    key = request.path_params["key"]
    service = service_of(request)
    query = request.query_params
    expires, signature = query.get("expires", ""), query.get("signature", "")
    if not service.links.opens(key, expires, signature, now=now_ms()):
        raise LinkInvalid
    await service.exports.ensure(key)
    return await _send(request, key, f"private, max-age={_CACHED_SECONDS}")


async def _send(request: Request, key: str, cached: str) -> Response:
    """A stored file, or where the storage itself gives it."""
    storage = service_of(request).storage
    headers = {
        "Cache-Control": cached,
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
    }
    local = storage.local_path(key)
    if local is None and _ELEMENT_PICTURE.fullmatch(key):
        picture = await _read(storage, key)
        return Response(picture, headers=headers, media_type=content_type(key, picture))
    if local is None:
        method: Literal["GET", "HEAD"] = "HEAD" if request.method == "HEAD" else "GET"
        target = await storage.presign(key, method, _PRESIGNED_SECONDS)
        if target is None:
            raise ResourceUnknown
        headers["Cache-Control"] = "no-store"
        return RedirectResponse(target, 302, headers)
    if not local.is_file():
        raise ResourceUnknown
    kind = await asyncio.to_thread(content_type, key, local)
    return FileResponse(local, headers=headers, media_type=kind)


async def _read(storage: Storage, key: str) -> bytes:
    try:
        return await storage.read(key)
    except FileNotFoundError as error:
        raise ResourceUnknown from error


ROUTES = [
    Route(FILES_PATH, upload, methods=["POST"]),
    Route(FILES_PATH + "/{file_id}", download, methods=["GET"]),
    Route(MEDIA_PATH + "/{key:path}", media, methods=["GET"]),
]
