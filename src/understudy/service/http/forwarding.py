"""Where a request came from and which address it was sent to, behind a reverse proxy too."""

from __future__ import annotations

import re
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""A host name or an address, and a port; nothing that could leave its place in a URL."""


class ForwardingMiddleware:
    """Believes a trusted reverse proxy about the client, the scheme and the host of a request.

    uvicorn's own part does not know `X-Forwarded-Host`, which proxies send that put their own name
    into `Host`. Everybody else's `X-Forwarded-…` headers count for nothing.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        # uvicorn's types of an application are narrower than Starlette's.
        self._app: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        client = scope.get("client")
        if client is not None and client[0] in self._app.trusted_hosts:
            scope = {**scope, "headers": _with_forwarded_host(scope["headers"])}
        await self._app(scope, receive, send)


def _with_forwarded_host(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with the host that the client asked for, which a chain of proxies puts first."""
    told = next((value for name, value in headers if name == b"x-forwarded-host"), b"")
    host = told.split(b",")[0].strip()
    if not host:
        return headers
    return [(b"host", host), *((name, value) for name, value in headers if name != b"host")]


def base_of(request: Request) -> str | None:
    """The base of the URLs by which a request reached the service: `https://motion.example.com`.

    None when its `Host` is missing or malformed.
    """
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else None
