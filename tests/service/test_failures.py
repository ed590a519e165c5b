"""What clients see while the disk is full, the database is locked or workers run out of memory."""

from __future__ import annotations

import itertools
import resource
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import web
from tests.service.conftest import PATH, Client
from understudy.tasks.accounts.credentials import open_account
from understudy.tasks.accounts.keyring import load_keyring
from understudy.tasks.db.database import Database
from understudy.testing import RehearsalServer, rehearsing

UNAVAILABLE = (503, 5001, "Service is unavailable, try again later")
_numbers = itertools.count()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """A server that may be ill-treated, and is well again afterwards."""
    with rehearsing(
        tmp_path_factory.mktemp("alone"),
        slots=1,
        rate_limit="",
        concurrency_limit=100_000,
        shutdown_seconds=0,
        take_memory_mb=512,
        max_attempts=1,
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


@pytest.fixture
def uploaded(its_client: Client, media: dict[str, bytes]) -> dict[str, Any]:
    """A create body by uploads, so that a create is one transaction and little else."""
    picture, clip = (
        its_client.data("POST", "/v1/files", files={"file": (name, media[name])})["url"]
        for name in ("picture.png", "clip.mp4")
    )
    return {
        "image_url": picture,
        "video_url": clip,
        "character_orientation": "video",
        "mode": "std",
    }


def test_a_locked_database_serves_reads_and_puts_creates_off(
    alone: RehearsalServer, its_client: Client, uploaded: dict[str, Any]
) -> None:
    made = its_client.data("POST", PATH, json=uploaded)
    its_client.ended(made["task_id"])
    locker = sqlite3.connect(alone.data / "understudy.db", isolation_level=None, timeout=30)
    locker.execute("BEGIN IMMEDIATE")
    assert its_client.data("GET", f"{PATH}/{made['task_id']}")["task_status"] == "succeed"
    assert its_client.error("POST", PATH, json=uploaded) == UNAVAILABLE
    locker.execute("ROLLBACK")
    locker.close()
    assert len(its_client.data("GET", PATH)) == 1
    made = its_client.data("POST", PATH, json=uploaded)
    assert its_client.ended(made["task_id"])["task_status"] == "succeed"


def test_a_worker_out_of_memory_or_dead_ends_its_own_task_alone(
    its_client: Client, uploaded: dict[str, Any]
) -> None:
    given_up = "Internal error: the task failed several times"
    for word in ("grow", "die", "fail"):
        made = its_client.data("POST", PATH, json={**uploaded, "prompt": word})
        record = its_client.ended(made["task_id"])
        assert (record["task_status"], record["task_status_msg"]) == ("failed", given_up)
        assert "final_unit_deduction" not in record
    made = its_client.data("POST", PATH, json=uploaded)
    assert its_client.ended(made["task_id"])["task_status"] == "succeed"


def test_a_clients_clip_that_never_comes_ends_its_task_in_time(
    tmp_path: Path, far: Any, create_body: Callable[..., dict[str, Any]]
) -> None:
    with (
        rehearsing(tmp_path, fetch_seconds=0.5, max_attempts=1, shutdown_seconds=0) as server,
        web.client(base_url=server.url) as http,
    ):
        its_client = Client(http, server.credentials)
        body = create_body(video_url=f"{far.url}/hang.mp4")
        made = its_client.data("POST", PATH, json=body)
        record = its_client.ended(made["task_id"])
    assert (record["task_status"], record["task_status_msg"]) == (
        "failed",
        "Something went wrong when we tried to get the contents of the file.",
    )


def test_a_full_disk_refuses_creates_for_a_while_and_loses_none(
    alone: RehearsalServer, its_client: Client, uploaded: dict[str, Any]
) -> None:
    """A limit on the size of the server's files stands for a disk that takes nothing more.

    This comes last, as its takes stay in the server's only slot.
    """
    body = {**uploaded, "prompt": "hang"}
    accepted = {its_client.data("POST", PATH, json=body)["task_id"]}
    largest = (alone.data / "understudy.db-wal").stat().st_size
    before = resource.prlimit(alone.process.pid, resource.RLIMIT_FSIZE, (largest, -1))
    for _ in range(1000):
        answer = its_client.ask("POST", PATH, json=body)
        if answer.status_code != 200:
            break
        accepted.add(answer.json()["data"]["task_id"])
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == UNAVAILABLE
    assert answer.headers["retry-after"]
    found = its_client.data("GET", PATH, params={"pageSize": "500"})
    assert {task["task_id"] for task in found} == accepted
    resource.prlimit(alone.process.pid, resource.RLIMIT_FSIZE, before)
    made = its_client.data("POST", PATH, json=body)
    assert its_client.data("GET", f"{PATH}/{made['task_id']}")["task_status"] == "submitted"
