"""The code from before the newest migration serves on while it runs, and beside the new code after.

That code comes from the repository's history, so a shallow clone leaves this out;
`tests/tasks/db/test_migrations.py` checks each revision by itself everywhere.
"""

from __future__ import annotations

import itertools
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from tests import web
from tests.service.killing import PATH, upload
from tests.waiting import until
from understudy.tasks.db import migrations
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import accounts, tasks
from understudy.testing import RehearsalServer
from understudy.testing.service import start

REPOSITORY = Path(__file__).parents[2]
VERSIONS = Path(migrations.__file__).parent / "versions"
CLIENTS = 3
NAP_SECONDS = 0.2
PAUSE_SECONDS = 0.02
"""Between two questions of a client; without it three of them keep both cores busy."""
ROWS_BEFORE = 20_000
"""Ended tasks, so that a revision that reads the table takes a while."""
EACH_PHASE = 4
"""Takes that succeed before the next step."""
_READ = ("id", "external_id", "status", "attempt", "failures", "units_charged")


@pytest.fixture
def code_before(tmp_path: Path) -> Path:
    """The sources as they were before the newest migration was added."""
    (newest,) = VERSIONS.glob(f"{migrations.HEAD}_*.py")
    added = _git("log", "--diff-filter=A", "--format=%H", "--", str(newest))
    parent = _git("rev-parse", "--verify", f"{added.split()[-1]}^") if added.strip() else ""
    if not parent:
        pytest.skip("the repository's history does not reach back to before the newest migration")
    packed = tmp_path / "before.tar"
    _git("archive", f"--output={packed}", parent.strip(), "src")
    folder = tmp_path / "before"
    folder.mkdir()
    subprocess.run(["tar", "-xf", packed, "-C", folder], check=True)
    return folder / "src"


def _git(*arguments: str) -> str:
    """What git says; nothing where there is no git, no repository or no such commit."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


@dataclass
class Clients:
    """Clients that each create a task, read it until it has ended, list, and begin again; their
    requests go to the servers in use by turns.

    created: the external ids whose create was accepted. failed: what went otherwise.
    """

    body: dict[str, Any]
    headers: dict[str, str]
    urls: list[str]
    created: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _asked: Counter[str] = field(default_factory=Counter)
    _turns: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def leave(self, url: str) -> None:
        """Ask a server nothing more, and wait until it has answered what it was asked."""
        with self._lock:
            self.urls.remove(url)
        until(lambda: not self._asked[url])

    def _run(self, number: int) -> None:
        with web.client(headers=self.headers) as http:
            for turn in itertools.count():
                name = f"task-{number}-{turn}"
                if self._ask(http, "POST", PATH, {**self.body, "external_task_id": name}):
                    self.created.append(name)
                live = True
                while live and not self._stop.is_set():
                    task = self._ask(http, "GET", f"{PATH}/{name}")
                    live = task is not None and task["task_status"] in ("submitted", "processing")
                    self._ask(http, "GET", PATH)
                    self._stop.wait(PAUSE_SECONDS)
                if self._stop.is_set():
                    return

    def _ask(
        self, http: httpx2.Client, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Any:
        """The data of an answer; None where it was none."""
        with self._lock:
            url = self.urls[next(self._turns) % len(self.urls)]
            self._asked[url] += 1
        try:
            answer = http.request(method, url + path, json=body)
        except httpx2.HTTPError as error:
            self.failed.append(f"{method} {path}: {error!r}")
            return None
        finally:
            with self._lock:
                self._asked[url] -= 1
        if answer.status_code != 200:
            self.failed.append(f"{method} {path}: {answer.text}")
            return None
        return answer.json()["data"]


def test_old_and_new_code_serve_one_database_while_it_is_migrated(
    code_before: Path,
    new_postgres: str,
    tmp_path: Path,
    media: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared: dict[str, Any] = {
        "database_url": new_postgres,
        "storage_url": (tmp_path / "files").as_uri(),
        "secret_key": "a key of both servers",
        "slots": 2,
        "rate_limit": "",
        "concurrency_limit": 10_000,
        "shutdown_seconds": 30,
    }
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(code_before))
        old = _started(tmp_path / "old", shared)
    running = [old]
    database = Database(new_postgres)
    body = {
        "image_url": upload(old, media["picture.png"]),
        "video_url": upload(old, media["clip.mp4"]),
        "character_orientation": "video",
        "mode": "std",
        "prompt": f"nap {NAP_SECONDS}",
    }
    clients = Clients(body, old.headers, [old.url])
    succeeded = _Succeeded(database)
    try:
        before = database.read_now(_revision)
        assert before < migrations.HEAD
        clients.begin()
        succeeded.more(1)
        # As where there were many before.
        database.write_now(_add_ended_tasks)
        succeeded.more(EACH_PHASE)
        new = start(tmp_path / "new", **shared)
        running.append(new)
        assert database.read_now(_revision) == migrations.HEAD
        clients.urls.append(new.url)
        succeeded.more(EACH_PHASE)
        # As a load balancer takes a server out before it is stopped.
        clients.leave(old.url)
        old.stop()
        succeeded.more(EACH_PHASE)
        clients.end()
        until(lambda: not database.read_now(_unfinished))
    finally:
        clients.end()
        for server in running:
            server.kill()
    assert clients.failed == []
    rows = database.read_now(_clients_tasks)
    database.close()
    assert sorted(row.external_id for row in rows) == sorted(clients.created)
    assert {(row.status, row.failures, row.units_charged) for row in rows} == {
        ("succeeded", 0, 1500)
    }
    # Whoever ran it, each take was published once: one attempt, one video.
    videos = [path.parts[-3] for path in (tmp_path / "files" / "results").rglob("*.mp4")]
    assert {row.attempt for row in rows} == {1}
    assert sorted(videos) == sorted(str(row.id) for row in rows)


def _started(data: Path, settings: dict[str, Any]) -> RehearsalServer:
    """A server of the older code; the test is skipped where what it imports is not installed."""
    try:
        return start(data, **settings)
    except RuntimeError as error:
        if "ImportError" in str(error) or "ModuleNotFoundError" in str(error):
            pytest.skip(f"the older code does not run here: {str(error).splitlines()[-1]}")
        raise


class _Succeeded:
    """Waits for more and more tasks to have succeeded."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = 0

    def more(self, count: int) -> None:
        """Wait until so many more have than were there at the last call's end."""
        found = self._database.read_now(self._count)
        self._wanted = max(self._wanted, found) + count
        until(lambda: self._database.read_now(self._count) >= self._wanted)

    def _count(self, connection: sa.Connection) -> int:
        ended = tasks.c.status == "succeeded", tasks.c.external_id.is_not(None)
        found: int = connection.execute(sa.select(sa.func.count()).where(*ended)).scalar_one()
        return found


def _revision(connection: sa.Connection) -> str:
    return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


def _add_ended_tasks(connection: sa.Connection) -> None:
    """Many copies of one that ended, with the columns that the table has now."""
    names = [column["name"] for column in sa.inspect(connection).get_columns("tasks")]
    copied = {"id": "id - number", "external_id": "NULL"}
    values = ", ".join(copied.get(name, name) for name in names)
    connection.execute(
        sa.text(
            f"INSERT INTO tasks ({', '.join(names)}) SELECT {values} FROM (SELECT * FROM tasks"
            " WHERE status = 'succeeded' LIMIT 1) one, generate_series(1, :rows) number"
        ),
        {"rows": ROWS_BEFORE},
    )


def _clients_tasks(connection: sa.Connection) -> list[Any]:
    read = [tasks.c[name] for name in _READ]
    asked = sa.select(*read).where(tasks.c.external_id.is_not(None))
    return list(connection.execute(asked).all())


def _unfinished(connection: sa.Connection) -> int:
    found: int = connection.execute(sa.select(sa.func.sum(accounts.c.active_tasks))).scalar_one()
    return found
