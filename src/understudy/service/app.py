"""The application: the service's paths, and its parts while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from understudy.service.boundary import Boundary, let_through
from understudy.service.errors import ContractError
from understudy.service.lifetime import running_service
from understudy.service.metrics import Metrics
from understudy.service.routes import (
    account,
    callbacks,
    capabilities,
    description,
    details,
    elements,
    files,
    health,
    legacy,
    profile,
    session,
    takes,
    tasks,
)
from understudy.settings import Settings
from understudy.tasks.local import JOBS


def create_app(
    settings: Settings, *, jobs: str = JOBS, more_routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """The service of these settings.

    jobs: the module whose functions the children run. more_routes: those of a page, say, asked
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
            *legacy.ROUTES,
            *tasks.ROUTES,
            *elements.ROUTES,
            *account.ROUTES,
            *profile.ROUTES,
            *callbacks.ROUTES,
            *capabilities.ROUTES,
            *takes.ROUTES,
            *details.ROUTES,
            *files.ROUTES,
            *health.ROUTES,
            *description.ROUTES,
            *session.ROUTES,
            *more_routes,
        ],
        lifespan=lifespan,
        middleware=[Middleware(Boundary, observe=metrics.answered)],
        exception_handlers={ContractError: let_through, HTTPException: let_through},
    )
    # The boundary takes the last slash off.
    app.router.redirect_slashes = False
    return app
