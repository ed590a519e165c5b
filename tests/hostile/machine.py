"""A machine that fails: a full disk, a locked database, a server that is killed."""

from __future__ import annotations

import base64
import contextlib
import io
import resource
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

from tests.hostile.mutations import EXAMPLES
from tests.hostile.outcome import Outcome
from tests.service.killing import kill_over_and_over
from understudy.testing import RehearsalServer
from understudy.testing.service import start

PATH = "/v1/videos/motion-control"
DISK_MB = 90
ANSWER_SECONDS = 4.2
WAITING = 6
FEW_DESCRIPTORS = 8
"""Fewer than a server has open."""


def full_disk(folder: Path) -> list[Outcome]:
    """A disk that fills up while tasks wait: reads go on, writes are put off, no task is lost."""
    outcome = Outcome("full disk")
    folder.mkdir(parents=True)
    with _small_disk(folder) as (disk, how):
        outcome.note = how
        server = start(disk / "data", slots=1, max_attempts=2, shutdown_seconds=0, rate_limit="")
        headers = server.headers
        try:
            with _client(server) as http:
                body = _by_uploads(http)
                waiting = [_create(http, {**body, "prompt": "nap 1"}) for _ in range(WAITING)]
                with _filled(server, disk, how):
                    _count_full(outcome, http, waiting)
                _count_ended(outcome, http, waiting)
            server.stop()
            if how == "a small file system":
                with _filled(server, disk, how):
                    server = start(disk / "data", slots=1)
                    with httpx2.Client(
                        base_url=server.url, headers=headers, trust_env=False
                    ) as http:
                        found = http.get(PATH).json().get("data", [])
                        outcome.count(None if len(found) == WAITING else "no reads after a start")
        finally:
            if server.process.poll() is None:
                server.stop()
    return [outcome]


def _count_full(outcome: Outcome, http: httpx2.Client, waiting: list[str]) -> None:
    """While the disk is full."""
    image = base64.b64encode(_picture()).decode()
    requests: list[tuple[str, dict[str, Any]]] = [
        ("/v1/files", {"files": {"file": ("dance.mp4", (EXAMPLES / "dance.mp4").read_bytes())}}),
        (PATH, {"json": {"image_url": image, "video_url": "http://127.0.0.1:9/x.mp4",
                         "mode": "std", "character_orientation": "video"}}),
    ]  # fmt: skip
    for path, options in requests * 5:
        answer = http.post(path, **options)
        good = answer.status_code == 503 and "retry-after" in answer.headers
        outcome.count(None if good else f"{path}: {answer.status_code} {answer.text[:100]}")
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        found = http.get(PATH, params={"pageSize": "100"})
        ids = {task["task_id"] for task in found.json().get("data", [])}
        outcome.count(None if ids == set(waiting) else f"reads: {found.status_code}")
        time.sleep(0.5)


def _count_ended(outcome: Outcome, http: httpx2.Client, waiting: list[str]) -> None:
    """Once there is room again, every task ends well."""
    deadline = time.monotonic() + 150
    for task in waiting:
        status, message = "", ""
        while status not in ("succeed", "failed") and time.monotonic() < deadline:
            record = http.get(f"{PATH}/{task}").json()["data"]
            status, message = record["task_status"], record["task_status_msg"]
            time.sleep(0.2)
        outcome.count(None if status == "succeed" else f"task: {status} {message}")


def no_descriptors(folder: Path, *, seconds: float) -> list[Outcome]:
    """The server gets no more file descriptors while tasks wait: none of them fails."""
    outcome = Outcome(f"no file descriptors for {seconds:g} s")
    server = start(folder, slots=1, max_attempts=2, shutdown_seconds=0, rate_limit="")
    try:
        with _client(server) as http:
            body = _by_uploads(http)
            waiting = [_create(http, {**body, "prompt": "nap 1"}) for _ in range(WAITING)]
            pid = server.process.pid
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, before[1]))
            until = time.monotonic() + seconds
            faults: set[str] = set()
            while time.monotonic() < until:
                # On the connection that is open; no other can be made.
                found = http.get(PATH, params={"pageSize": "100"}).json().get("data", [])
                outcome.count(None if len(found) == WAITING else "no reads")
                faults.add(http.get("/readyz").json()["message"])
                time.sleep(0.5)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            outcome.count(None if any("Not ready" in each for each in faults) else f"{faults}")
            _count_ended(outcome, http, waiting)
    finally:
        server.stop()
    return [outcome]


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[tuple[Path, str]]:
    """A small file system, or any folder where none can be mounted."""
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        yield folder, "a limit on the size of files"
        return
    try:
        yield folder, "a small file system"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _filled(server: RehearsalServer, disk: Path, how: str) -> Iterator[None]:
    """Take all the room there is, and give it back at the end."""
    if how != "a small file system":
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1000, -1))
        yield
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        return
    rest = disk / "rest"
    with rest.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        rest.unlink()


def locked_database(folder: Path, *, seconds: float) -> list[Outcome]:
    """Another process locks SQLite: creates get 503 in time, and reads are served."""
    outcome = Outcome(f"SQLite locked for {seconds:g} s")
    server = start(folder, slots=1, rate_limit="", shutdown_seconds=0)
    try:
        with _client(server) as http:
            body = _by_uploads(http)
            locker = sqlite3.connect(folder / "understudy.db", isolation_level=None, timeout=30)
            locker.execute("BEGIN IMMEDIATE")
            until, longest, longest_read = time.monotonic() + seconds, 0.0, 0.0
            while time.monotonic() < until:
                began = time.monotonic()
                answer = http.post(PATH, json=body)
                taken = time.monotonic() - began
                longest = max(longest, taken)
                good = answer.status_code == 503 and "retry-after" in answer.headers
                outcome.count(
                    None if good and taken < ANSWER_SECONDS else f"{taken:.1f} s {answer}"
                )
                began = time.monotonic()
                read = http.get(PATH)
                longest_read = max(longest_read, time.monotonic() - began)
                outcome.count(None if read.json()["data"] == [] else "a create was stored")
            locker.execute("ROLLBACK")
            locker.close()
            outcome.count(None if _create(http, body) else "no create afterwards")
            outcome.note = (
                f"creates within {longest:.1f} s, reads within {longest_read * 1000:.0f} ms"
            )
    finally:
        server.stop()
    return [outcome]


def kills(folder: Path, *, times: int) -> list[Outcome]:
    """Kill the server over and over while clients create."""
    outcome = Outcome("kills (SIGKILL) under load")
    clip = (EXAMPLES / "dance.mp4").read_bytes()
    figures = kill_over_and_over(times, seed=1, picture=_picture(), clip=clip)
    for place in range(times):
        outcome.count(figures.problems[place] if place < len(figures.problems) else None)
    outcome.note = (
        f"{figures.created} tasks in {figures.attempts} attempts, {figures.events} events told in "
        f"{figures.calls} calls"
    )
    return [outcome]


def _client(server: RehearsalServer) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, headers=server.headers, timeout=60, trust_env=False)


def _by_uploads(http: httpx2.Client) -> dict[str, str]:
    urls = []
    for name, data in (("picture.png", _picture()), ("dance.mp4", None)):
        content = data or (EXAMPLES / name).read_bytes()
        answer = http.post("/v1/files", files={"file": (name, content)})
        urls.append(answer.raise_for_status().json()["data"]["url"])
    return {
        "image_url": urls[0],
        "video_url": urls[1],
        "mode": "std",
        "character_orientation": "video",
    }


def _create(http: httpx2.Client, body: dict[str, str]) -> str:
    made: str = http.post(PATH, json=body).raise_for_status().json()["data"]["task_id"]
    return made


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (90, 120, 150)).save(file, "PNG")
    return file.getvalue()
