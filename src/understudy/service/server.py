"""The server's process: socket, signals, and the application between them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.routing import BaseRoute

from understudy.service.app import create_app
from understudy.service.http.connections import Gate, end_overdue, limited, raise_descriptor_limit
from understudy.service.http.logs import configure_logs
from understudy.settings import Settings
from understudy.tasks.workers.local import JOBS

_BACKLOG = 2048
_KEEP_ALIVE_SECONDS = 75
# Responses in progress get this long once the server is asked to stop; event streams end at once.
_LAST_ANSWERS_SECONDS = 2


def serve(
    settings: Settings,
    *,
    jobs: str = JOBS,
    more_routes: Sequence[BaseRoute] = (),
    on_ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until a signal says to stop.

    jobs, more_routes: as for `create_app`. on_ready: told the base URL once requests are answered.
    Raises OSError when the address is taken or not allowed.
    """
    configure_logs(settings.log_level, settings.log_format)
    raise_descriptor_limit()
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    if port != settings.port:
        settings = settings.model_copy(update={"port": port})
    config = uvicorn.Config(
        create_app(settings, jobs=jobs, more_routes=more_routes),
        http=limited(Gate(settings.connections_per_address, settings.trusted_proxies)),
        ws="none",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        server_header=False,
        # ForwardingMiddleware does this, and the host as well.
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
    )
    server = _Server(config, lambda: on_ready(settings.base_url))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._ending: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What is here now stays: the collector need not walk through it again and again.
        gc.collect()
        gc.freeze()
        if self.started:
            self._ending = asyncio.create_task(end_overdue(self.server_state.connections))
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._ending is not None:
            self._ending.cancel()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(False)
    return listener
