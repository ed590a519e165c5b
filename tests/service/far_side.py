"""The far side: a server on loopback that has pictures and clips, and takes callbacks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

from tests.waiting import PATIENCE_SECONDS


@dataclass
class Callback:
    """One call that came in: its path, headers (names in lower case) and body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FarSide:
    """What the server has by path, and what came in.

    answers: the status that a callback path is answered with, 200 where none is given. hanging:
    paths that are never answered. held: what ends the waiting.
    """

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    ranged: bool = True
    answers: dict[str, list[int]] = field(default_factory=dict)
    callbacks: Queue[Callback] = field(default_factory=Queue)
    fetched: list[str] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)

    def put(self, name: str, data: bytes) -> str:
        """Have a file; returns its URL."""
        self.files[f"/{name}"] = data
        return f"{self.url}/{name}"

    def next_callback(self, path: str | None = None, seconds: float = PATIENCE_SECONDS) -> Callback:
        """The next call that comes in, to `path` where one is given; others are forgotten."""
        deadline = time.monotonic() + seconds
        while True:
            call = self.callbacks.get(timeout=max(0.0, deadline - time.monotonic()))
            if path is None or call.path == path:
                return call

    def none_waits(self) -> bool:
        """Whether every call that came in was looked at."""
        try:
            self.callbacks.get_nowait()
        except Empty:
            return True
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up, as they may."""


@contextmanager
def far_side() -> Iterator[FarSide]:
    """A far side that runs."""
    side = FarSide("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            side.fetched.append(self.path)
            if self.path.startswith("/hang"):
                side.held.wait(30)
                self.close_connection = True
                return
            data = side.files.get(self.path)
            if data is None:
                self._send(404, b"")
                return
            wanted = self.headers.get("Range", "")
            if side.ranged and wanted.startswith("bytes="):
                first, _, last = wanted[6:].partition("-")
                start = int(first)
                part = data[start : int(last) + 1 if last else None]
                self._send(206, part, f"bytes {start}-{start + len(part) - 1}/{len(data)}")
            else:
                self._send(200, data)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # The caller died: this call was never made.
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            side.callbacks.put(Callback(self.path, headers, body))
            if self.path.startswith("/hang"):
                side.held.wait(30)
                self.close_connection = True
                return
            answers = side.answers.get(self.path, [])
            self._send(answers.pop(0) if answers else 200, b"")

        def _send(self, status: int, body: bytes, content_range: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if content_range:
                self.send_header("Content-Range", content_range)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

    with _Server(("127.0.0.1", 0), Handler) as server:
        side.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield side
        finally:
            side.held.set()
            server.shutdown()
            thread.join()
