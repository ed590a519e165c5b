"""A machine that lacks disk space: requests are put off with words, and reads go on."""

from __future__ import annotations

import base64
import contextlib
import itertools
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import web
from tests.service.conftest import CLIENT_SECONDS, PATH, Client
from tests.waiting import until
from understudy.tasks.accounts.credentials import open_account
from understudy.tasks.accounts.keyring import load_keyring
from understudy.tasks.db.database import Database
from understudy.testing import RehearsalServer, rehearsing
from understudy.testing.service import start

UNAVAILABLE = (503, 5001)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """A server that may be ill-treated, and is well again afterwards."""
    with rehearsing(
        tmp_path_factory.mktemp("alone"), slots=1, rate_limit="", shutdown_seconds=0
    ) as server:
        yield server


@pytest.fixture
def its_client(alone: RehearsalServer) -> Iterator[Client]:
    """A client of that server, of an account of its own."""
    database = Database(f"sqlite:///{alone.data / 'understudy.db'}")
    name = f"account-{next(_numbers)}"
    made = database.write_now(open_account, load_keyring(None, alone.data), name)
    database.close()
    with web.client(base_url=alone.url) as http:
        yield Client(http, made)


@contextlib.contextmanager
def files_of_at_most(server: RehearsalServer, size: int) -> Iterator[None]:
    """A limit on the size of the server's files stands for a disk that takes nothing more."""
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, -1))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_uploads_and_base64_are_put_off(
    alone: RehearsalServer,
    its_client: Client,
    media: dict[str, bytes],
    create_body: Callable[..., dict[str, Any]],
) -> None:
    body = create_body(image_url=base64.b64encode(media["picture.png"]).decode())
    its_client.data("POST", PATH, json=body)
    with files_of_at_most(alone, 100):
        for options in (
            {"url": "/v1/files", "files": {"file": ("clip.mp4", media["clip.mp4"])}},
            {"url": PATH, "json": body},
        ):
            answer = its_client.ask("POST", options.pop("url"), **options)
            assert (answer.status_code, answer.json()["code"]) == UNAVAILABLE
            assert int(answer.headers["retry-after"]) >= 1
        assert len(its_client.data("GET", PATH)) == 1
    its_client.data("POST", "/v1/files", files={"file": ("clip.mp4", media["clip.mp4"])})


def test_a_create_on_a_locked_database_is_answered_before_its_client_gives_up(
    alone: RehearsalServer, its_client: Client, create_body: Callable[..., dict[str, Any]]
) -> None:
    made = its_client.data("POST", PATH, json=create_body(prompt="hang"))
    locker = sqlite3.connect(alone.data / "understudy.db", isolation_level=None, timeout=30)
    locker.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        began = time.monotonic()
        answer = its_client.ask("POST", PATH, json=create_body())
        assert time.monotonic() - began < CLIENT_SECONDS
        assert (answer.status_code, answer.json()["code"]) == UNAVAILABLE
        assert int(answer.headers["retry-after"]) >= 1
    locker.execute("ROLLBACK")
    locker.close()
    assert len(its_client.data("GET", PATH)) == 1
    its_client.data("POST", f"{PATH}/{made['task_id']}/cancel")


def answered(client: Client, method: str, **options: Any) -> httpx2.Response:
    """The answer to a request that is sent again while it is put off: one that finds every open
    connection to the database in use cannot open another.
    """
    answers: list[httpx2.Response] = []

    def comes() -> bool:
        answers.append(client.ask(method, PATH, **options))
        return answers[-1].status_code != UNAVAILABLE[0]

    until(comes)
    return answers[-1]


def test_without_file_descriptors_reads_and_refusals_go_on_and_readiness_says_why(
    alone: RehearsalServer, its_client: Client
) -> None:
    its_client.data("GET", PATH)
    process = alone.process.pid
    before = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (8, before[1]))
    try:
        assert answered(its_client, "GET").json()["data"] == []
        refused = answered(its_client, "POST", json={"model_name": "x"})
        assert (refused.status_code, refused.json()["code"]) == (400, 1201)
        assert its_client.error("GET", "/readyz") == (
            *UNAVAILABLE,
            "Not ready: too many files are open",
        )
    finally:
        resource.prlimit(process, resource.RLIMIT_NOFILE, before)
    its_client.data("GET", "/readyz")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own; where none can be mounted the test is skipped."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_server_that_has_run_before_starts_on_a_full_disk_and_serves_reads(
    small_disk: Path,
) -> None:
    server = start(small_disk / "data")
    headers = server.headers
    server.stop()
    with (small_disk / "rest").open("wb", buffering=0) as rest, contextlib.suppress(OSError):
        while True:
            rest.write(bytes(4096))
    server = start(small_disk / "data")
    try:
        with web.client(base_url=server.url, headers=headers) as http:
            assert http.get(PATH).json()["data"] == []
            ready = http.get("/readyz")
            upload = http.post("/v1/files", files={"file": ("picture.png", bytes(2_000_000))})
        assert (ready.status_code, ready.json()["code"]) == UNAVAILABLE
        assert ready.json()["message"] == "Not ready: the disk is full"
        assert (upload.status_code, upload.json()["code"]) == UNAVAILABLE
    finally:
        server.stop()
