"""A service for tests: the real server in a process of its own, with takes that cost nothing.

with rehearsing(tmp_path) as server:
    httpx2.get(f"{server.url}/v1/videos/motion-control", headers=server.headers)
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.tasks.accounts.credentials import CREDENTIALS_FILE, Credentials

REHEARSAL = "understudy.testing.rehearsal"


@dataclass(frozen=True, slots=True)
class RehearsalServer:
    """A running server.

    url: its base. data: its folder. process: its process, which may be sent signals.
    """

    url: str
    data: Path
    process: subprocess.Popen[str]

    @property
    def credentials(self) -> Credentials:
        """Those of the account that the first start made."""
        return Credentials(**json.loads((self.data / CREDENTIALS_FILE).read_text()))

    @property
    def headers(self) -> dict[str, str]:
        """What signs a request in as that account."""
        return {"Authorization": f"Bearer {self.credentials.api_key}"}

    def kill(self) -> None:
        """End the server as a crash of the machine would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask the server to stop, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def start(data: Path, *, jobs: str = REHEARSAL, **settings: Any) -> RehearsalServer:
    """Start a server and wait until it answers; log lines go to `server.log` in `data`.

    settings: those of understudy.settings.Settings. Without any the server takes a free port and
    fetches from this machine. Raises RuntimeError with the log's end when it does not start.
    """
    data.mkdir(parents=True, exist_ok=True)
    chosen = {"port": 0, "allow_private_urls": True, "log_format": "json", **settings}
    log_path = data / "server.log"
    with log_path.open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", __package__, jobs, json.dumps({"data": str(data), **chosen})],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    process.stdout.close()
    if not url:
        process.wait()
        raise RuntimeError(log_path.read_text()[-2000:])
    return RehearsalServer(url, data, process)


@contextmanager
def rehearsing(data: Path, *, jobs: str = REHEARSAL, **settings: Any) -> Iterator[RehearsalServer]:
    """A running server, stopped at the end; parameters as for `start`."""
    server = start(data, jobs=jobs, **settings)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
