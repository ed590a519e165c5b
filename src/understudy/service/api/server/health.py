"""Liveness, readiness and metrics of the server."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.context import service_of
from understudy.service.http.contract_errors import Unavailable
from understudy.service.http.envelope import success
from understudy.tasks.db.repository import tasks
from understudy.tasks.files.storage import StorageUnavailable

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def healthz(request: Request) -> Response:
    """Liveness check."""
    return success(request, {"status": "ok"})


async def readyz(request: Request) -> Response:
    """Readiness check of database and storage."""
    service = service_of(request)
    await service.database.read(tasks.count_live)
    try:
        await service.storage.check()
    except StorageUnavailable as error:
        raise Unavailable("The storage does not respond") from error
    return success(request, {"status": "ok"})


async def metrics(request: Request) -> Response:
    """Give the metrics in Prometheus's form."""
    service = service_of(request)
    live = await service.database.read(tasks.count_live)
    page = service.metrics.page(live=live, running=service.controller.running)
    return Response(page, media_type=METRICS_TYPE)


ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]
