"""The envelope that every answer comes in."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from understudy.service.http.contract_errors import ContractError

SUCCEED = "SUCCEED"
JSON = "application/json; charset=utf-8"


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
