"""Automatic sign-in of the studio, only on the server's own machine."""

from __future__ import annotations

import json
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.context import service_of
from understudy.service.http.contract_errors import AuthorizationMissing
from understudy.service.http.envelope import success
from understudy.settings import Settings
from understudy.tasks.accounts.credentials import CREDENTIALS_FILE

# Any of these says that somebody else's request was passed on.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


async def session(request: Request) -> Response:
    """Give the default account's key to a page on this machine."""
    settings = service_of(request).settings
    path = settings.data / CREDENTIALS_FILE
    if not _is_at_home(request, settings) or not path.exists():
        raise AuthorizationMissing
    credentials = json.loads(path.read_text())
    answer = success(
        request, {"account": credentials["account"], "api_key": credentials["api_key"]}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_at_home(request: Request, settings: Settings) -> bool:
    """Whether server, request and page are all on this machine.

    A name that an outside page rebinds to this machine still shows in Host; a page of elsewhere
    shows in Sec-Fetch-Site; a reverse proxy in its headers, or in the public URL that it needs.
    """
    return (
        settings.public_url is None
        and _is_loopback(settings.host)
        and request.client is not None
        and _is_loopback(request.client.host)
        and _is_loopback(request.url.hostname or "")
        and request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        and not any(name in request.headers for name in _FORWARDED)
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


ROUTES = [
    Route("/studio/session", session, methods=["GET"]),
]
