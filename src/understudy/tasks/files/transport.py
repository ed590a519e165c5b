"""Connections to clients' URLs, never to an address inside the operator's network.

The check is made where the connection is: the name is resolved once, every address that it
resolves to is checked, and the connection goes to a checked address. A redirect or another request
is a new connection and checked again, so neither that nor a name that changes its answer gets past.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpcore2
import httpx2

from understudy.tasks.files.addresses import is_public

RESOLVER_THREADS = 16
"""So many look-ups may hang before others wait."""
MAX_CONNECTIONS = 100
"""Over all clients; more wait."""

CONNECTION_ERRORS = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    OSError,
)
"""What the transport raises, besides AddressForbidden, when the other side is unreachable."""


class AddressForbidden(Exception):  # noqa: N818 - a state
    """The host is, or resolves to, an address that clients' URLs may not lead to."""


Resolve = Callable[[str, int], list[str]]
"""Host and port to addresses, in the order in which to try them."""


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, as the system resolves it; raises OSError, UnicodeError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # The fourth part of an IPv6 address is its scope, which makes it a local one.
    return list(
        dict.fromkeys(
            f"{where[0]}%{where[3]}" if len(where) == 4 and where[3] else str(where[0])
            for *_, where in answers
        )
    )


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Connects to public addresses only, unless `allow_private`. Uses no proxy."""

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        backend = _GuardedBackend(resolve, allow_private=allow_private)
        self._resolvers = backend.resolvers
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or httpx2.create_ssl_context(),
            # A connection is used once: what was checked is what is read.
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises AddressForbidden and CONNECTION_ERRORS."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme,
                    host=url.raw_host,
                    port=url.port,
                    target=url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        assert isinstance(answer.stream, AsyncIterable)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        await self._pool.aclose()


class _Body(httpx2.AsyncByteStream):
    def __init__(self, stream: AsyncIterable[bytes]) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()  # type: ignore[attr-defined]


class _GuardedBackend(httpcore2.AsyncNetworkBackend):
    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve_now = resolve
        self._allow_private = allow_private
        self._backend = httpcore2.AnyIOBackend()
        # Threads of its own: a name server that hangs must not hold up the rest of the server.
        self.resolvers = ThreadPoolExecutor(RESOLVER_THREADS, "resolver")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port, timeout)
        for address in addresses[:-1]:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._backend.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise AddressForbidden(path)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int, timeout: float | None) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                found = await loop.run_in_executor(self.resolvers, self._resolve_now, host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"no name server responded for {host}") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} has no address") from error
        if not found:
            raise httpcore2.ConnectError(f"{host} has no address")
        if not self._allow_private and not all(is_public(address) for address in found):
            raise AddressForbidden(host)
        return found
