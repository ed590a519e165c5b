"""The JSON that requests come as. Most bodies are small; those that hold pictures can be large.

A large body waits on disk until there is room for it in memory, so that memory holds few of them,
however many arrive and however slowly.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NoReturn

from pydantic_core import from_json
from starlette.requests import Request

from understudy.service.http.contract_errors import MalformedRequest, Unavailable
from understudy.service.http.rates import RateLimiter
from understudy.tasks.workers.turns import Turns

SMALL_BYTES = 256 * 1024
"""Of a body without pictures. Up to here a body is parsed at once, which takes milliseconds."""
LARGE_BYTES = 80 * 1024 * 1024
"""Of a body with pictures: 50 MB in base64 and all that may lie beside them."""
ROOM_BYTES = 3 * LARGE_BYTES
"""Of all large bodies that are parsed, or whose request is being answered."""
ROOM_BYTES_PER_ACCOUNT = 2 * LARGE_BYTES
ROOM_SECONDS = 3.0
"""For which a body waits for room: clients give up after 5 s."""
MAX_ENTRIES = 100_000
"""Of a large body, as its commas, colons and brackets count them: what it is large by is text. Each
takes 70 bytes and a microsecond in which nobody else is served."""
BYTES_PER_ESCAPE = 32
"""A large body has at most one escape in so many bytes. PHP writes `\\/`, so that base64 has one in
64; each takes as long as 150 letters."""


class LargeBodies:
    """Reads bodies that may hold pictures.

    folder: for those that wait. rates: counts those of an account that arrive. room, per_account:
    bytes. seconds: for which a body waits.
    """

    def __init__(
        self,
        folder: Path,
        rates: RateLimiter,
        *,
        room: int = ROOM_BYTES,
        per_account: int = ROOM_BYTES_PER_ACCOUNT,
        seconds: float = ROOM_SECONDS,
    ) -> None:
        self._folder = folder
        self._rates = rates
        self._seconds = seconds
        self._turns = Turns(room, per_account)
        # Parsing keeps everybody waiting, so there is a pause after each body.
        self._parsing = asyncio.Lock()

    @asynccontextmanager
    async def read_object(self, request: Request, account_id: int) -> AsyncIterator[dict[str, Any]]:
        """The request's body, a JSON object, for which there is room inside the block.

        Accounts take turns. Raises MalformedRequest, TooManyRequests, and Unavailable when there is
        no room in time.
        """
        async with AsyncExitStack() as held:
            with (
                ExitStack() as arriving,
                SpooledTemporaryFile(max_size=SMALL_BYTES, dir=str(self._folder)) as file,
            ):
                size = 0
                async for chunk in _chunks(request, LARGE_BYTES):
                    if size <= SMALL_BYTES < size + len(chunk):
                        arriving.enter_context(self._rates.uploading(account_id))
                    size += file.write(chunk)
                file.seek(0)
                if size <= SMALL_BYTES:
                    value = _parse_small(file.read())
                else:
                    await self._wait_for_room(held, account_id, size)
                    async with self._parsing:
                        value = await asyncio.to_thread(_parse_large, file)
            yield _object(value)

    async def _wait_for_room(self, held: AsyncExitStack, account_id: int, size: int) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await held.enter_async_context(self._turns.turn(account_id, size))
        except TimeoutError:
            raise Unavailable("Too many large requests at once, try again later") from None


async def read_object(request: Request) -> dict[str, Any]:
    """The request's body, a small JSON object. Raises MalformedRequest."""
    return _object(_parse_small(await _receive_small(request)))


async def read_optional_object(request: Request) -> dict[str, Any]:
    """As `read_object`; a request without a body is an empty object."""
    body = await _receive_small(request)
    return _object(_parse_small(body)) if body.strip() else {}


async def _receive_small(request: Request) -> bytes:
    return b"".join([chunk async for chunk in _chunks(request, SMALL_BYTES)])


async def _chunks(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """The body in pieces. Raises MalformedRequest when it is too large."""
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told) > max_bytes:
        raise _too_large(max_bytes)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise _too_large(max_bytes)
        yield chunk


def _too_large(max_bytes: int) -> MalformedRequest:
    kib = max_bytes // 1024
    most = f"{kib // 1024} MB" if kib >= 1024 else f"{kib} KB"
    return MalformedRequest(f"the request body is too large; at most {most} are allowed")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedRequest
    return value


def _parse_small(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _not_json() from error


def _parse_large(file: IO[bytes]) -> Any:
    """The value of a large body; unlike `json`, the parser makes no copy of the text first."""
    body = file.read()
    if sum(body.count(mark) for mark in b",:[{") > MAX_ENTRIES:
        raise MalformedRequest(
            f"The request body has too many entries; at most {MAX_ENTRIES} are allowed"
        )
    if body.count(b"\\") > len(body) // BYTES_PER_ESCAPE:
        raise MalformedRequest("The request body has too many escapes")
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise _not_json() from error


def _not_json() -> MalformedRequest:
    return MalformedRequest("The request body is not valid JSON")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
