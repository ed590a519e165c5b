"""Large JSON bodies, many at once: the server's memory stays bounded, and reads are served."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from tests.hostile.outcome import Outcome
from understudy.testing import RehearsalServer, rehearsing

LETTERS = 78 * 1024 * 1024
AT_ONCE = 8
MOST_MORE_MB = 450
"""Of memory beyond what the idle server takes: three bodies held, a fourth being parsed."""
LONGEST_READ_SECONDS = 2.0
PATH = "/motion-control/kling-3.0"


def large_bodies(folder: Path) -> list[Outcome]:
    """Send bodies of 78 MB at once: base64, and what takes a parser long."""
    with rehearsing(folder, rate_limit="", shutdown_seconds=0, log_level="warning") as server:
        outcome = Outcome(f"JSON bodies of 78 MB, {AT_ONCE} at once")
        told = []
        for name, body in _bodies().items():
            idle = _resident_mb(server)
            with _Watch(server) as watch:
                for problem in _send(server, body):
                    outcome.count(problem and f"{name}: {problem}")
            more = watch.most_mb - idle
            outcome.count(None if more <= MOST_MORE_MB else f"{name}: {more} MB more")
            slow = watch.longest_read
            outcome.count(
                None if slow < LONGEST_READ_SECONDS else f"{name}: a read of {slow:.1f} s"
            )
            told.append(f"{name}: +{more} MB, reads within {slow * 1000:.0f} ms")
        outcome.note = "; ".join(told)
    return [outcome]


def _bodies() -> dict[str, bytes]:
    image = b'{"contents": [{"type": "image", "url": "%s"}], "note": "%s"}'
    return {
        "base64": image % (b"A" * LETTERS, b"-"),
        "base64 beside an emoji": image % (b"A" * LETTERS, "💃".encode()),
        "escapes": image % (b"\\/" * (LETTERS // 2), b"-"),
        "empty lists": b'{"contents": [' + b"[]," * (LETTERS // 3) + b"[]]}",
    }


def _send(server: RehearsalServer, body: bytes) -> list[str | None]:
    def send(_: int) -> str | None:
        answer = httpx2.post(
            server.url + PATH, content=body, headers=server.headers, timeout=120, trust_env=False
        )
        refused = answer.status_code == 503 and "retry-after" in answer.headers
        return None if refused or answer.status_code == 400 else answer.text[:200]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


class _Watch:
    """The server's memory and its slowest read meanwhile."""

    def __init__(self, server: RehearsalServer) -> None:
        self.most_mb = 0
        self.longest_read = 0.0
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        with httpx2.Client(
            base_url=self._server.url, headers=self._server.headers, timeout=60, trust_env=False
        ) as http:
            while not self._ended.wait(0.02):
                began = time.monotonic()
                http.get("/v1/videos/motion-control")
                self.longest_read = max(self.longest_read, time.monotonic() - began)
                self.most_mb = max(self.most_mb, _resident_mb(self._server))


def _resident_mb(server: RehearsalServer) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024
