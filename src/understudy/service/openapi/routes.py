"""`/openapi.json` and `/docs`: the API's description, for machines and for people."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from understudy.service.context import links_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


async def document(request: Request) -> Response:
    """Give the OpenAPI document."""
    return JSONResponse(_document(request))


async def page(request: Request) -> Response:
    """Show the OpenAPI document as a self-contained page."""
    from understudy.service.openapi.reference_page import write_page

    text = write_page(_document(request))
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


def _document(request: Request) -> dict[str, Any]:
    # Imported late: it is rarely requested, and its schemas take a while to build.
    from understudy.service.openapi.document import describe_api

    return describe_api(links_of(request).base)


ROUTES = [
    Route("/openapi.json", document, methods=["GET"]),
    Route("/docs", page, methods=["GET"]),
]
