"""The server's process: light, because what is heavy happens in its children."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from understudy.testing import rehearsing

HEAVY = ("av", "cv2", "mediapipe", "numba", "numpy", "scipy", "PIL", "torch")
MAX_IDLE_MB = 200


def test_the_server_loads_nothing_that_only_takes_need() -> None:
    """This is what makes it ready within seconds, and small."""
    code = (
        "import sys, understudy.service.server, understudy.studio\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(run.stdout.split())


def test_an_idle_server_is_small_and_has_no_children(tmp_path: Path) -> None:
    with rehearsing(tmp_path) as server:
        process = Path(f"/proc/{server.process.pid}")
        (resident,) = (
            int(line.split()[1]) // 1024
            for line in (process / "status").read_text().splitlines()
            if line.startswith("VmRSS:")
        )
        children = (process / "task" / str(server.process.pid) / "children").read_text()
    assert resident < MAX_IDLE_MB
    assert children == ""
