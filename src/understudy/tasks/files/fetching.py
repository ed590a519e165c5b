"""Fetching clients' URLs: guarded, streamed, limited in size, time and redirects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpcore2
import httpx2

from understudy import __version__
from understudy.errors import MachineFault, machine_fault
from understudy.tasks.files.transport import (
    CONNECTION_ERRORS,
    AddressForbidden,
    GuardedTransport,
    Resolve,
    look_up,
)

MAX_REDIRECTS = 5
"""Short links and CDNs need two or three."""
CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
"""Without a byte for so long, a server counts as hung."""
CHUNK_BYTES = 256 * 1024

_HOPELESS = (
    httpx2.InvalidURL,
    httpx2.TooManyRedirects,
    httpx2.UnsupportedProtocol,
    httpcore2.UnsupportedProtocol,
)


class Unreachable(Exception):  # noqa: N818 - a state
    """A URL could not be fetched. passing: another attempt may succeed."""

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(reason)


class TooLarge(Exception):  # noqa: N818 - a state
    """A URL's content has too many bytes; `found` is its size where the server gave one."""

    def __init__(self, found: int | None) -> None:
        self.found = found
        super().__init__(found)


@dataclass(frozen=True, slots=True)
class Part:
    """The first bytes, or a range, of what a URL names.

    start: where `data` begins. total: the size of the whole file, None if unknown. ranged: whether
    the server returned the requested range; if not, `data` begins at 0.
    """

    data: bytes
    start: int
    total: int | None
    ranged: bool


class Fetcher:
    """Reads clients' URLs."""

    def __init__(self, *, allow_private: bool, resolve: Resolve = look_up) -> None:
        self._client = httpx2.AsyncClient(
            transport=GuardedTransport(allow_private=allow_private, resolve=resolve),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": f"understudy/{__version__}", "Accept-Encoding": "identity"},
            trust_env=False,
        )

    async def download(self, url: str, path: Path, *, max_bytes: int, seconds: float) -> int:
        """Stream what `url` names to a new file; returns its size in bytes.

        Raises Unreachable, TooLarge; the file is then partial.
        """
        with path.open("wb") as file:
            async with _within(seconds), self._get(url, {}) as answer:
                _check_length(answer, max_bytes)
                async for chunk in _chunks(answer):
                    if file.tell() + len(chunk) > max_bytes:
                        raise TooLarge(_length(answer))
                    file.write(chunk)
            return file.tell()

    async def read_part(
        self, url: str, *, start: int, length: int, max_bytes: int, seconds: float
    ) -> Part:
        """Up to `length` bytes from `start` on, or from 0 on where no range is given.

        max_bytes: limit for the whole file. Raises Unreachable, TooLarge.
        """
        headers = {"Range": f"bytes={start}-{start + length - 1}"}
        async with _within(seconds), self._get(url, headers) as answer:
            ranged = answer.status_code == 206
            total = _range_total(answer) if ranged else _length(answer)
            if total is not None and total > max_bytes:
                raise TooLarge(total)
            data = bytearray()
            async for chunk in _chunks(answer):
                data += chunk
                if len(data) >= length:
                    break
            return Part(bytes(data[:length]), start if ranged else 0, total, ranged)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def _get(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx2.Response]:
        with _faults_named():
            request = self._client.build_request("GET", url, headers=headers)
            answer = await self._client.send(request, stream=True)
        try:
            if answer.status_code not in (200, 206):
                passing = answer.status_code in (408, 425, 429) or answer.status_code >= 500
                raise Unreachable(f"status {answer.status_code}", passing=passing)
            yield answer
        finally:
            await answer.aclose()


async def _chunks(answer: httpx2.Response) -> AsyncIterator[bytes]:
    parts = answer.aiter_raw(CHUNK_BYTES)
    while True:
        # Only the far side's faults: what the caller does with a part fails under its own name.
        with _faults_named():
            part = await anext(parts, None)
        if part is None:
            return
        yield part


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except AddressForbidden as error:
        raise Unreachable("the address is not allowed") from error
    except _HOPELESS as error:
        raise Unreachable(type(error).__name__) from error
    except (httpx2.HTTPError, *CONNECTION_ERRORS) as error:
        lacking = machine_fault(error)
        if lacking is not None:
            raise MachineFault(lacking) from error
        raise Unreachable(type(error).__name__, passing=True) from error


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Unreachable("the download took too long", passing=True) from error


def _check_length(answer: httpx2.Response, max_bytes: int) -> None:
    length = _length(answer)
    if length is not None and length > max_bytes:
        raise TooLarge(length)


def _length(answer: httpx2.Response) -> int | None:
    return _number(answer.headers.get("content-length", ""))


def _range_total(answer: httpx2.Response) -> int | None:
    return _number(answer.headers.get("content-range", "").rpartition("/")[2])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
