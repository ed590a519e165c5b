"""A real server with rehearsed takes, a far side with media, and accounts to ask it with."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from PIL import Image

from tests import web
from tests.media.media_maker import write_clip
from tests.service.far_side import FarSide, far_side
from understudy.tasks.accounts.credentials import Credentials, open_account
from understudy.tasks.accounts.keyring import Keyring, load_keyring
from understudy.tasks.db.database import Database
from understudy.testing import RehearsalServer, rehearsing

PATH = "/v1/videos/motion-control"
CLIENT_SECONDS = 10
"""So long clients wait at least for an answer. The server gives up what hangs after some 4 s; the
rest is for a busy machine."""
_names = (f"account-{number}" for number in itertools.count())


@dataclass
class Client:
    """One account's way to the server."""

    http: httpx2.Client
    credentials: Credentials

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send one request, signed in with the API key unless headers are given."""
        options.setdefault("headers", {"Authorization": f"Bearer {self.credentials.api_key}"})
        return self.http.request(method, path, **options)

    def data(self, method: str, path: str, **options: Any) -> Any:
        """The data of an answer that must be a success."""
        answer = self.ask(method, path, **options)
        body = answer.json()
        assert answer.status_code == 200, body
        assert (body["code"], body["message"]) == (0, "SUCCEED")
        return body["data"]

    def error(self, method: str, path: str, **options: Any) -> tuple[int, int, str]:
        """Status, code and message of an answer that must be an error without data."""
        answer = self.ask(method, path, **options)
        body = answer.json()
        assert set(body) == {"code", "message", "request_id"}
        return answer.status_code, body["code"], body["message"]

    def ended(self, task_id: str) -> Any:
        """The record of a task once it has ended, followed by its events."""
        with self.http.stream(
            "GET",
            f"{PATH}/{task_id}/events",
            headers={"Authorization": f"Bearer {self.credentials.api_key}"},
        ) as stream:
            for _ in stream.iter_lines():
                pass
        record = self.data("GET", f"{PATH}/{task_id}")
        assert record["task_status"] in ("succeed", "failed")
        return record


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """A server of this run's own, on SQLite, whose workers are tried again at once."""
    with rehearsing(
        tmp_path_factory.mktemp("server"),
        slots=2,
        rate_limit="",
        shutdown_seconds=0,
        callback_timeout_seconds=3,
        take_memory_mb=1024,
        models={
            "generated": {"engine": "wan-animate-2", "std": 2, "pro": 3},
            "brief": {"engine": "puppet", "std": 1, "max_seconds": 5},
            "patient": {"engine": "puppet", "std": 1, "max_seconds": 20},
        },
    ) as running:
        yield running


@pytest.fixture(scope="session")
def server_database(server: RehearsalServer) -> Iterator[Database]:
    """The server's database, to make accounts in."""
    database = Database(f"sqlite:///{server.data / 'understudy.db'}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def server_keyring(server: RehearsalServer) -> Keyring:
    """The server's keys."""
    return load_keyring(None, server.data)


@pytest.fixture(scope="session")
def _http(server: RehearsalServer) -> Iterator[httpx2.Client]:
    with web.client(base_url=server.url) as http:
        yield http


@pytest.fixture
def new_client(
    _http: httpx2.Client, server_database: Database, server_keyring: Keyring
) -> Callable[[], Client]:
    """Makes clients, each of an account of its own."""

    def make() -> Client:
        made = server_database.write_now(open_account, server_keyring, next(_names))
        return Client(_http, made)

    return make


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    """A client of a fresh account."""
    return new_client()


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A picture at the least size, and clips of 3 s and other lengths."""
    folder = tmp_path_factory.mktemp("media")

    def clip(name: str, seconds: float, size: tuple[int, int] = (340, 340)) -> bytes:
        path = write_clip(
            folder / name, size=size, frames=round(seconds * 5), fps=5, options={"crf": "40"}
        )
        return path.read_bytes()

    def picture(width: int, height: int, form: str = "PNG") -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (90, 120, 150)).save(file, form)
        return file.getvalue()

    return {
        "picture.png": picture(300, 300),
        "picture.jpg": picture(300, 300, "JPEG"),
        "narrow.png": picture(299, 300),
        "tall.png": picture(300, 750),
        "too-tall.png": picture(300, 751),
        "picture.gif": picture(300, 300, "GIF"),
        "cut.png": picture(300, 300)[:-30],
        "empty.png": b"",
        "page.html": b"<!doctype html><title>not found</title>",
        "clip.mp4": clip("clip.mp4", 3),
        "short.mp4": clip("short.mp4", 2.6),
        "eleven.mp4": clip("eleven.mp4", 11),
        "long.mp4": clip("long.mp4", 31),
        "small.mp4": clip("small.mp4", 3, (336, 340)),
    }


@pytest.fixture(scope="session")
def far(media: dict[str, bytes]) -> Iterator[FarSide]:
    """A far side that has the media."""
    with far_side() as side:
        for name, data in media.items():
            side.put(name, data)
        yield side


@pytest.fixture
def create_body(far: FarSide) -> Callable[..., dict[str, Any]]:
    """Makes bodies of legacy creates; None leaves a field out."""

    def make(**changes: Any) -> dict[str, Any]:
        body = {
            "model_name": "kling-v2-6",
            "image_url": f"{far.url}/picture.png",
            "video_url": f"{far.url}/clip.mp4",
            "character_orientation": "video",
            "mode": "std",
            **changes,
        }
        return {name: value for name, value in body.items() if value is not ...}

    return make
