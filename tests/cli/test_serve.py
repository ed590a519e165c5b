"""`understudy serve` as an operator runs it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import web

# Of a server that does nothing yet; engines live in the children.
MOST_MEMORY_MB = 200
HEAVY = ("numpy", "numba", "cv2", "av", "mediapipe", "scipy", "torch", "PIL")


@contextmanager
def serving(*words: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server's base URL and process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Understudy is running at http://"), process.communicate()
        yield line.split()[4], process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_serves_page_and_api_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    with serving("--data", str(tmp_path)) as (url, process):
        key = json.loads((tmp_path / "credentials.json").read_text())["api_key"]
        with web.client(base_url=url) as http:
            headers = {"Authorization": f"Bearer {key}"}
            listed = http.get("/v1/videos/motion-control", headers=headers)
            assert listed.json()["data"] == []
            assert "<!doctype html>" in http.get("/").text.lower()
            session = http.get("/studio/session").json()
            assert session["data"] == {"account": "default", "api_key": key}
        memory = Path(f"/proc/{process.pid}/status").read_text()
        (line,) = (line for line in memory.splitlines() if line.startswith("VmHWM"))
        assert int(line.split()[1]) < MOST_MEMORY_MB * 1024
        loaded = Path(f"/proc/{process.pid}/maps").read_text()
        assert [name for name in HEAVY if f"/{name}/" in loaded] == []
        assert Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text() == ""
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def refused(data: Path) -> str:
    """What a server says that does not start for its folder."""
    done = subprocess.run(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_folder_that_cannot_be_served_from_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a file")
    assert "cannot be used" in refused(tmp_path / "file")
    (tmp_path / "corrupt").mkdir()
    (tmp_path / "corrupt" / "understudy.db").write_bytes(b"no database" * 1000)
    assert "file is not a database" in refused(tmp_path / "corrupt")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Forwarded": "for=1.2.3.4"},
        {"Via": "1.1 proxy"},
    ],
)
def test_the_page_is_signed_in_by_itself_at_home_alone(
    headers: dict[str, str], home: tuple[str, Path]
) -> None:
    answer = web.get(f"{home[0]}/studio/session", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 1001)
    assert "api_key" not in answer.text


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server's base URL and folder."""
    folder = tmp_path_factory.mktemp("home")
    with serving("--data", str(folder)) as (url, _):
        yield url, folder


def test_behind_a_public_url_the_page_asks_for_a_key(tmp_path: Path) -> None:
    public = "https://studio.example.com"
    process = subprocess.Popen(
        [sys.executable, "-m", "understudy", "serve", "--port", "0", "--data", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "UNDERSTUDY_PUBLIC_URL": public},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().split()[4] == public
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        words = ["serve", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]
        run = subprocess.run(
            [sys.executable, "-m", "understudy", *words],
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr == "understudy: cannot listen on 127.0.0.1: Address already in use\n"


def test_two_servers_on_one_folder_share_its_tasks(home: tuple[str, Path]) -> None:
    one, folder = home
    with serving("--data", str(folder)) as (two, _):
        key = json.loads((folder / "credentials.json").read_text())["api_key"]
        headers = {"Authorization": f"Bearer {key}"}
        for url in (one, two):
            answer = web.get(f"{url}/tasks?task_ids=1", headers=headers)
            assert answer.json()["data"] == []
