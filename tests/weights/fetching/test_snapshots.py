"""Fetching a whole repository from a hub on the loopback."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from understudy.weights.entry import Licence
from understudy.weights.fetching import SnapshotMissing, fetch_snapshot, is_present
from understudy.weights.snapshots import ORIGIN, SNAPSHOTS, Snapshot

REVISION = "0123456789abcdef0123456789abcdef01234567"
SNAPSHOT = Snapshot("model", "for tests", "someone/model", REVISION, 1, Licence("MIT"))
FILES = {"index.json": b"{}", "part/weights.bin": bytes(range(256)) * 40}


class Hub(NamedTuple):
    url: str
    gets: list[str]
    broken: set[str]


@contextmanager
def hub() -> Iterator[Hub]:
    """The hub's answers that a download of a snapshot needs."""
    gets: list[str] = []
    broken: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            gets.append(self.path)
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            api = f"/api/models/{SNAPSHOT.repository}"
            file = self.path.partition(f"/resolve/{REVISION}/")[2]
            if self.path.startswith((f"{api}/tree", f"{api}/paths-info")):
                body = json.dumps(
                    [
                        {"type": "file", "path": name, "size": len(data), "oid": _digest(data)}
                        for name, data in FILES.items()
                    ]
                ).encode()
            elif self.path.startswith(api):
                siblings = [{"rfilename": name, "size": len(data)} for name, data in FILES.items()]
                told = {"id": SNAPSHOT.repository, "sha": REVISION, "siblings": siblings}
                body = json.dumps(told).encode()
            elif file in FILES and file not in broken:
                body = FILES[file]
            else:
                self.send_response(404)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Repo-Commit", REVISION)
            self.send_header("ETag", f'"{_digest(body)}"')
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Hub(f"http://127.0.0.1:{server.server_address[1]}", gets, broken)
    finally:
        server.shutdown()
        server.server_close()


def test_published_snapshots_are_pinned_to_commits_where_one_is_known() -> None:
    assert len({snapshot.name for snapshot in SNAPSHOTS}) == len(SNAPSHOTS)
    pins = {snapshot.name: snapshot.revision for snapshot in SNAPSHOTS}
    assert [name for name, pin in pins.items() if pin is None] == ["wan-animate"]
    assert all(len(pin) == 40 for pin in pins.values() if pin is not None)


def test_a_snapshot_without_a_pin_says_which_commit_came_and_stays_at_it(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    unpinned = replace(SNAPSHOT, revision=None)
    with hub() as served:
        assert fetch_snapshot(unpinned, tmp_path, endpoint=served.url) == "fetched"
        origin = json.loads((tmp_path / "model" / ORIGIN).read_text())
        assert origin["revision"] == REVISION
        asked = len(served.gets)
        assert fetch_snapshot(unpinned, tmp_path, endpoint=served.url) == "present"
        assert len(served.gets) == asked


def test_a_snapshot_comes_whole_once_and_says_where_it_is_from(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with hub() as served:
        assert not is_present(SNAPSHOT, tmp_path)
        assert fetch_snapshot(SNAPSHOT, tmp_path, endpoint=served.url) == "fetched"
        for name, data in FILES.items():
            assert (tmp_path / "model" / name).read_bytes() == data
        origin = json.loads((tmp_path / "model" / ORIGIN).read_text())
        assert (origin["repository"], origin["revision"]) == (SNAPSHOT.repository, REVISION)
        asked = len(served.gets)
        assert fetch_snapshot(SNAPSHOT, tmp_path, endpoint=served.url) == "present"
        assert len(served.gets) == asked


def test_a_fetch_that_was_cut_off_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    with hub() as served:
        served.broken.add("part/weights.bin")
        with pytest.raises(SnapshotMissing, match="someone/model"):
            fetch_snapshot(SNAPSHOT, tmp_path, endpoint=served.url)
        assert not is_present(SNAPSHOT, tmp_path)
        served.broken.clear()
        assert fetch_snapshot(SNAPSHOT, tmp_path, endpoint=served.url) == "fetched"


def test_a_disk_without_room_is_refused_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("huggingface_hub")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with hub() as served:
        with pytest.raises(SnapshotMissing, match=r"needs 2\.0 GiB"):
            fetch_snapshot(SNAPSHOT, tmp_path, endpoint=served.url)
        assert not any("/resolve/" in path for path in served.gets)


def _digest(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
