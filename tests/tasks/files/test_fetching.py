"""What clients point at is fetched within its caps, and never from inside the network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path

import pytest

from understudy.tasks.files.fetching import Fetcher, TooLarge, Unreachable

Answer = Callable[[str, dict[str, str]], bytes | None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"
ENDLESS = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[str]:
    """A server on loopback; `answer` gets path and headers, None leaves the client waiting."""

    handlers: list[asyncio.Task[None]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.extend(filter(None, [asyncio.current_task()]))
        with suppress(ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *fields = head.strip().split("\r\n")
            headers = {k.lower(): v for k, v in (field.split(": ", 1) for field in fields)}
            data = answer(line.split(" ")[1], headers)
            writer.write(data or b"")
            while data == ENDLESS:
                writer.write(b"x" * 65536)
                await writer.drain()
            if data is None:
                await reader.read()
        with suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}"
        await asyncio.gather(*handlers)


@asynccontextmanager
async def fetching(**options: object) -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(**{"allow_private": True, **options})  # type: ignore[arg-type]
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def refusal(url: str, path: Path, **options: object) -> Unreachable:
    async with fetching(**options) as fetcher:
        with pytest.raises(Unreachable) as caught:
            await fetcher.download(url, path / "file", max_bytes=100, seconds=1)
        return caught.value


@pytest.mark.anyio
async def test_a_file_is_streamed_to_disk(tmp_path: Path) -> None:
    async with serving(lambda *_: OK) as base, fetching() as fetcher:
        size = await fetcher.download(f"{base}/a", tmp_path / "file", max_bytes=10, seconds=5)
    assert size == 10
    assert (tmp_path / "file").read_bytes() == b"0123456789"


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [OK, ENDLESS])
async def test_more_than_the_cap_is_not_taken_told_or_untold(tmp_path: Path, answer: bytes) -> None:
    async with serving(lambda *_: answer) as base, fetching() as fetcher:
        with pytest.raises(TooLarge):
            await fetcher.download(base, tmp_path / "file", max_bytes=9, seconds=5)
        with pytest.raises(TooLarge) if answer == OK else nullcontext():
            await fetcher.read_part(base, start=0, length=5, max_bytes=9, seconds=5)


@pytest.mark.anyio
async def test_time_is_capped_whatever_the_far_side_does(tmp_path: Path) -> None:
    async with serving(lambda *_: None) as base, fetching() as fetcher:
        with pytest.raises(Unreachable) as caught:
            await fetcher.download(base, tmp_path / "file", max_bytes=9, seconds=0.05)
        assert caught.value.passing


@pytest.mark.anyio
async def test_a_hanging_name_server_is_given_up(tmp_path: Path) -> None:
    import threading

    release = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        release.wait()
        return []

    async with fetching(resolve=hang) as fetcher:
        with pytest.raises(Unreachable):
            await fetcher.download(
                "http://name.example/", tmp_path / "file", max_bytes=9, seconds=0.05
            )
        release.set()


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "passing"), [(404, False), (403, False), (503, True)])
async def test_another_status_is_a_refusal(tmp_path: Path, status: int, passing: bool) -> None:
    answer = f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode()
    async with serving(lambda *_: answer) as base:
        assert (await refusal(base, tmp_path)).passing is passing


@pytest.mark.anyio
async def test_a_range_is_read_where_it_is_given_and_the_start_where_not() -> None:
    def answer(path: str, headers: dict[str, str]) -> bytes:
        if path == "/whole":
            return OK
        assert headers["range"] == "bytes=4-6"
        return b"HTTP/1.1 206 x\r\nContent-Range: bytes 4-6/10\r\nContent-Length: 3\r\n\r\n456"

    async with serving(answer) as base, fetching() as fetcher:
        options = {"start": 4, "length": 3, "max_bytes": 99, "seconds": 5}
        part = await fetcher.read_part(f"{base}/part", **options)  # type: ignore[arg-type]
        assert (part.data, part.start, part.total, part.ranged) == (b"456", 4, 10, True)
        part = await fetcher.read_part(f"{base}/whole", **options)  # type: ignore[arg-type]
        assert (part.data, part.start, part.total, part.ranged) == (b"012", 0, 10, False)


def redirect(target: str) -> bytes:
    return f"HTTP/1.1 302 x\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.anyio
async def test_redirects_are_followed_to_a_cap(tmp_path: Path) -> None:
    def answer(path: str, _: dict[str, str]) -> bytes:
        left = int(path[1:])
        return redirect(f"/{left - 1}") if left else OK

    async with serving(answer) as base, fetching() as fetcher:
        await fetcher.download(f"{base}/5", tmp_path / "file", max_bytes=10, seconds=5)
        with pytest.raises(Unreachable, match="TooManyRedirects"):
            await fetcher.download(f"{base}/6", tmp_path / "file", max_bytes=10, seconds=5)


INNER = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://0.0.0.0:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://user:password@127.0.0.1:{port}/",
]


@pytest.mark.anyio
@pytest.mark.parametrize("url", INNER)
async def test_no_spelling_of_an_inner_address_gets_through(tmp_path: Path, url: str) -> None:
    reached: list[str] = []
    async with serving(lambda path, _: reached.append(path) or OK) as base:
        port = base.rpartition(":")[2]
        error = await refusal(url.format(port=port), tmp_path, allow_private=False)
    assert str(error) in ("the address is not allowed", "InvalidURL")
    assert not reached


@pytest.mark.anyio
async def test_a_name_that_resolves_to_an_inner_address_is_refused(tmp_path: Path) -> None:
    for found in (["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["fe80::1%2"]):
        error = await refusal(
            "http://inner.example/", tmp_path, allow_private=False, resolve=_always(found)
        )
        assert "not allowed" in str(error)


@pytest.mark.anyio
async def test_a_redirect_to_an_inner_address_is_refused(tmp_path: Path) -> None:
    """The first host stands for a public one: only its name is let through to the test's server."""
    reached: list[str] = []

    def answer(path: str, _: dict[str, str]) -> bytes:
        reached.append(path)
        return redirect(f"http://inner.example:{port}/secret")

    async with serving(answer) as base:
        port = base.rpartition(":")[2]
        resolve = {"public.example": ["127.0.0.1"], "inner.example": ["169.254.169.254"]}
        async with fetching(resolve=lambda host, _: resolve[host]) as fetcher:
            with pytest.raises(Unreachable):
                await fetcher.download(
                    f"http://public.example:{port}/", tmp_path / "f", max_bytes=9, seconds=0.5
                )
        assert reached == ["/"]
        error = await refusal(
            f"http://public.example:{port}/",
            tmp_path,
            allow_private=False,
            resolve=lambda host, _: resolve[host],
        )
        assert "not allowed" in str(error)


@pytest.mark.anyio
async def test_a_name_is_resolved_once_per_connection(tmp_path: Path) -> None:
    """A name that changes its answer between check and connection has no second chance."""
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with serving(lambda *_: OK) as base, fetching(resolve=rebinding) as fetcher:
        port = base.rpartition(":")[2]
        for _ in range(2):
            await fetcher.download(
                f"http://a.example:{port}/", tmp_path / "f", max_bytes=10, seconds=5
            )
    assert asked == ["a.example"] * 2


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "file:///etc/passwd", "nothing", "http://exa\nmple/"]
)
async def test_what_is_no_web_address_is_refused(tmp_path: Path, url: str) -> None:
    assert not (await refusal(url, tmp_path)).passing


def _always(found: list[str]) -> Callable[[str, int], list[str]]:
    return lambda _host, _port: found


@pytest.mark.anyio
async def test_a_full_disk_is_not_the_far_sides_fault(tmp_path: Path) -> None:
    async with serving(lambda *_: OK) as base, fetching() as fetcher:
        with pytest.raises(OSError, match="No space left"):
            await fetcher.download(base, Path("/dev/full"), max_bytes=10, seconds=5)
