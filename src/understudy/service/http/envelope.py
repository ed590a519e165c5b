"""The envelope that every answer comes in, and the JSON that requests come as."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import Response

from understudy.service.http.contract_errors import ContractError, MalformedRequest

SUCCEED = "SUCCEED"
JSON = "application/json; charset=utf-8"
MAX_BODY_BYTES = 80 * 1024 * 1024
# Above this a body is parsed in a thread, so that nobody waits for it.
_LARGE_BODY_BYTES = 256 * 1024


def encode(value: Any) -> bytes:
    """A value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def success(request: Request, data: Any) -> Response:
    """`data` in the envelope."""
    body = {
        "code": 0,
        "message": SUCCEED,
        "request_id": request.scope["request_id"],
        "data": data,
    }
    return Response(encode(body), media_type=JSON)


def failure(request_id: str, error: ContractError) -> Response:
    """An error in the envelope, without data, with the error's own HTTP status."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {"code": error.code, "message": error.message, "request_id": request_id}
    return Response(encode(body), error.status, headers, media_type=JSON)


async def read_object(request: Request) -> dict[str, Any]:
    """The request's body, a JSON object. Raises MalformedRequest."""
    return await _object(await _read_body(request))


async def read_optional_object(request: Request) -> dict[str, Any]:
    """As `read_object`; a request without a body is an empty object."""
    body = await _read_body(request)
    return await _object(body) if body.strip() else {}


async def _object(body: bytes) -> dict[str, Any]:
    value = await asyncio.to_thread(_parse, body) if len(body) > _LARGE_BODY_BYTES else _parse(body)
    if not isinstance(value, dict):
        raise MalformedRequest
    return value


async def _read_body(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > MAX_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> MalformedRequest:
    return MalformedRequest(
        f"the request body is too large; at most {MAX_BODY_BYTES // 1024 // 1024} MB are allowed"
    )


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedRequest("The request body is not valid JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
