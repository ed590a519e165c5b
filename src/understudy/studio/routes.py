"""Where the page is served: `/` is the page, `/studio/...` what it loads, the samples too."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from understudy.studio.samples import find_samples

STATIC = Path(__file__).parent / "static"
ASSETS = "/studio"
SAMPLES = f"{ASSETS}/samples"
_SAMPLE_HEADERS = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}

# Scripts and styles come from this server alone. Pictures and videos may be anywhere: results lie
# where the operator's storage is, and users point at media by URL.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "font-src 'self'",
        "connect-src 'self'",
        "img-src * blob: data:",
        "media-src * blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(self), microphone=(self)",
    # The page names its files by their content, so only the page itself must be requested again.
    "cache-control": "no-cache",
}


def routes() -> list[BaseRoute]:
    """The page's routes, to come after all others of an application."""
    return [
        Route("/", _page, methods=["GET"], include_in_schema=False),
        Route(SAMPLES, _samples, methods=["GET"], include_in_schema=False),
        Route(SAMPLES + "/{name}", _sample, methods=["GET"], include_in_schema=False),
        Mount(ASSETS, _Assets(directory=STATIC / ASSETS.strip("/"))),
    ]


async def _page(request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers=_HEADERS)


async def _samples(request: Request) -> Response:
    listed = [
        {"kind": sample.kind, "name": sample.path.name, "title": sample.title}
        for sample in find_samples()
    ]
    return JSONResponse(listed, headers={"cache-control": "no-cache"})


async def _sample(request: Request) -> Response:
    wanted = request.path_params["name"]
    for sample in find_samples():
        if sample.path.name == wanted:
            return FileResponse(sample.path, headers=_SAMPLE_HEADERS)
    raise HTTPException(404)


class _Assets(StaticFiles):
    """Files that never change under their name."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        response.headers["x-content-type-options"] = "nosniff"
        return response
