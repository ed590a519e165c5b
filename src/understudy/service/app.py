"""The application: the service's paths, and its parts while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from understudy.service.api.account import callbacks, costs, profile, session
from understudy.service.api.billing import routes as billing
from understudy.service.api.characters import routes as characters
from understudy.service.api.elements import routes as elements
from understudy.service.api.files import routes as files
from understudy.service.api.motion_control import routes as motion_control
from understudy.service.api.server import capabilities, health
from understudy.service.api.takes import details
from understudy.service.api.takes import routes as takes
from understudy.service.api.tasks import routes as tasks
from understudy.service.http.contract_errors import ContractError
from understudy.service.http.forwarding import ForwardingMiddleware
from understudy.service.http.metrics import Metrics
from understudy.service.http.middleware import RequestMiddleware, let_through
from understudy.service.lifetime import running_service
from understudy.service.openapi import routes as openapi
from understudy.settings import Settings
from understudy.tasks.workers.local import JOBS


def create_app(
    settings: Settings, *, jobs: str = JOBS, more_routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """The service of these settings.

    jobs: the module whose functions the children run. more_routes: such as a page's, matched
    after the service's own.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running_service(settings, jobs, metrics) as service:
            app.state.service = service
            yield

    app = Starlette(
        routes=[
            *motion_control.ROUTES,
            *tasks.ROUTES,
            *elements.ROUTES,
            *characters.ROUTES,
            *costs.ROUTES,
            *billing.ROUTES,
            *profile.ROUTES,
            *callbacks.ROUTES,
            *capabilities.ROUTES,
            *takes.ROUTES,
            *details.ROUTES,
            *files.ROUTES,
            *health.ROUTES,
            *openapi.ROUTES,
            *session.ROUTES,
            *more_routes,
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(ForwardingMiddleware, trusted=settings.trusted_proxies),
            Middleware(RequestMiddleware, observe=metrics.answered),
        ],
        exception_handlers={ContractError: let_through, HTTPException: let_through},
    )
    # RequestMiddleware removes a trailing slash.
    app.router.redirect_slashes = False
    return app
