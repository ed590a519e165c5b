"""Large bodies take their turns at memory, and none keeps the server from serving."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message

from understudy.service.http.contract_errors import (
    MalformedRequest,
    TooManyRequests,
    Unavailable,
)
from understudy.service.http.json_bodies import (
    BYTES_PER_ESCAPE,
    MAX_ENTRIES,
    SMALL_BYTES,
    LargeBodies,
    read_object,
)
from understudy.service.http.rates import UPLOADS_AT_ONCE, RateLimiter

LARGE = json.dumps({"image": "A" * (2 * SMALL_BYTES)}).encode()


class Sent:
    """A request whose body arrives in the pieces that are put in."""

    def __init__(self, *pieces: bytes, ended: bool = True) -> None:
        self._messages: asyncio.Queue[Message] = asyncio.Queue()
        for piece in pieces:
            self.put(piece)
        if ended:
            self.put(b"", more=False)
        self.request = Request({"type": "http", "method": "POST", "headers": []}, self._receive)

    def put(self, piece: bytes, *, more: bool = True) -> None:
        self._messages.put_nowait({"type": "http.request", "body": piece, "more_body": more})

    async def _receive(self) -> Message:
        return await self._messages.get()


@pytest.fixture
def bodies(tmp_path: Path) -> LargeBodies:
    """With room for three bodies, two of one account, that give up waiting at once."""
    room = {"room": 3 * len(LARGE), "per_account": 2 * len(LARGE)}
    return LargeBodies(tmp_path, RateLimiter(""), seconds=0.05, **room)


@pytest.mark.anyio
async def test_an_account_with_large_bodies_leaves_room_for_another(bodies: LargeBodies) -> None:
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(bodies.read_object(Sent(LARGE).request, 1))
        with pytest.raises(Unavailable) as refused:
            await held.enter_async_context(bodies.read_object(Sent(LARGE).request, 1))
        assert refused.value.retry_after
        await held.enter_async_context(bodies.read_object(Sent(b'{"small": 1}').request, 1))
        await held.enter_async_context(bodies.read_object(Sent(LARGE).request, 2))
        with pytest.raises(Unavailable):
            await held.enter_async_context(bodies.read_object(Sent(LARGE).request, 3))
    async with bodies.read_object(Sent(LARGE).request, 3) as value:
        assert len(value["image"]) == 2 * SMALL_BYTES


@pytest.mark.anyio
async def test_a_body_that_arrives_slowly_takes_no_room(bodies: LargeBodies) -> None:
    slow = [Sent(LARGE[:-1], ended=False) for _ in range(4)]
    reading = [
        asyncio.create_task(bodies.read_object(each.request, 1).__aenter__()) for each in slow
    ]
    await asyncio.sleep(0)
    async with bodies.read_object(Sent(LARGE).request, 1) as value:
        assert len(value["image"]) == 2 * SMALL_BYTES
    slow[0].put(LARGE[-1:], more=False)
    assert (await reading[0])["image"]
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


@pytest.mark.anyio
async def test_so_many_large_bodies_of_an_account_arrive_at_once(bodies: LargeBodies) -> None:
    slow = [Sent(LARGE[:-1], ended=False) for _ in range(UPLOADS_AT_ONCE)]
    reading = [
        asyncio.create_task(bodies.read_object(each.request, 1).__aenter__()) for each in slow
    ]
    await asyncio.sleep(0.01)
    with pytest.raises(TooManyRequests):
        await bodies.read_object(Sent(LARGE).request, 1).__aenter__()
    async with bodies.read_object(Sent(b'{"small": 1}').request, 1) as value:
        assert value == {"small": 1}
    async with bodies.read_object(Sent(LARGE).request, 2) as value:
        assert value["image"]
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)


@pytest.mark.anyio
async def test_a_large_body_that_takes_long_to_parse_is_refused(bodies: LargeBodies) -> None:
    lists = b'{"a": [' + b"[]," * (MAX_ENTRIES // 2) + b"[]]}"
    assert len(lists) < SMALL_BYTES
    lists += b" " * SMALL_BYTES
    with pytest.raises(MalformedRequest, match="too many entries"):
        await bodies.read_object(Sent(lists).request, 1).__aenter__()
    escapes = b'{"image": "' + b"A\\/" * SMALL_BYTES + b'"}'
    with pytest.raises(MalformedRequest, match="too many escapes"):
        await bodies.read_object(Sent(escapes).request, 1).__aenter__()


@pytest.mark.anyio
async def test_base64_as_php_escapes_it_and_any_script_beside_it_are_read(
    bodies: LargeBodies,
) -> None:
    letters = ("A" * (2 * BYTES_PER_ESCAPE - 1) + "/") * (SMALL_BYTES // BYTES_PER_ESCAPE)
    body = json.dumps({"prompt": "跳舞 💃", "image": letters}, ensure_ascii=False)
    escaped = body.replace("/", "\\/").encode()
    async with bodies.read_object(Sent(escaped).request, 1) as value:
        assert value == {"prompt": "跳舞 💃", "image": letters}


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"[1]", b'{"a": NaN}', b'{"a": ', b"{'a': 1}", b""])
async def test_what_is_no_json_object_is_refused_large_or_small(
    bodies: LargeBodies, body: bytes
) -> None:
    for padded in (body, body + b" " * SMALL_BYTES):
        with pytest.raises(MalformedRequest):
            await bodies.read_object(Sent(padded).request, 1).__aenter__()


@pytest.mark.anyio
async def test_a_body_without_pictures_is_small() -> None:
    with pytest.raises(MalformedRequest, match="at most 256 KB are allowed"):
        await read_object(Sent(LARGE).request)
