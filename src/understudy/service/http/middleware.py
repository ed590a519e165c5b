"""The outermost layer: an id for every request, the envelope for every error, a log line."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from understudy.errors import machine_fault
from understudy.service.http.contract_errors import (
    ContractError,
    InternalFault,
    MalformedRequest,
    MethodUnknown,
    ResourceUnknown,
    Unavailable,
)
from understudy.service.http.envelope import failure
from understudy.service.http.ranges import without_odd_ranges
from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.files.storage import StorageUnavailable

log = structlog.get_logger(__name__)

HUNG_UP = 499
"""The status that metrics and log show for a client that hung up within its request."""

Observe = Callable[[str, str, int, float], None]
"""Called for every answer: method, route, status, seconds."""


class RequestMiddleware:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = str(uuid.uuid4())
        scope["headers"] = without_odd_ranges(scope["headers"])
        path = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            scope["path"] = path.rstrip("/") or "/"
        started = time.perf_counter()
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                ]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if "\0" in path or b"%00" in scope["query_string"]:
                # No text of PostgreSQL holds it, so nothing can be found by it.
                raise MalformedRequest("The URL holds a NUL character")
            await self._app(scope, receive, send_on)
        except ClientDisconnect:
            # Nobody is there to be answered.
            status = status or HUNG_UP
        except Exception as error:
            if status:
                raise
            await failure(request_id, as_contract_error(error))(scope, receive, send_on)
        finally:
            self._finish(scope, status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    def _finish(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "")
        self._observe(scope["method"], route, status, seconds)
        # Polls would fill the log, so reads that succeed are logged at debug level only.
        tell = log.debug if scope["method"] == "GET" and status < 400 else log.info
        tell(
            "request",
            method=scope["method"],
            path=scope["path"][:200],
            status=status,
            ms=round(seconds * 1000, 1),
            client=scope["client"][0] if scope.get("client") else "",
        )


def as_contract_error(error: Exception) -> ContractError:  # noqa: PLR0911 - one answer for each kind of error
    """The error as clients see it; of a fault of ours they learn only that it is one."""
    if isinstance(error, ContractError):
        return error
    if isinstance(error, HTTPException):
        if error.status_code == 405:
            return MethodUnknown()
        if error.status_code == 404:
            return ResourceUnknown()
        if error.status_code < 500:
            return MalformedRequest(str(error.detail))
    if isinstance(error, DatabaseUnavailable):
        log.error("database unavailable", reason=str(error))
        return Unavailable()
    if isinstance(error, StorageUnavailable):
        log.error("storage unavailable", reason=str(error))
        return Unavailable()
    lacking = machine_fault(error)
    if lacking is not None:
        log.error("machine at fault", reason=lacking, error=repr(error))
        return Unavailable()
    log.error("fault", exc_info=error)
    return InternalFault()


async def let_through(_request: Any, error: Exception) -> Any:
    """Leave an error to RequestMiddleware instead of the framework's own handlers."""
    try:
        raise error
    finally:
        # It refers to this frame, and so with its name to itself and all of the request.
        del error
