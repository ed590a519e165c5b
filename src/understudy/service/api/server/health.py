"""Liveness, readiness and metrics of the server."""

from __future__ import annotations

import asyncio
import resource
import shutil
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from understudy.service.context import Service, service_of
from understudy.service.http.contract_errors import Unavailable
from understudy.service.http.envelope import success
from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.db.repository import tasks
from understudy.tasks.files.storage import StorageUnavailable

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LEAST_FREE_BYTES = 64 * 1024 * 1024
"""A take's files need about so much."""
_LEAST_FREE_DESCRIPTORS = 32
"""A take and its connections need about so many."""
_DESCRIPTORS = Path("/dev/fd")


async def healthz(request: Request) -> Response:
    """Liveness check."""
    return success(request, {"status": "ok"})


async def readyz(request: Request) -> Response:
    """Readiness check of database, storage, disk, file descriptors and workers."""
    service = service_of(request)
    problems = [
        *await _database_problems(service),
        *await _storage_problems(service),
        *await asyncio.to_thread(_machine_problems, service.settings.data),
    ]
    fault = service.controller.fault
    if fault is not None and fault not in problems:
        problems.append(fault)
    if problems:
        raise Unavailable(f"Not ready: {'; '.join(problems)}")
    return success(request, {"status": "ok"})


async def _database_problems(service: Service) -> list[str]:
    try:
        await service.database.read(tasks.count_live)
    except DatabaseUnavailable:
        return ["the database does not respond"]
    return []


async def _storage_problems(service: Service) -> list[str]:
    try:
        await service.storage.check()
    except StorageUnavailable as error:
        return [f"the storage does not respond ({error})"]
    return []


def _machine_problems(data: Path) -> list[str]:
    problems = []
    if shutil.disk_usage(data).free < _LEAST_FREE_BYTES:
        problems.append("the disk is full")
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        used = sum(1 for _ in _DESCRIPTORS.iterdir())
    except OSError:
        used = limit
    if limit != resource.RLIM_INFINITY and used > limit - _LEAST_FREE_DESCRIPTORS:
        problems.append("too many files are open")
    return problems


async def metrics(request: Request) -> Response:
    """Give the metrics in Prometheus's form."""
    service = service_of(request)
    page = service.metrics.page(
        live=await service.database.read(tasks.count_live),
        queue=await service.queue_places.state(),
        controller=service.controller,
    )
    return Response(page, media_type=METRICS_TYPE)


ROUTES = [
    Route("/healthz", healthz, methods=["GET"]),
    Route("/readyz", readyz, methods=["GET"]),
    Route("/metrics", metrics, methods=["GET"]),
]
