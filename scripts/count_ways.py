"""Counts the modules that a take and a create pass through, by the calls of one process.

    .venv/bin/python scripts/count_ways.py

A call counts where one module of the package calls another, directly or through others' code, and
each pair of modules once. What runs in child processes is not seen, nor what modules do as they are
imported. docs/architecture/00-overview.md shows the counts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
Calls = set[tuple[str, str]]


def main() -> None:
    """Print the counts of both."""
    with tempfile.TemporaryDirectory() as folder:
        _print("animate", _animate(Path(folder)))
        _print("create", asyncio.run(_create(Path(folder))))


def _animate(folder: Path) -> Calls:
    """The calls of `understudy animate` with two of the samples."""
    from understudy.cli import main as command

    files = (EXAMPLES / "photo.jpg", EXAMPLES / "dance.mp4")
    sys.argv = ["understudy", "animate", *map(str, files), "-o", str(folder / "out.mp4")]
    with _calls() as calls:
        try:
            command()
        except SystemExit as ended:
            if ended.code:
                raise
    return calls


async def _create(folder: Path) -> Calls:
    """The calls of a create whose media are uploaded, without a callback, up to its answer."""
    import httpx2

    from understudy.service.app import create_app
    from understudy.settings import Settings
    from understudy.tasks.accounts.credentials import CREDENTIALS_FILE, Credentials
    from understudy.testing.rehearsal import __name__ as jobs

    app = create_app(Settings(data=folder / "data", rate_limit=""), jobs=jobs)
    transport: Any = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://here") as http,
    ):
        key = Credentials(**json.loads((folder / "data" / CREDENTIALS_FILE).read_text())).api_key
        http.headers["Authorization"] = f"Bearer {key}"
        body = {"model_name": "kling-v2-6", "mode": "std", "character_orientation": "video"}
        for field, name in (("image_url", "photo.jpg"), ("video_url", "dance.mp4")):
            answer = await http.post("/v1/files", files={"file": (EXAMPLES / name).read_bytes()})
            body[field] = answer.json()["data"]["url"]
        with _calls() as calls:
            answer = await http.post("/v1/videos/motion-control", json=body)
        answer.raise_for_status()
    return calls


@contextmanager
def _calls() -> Iterator[Calls]:
    """The calls between modules while the block runs, in all threads that it starts."""
    found: Calls = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or not (called := _module(frame)) or frame.f_code.co_name[0] == "<":
            return
        caller = frame.f_back
        while caller is not None and not _module(caller):
            caller = caller.f_back
        if caller is None or caller.f_code.co_name == "<module>":
            return
        if (calling := _module(caller)) != called:
            found.add((calling, called))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def _module(frame: FrameType) -> str:
    """The module of the package that a frame is in; empty where it is in none."""
    name = frame.f_globals.get("__name__", "")
    return name if name.startswith("understudy.") else ""


def _print(way: str, calls: Calls) -> None:
    levels = _levels()
    entered = Counter(called for _, called in calls)
    up = sorted(
        (one, other)
        for one, other in calls
        if levels.get(_top(other), 0) < levels.get(_top(one), 0)
    )
    print(f"{way}: modules {len({name for pair in calls for name in pair})}")
    print(f"  calls between two modules {len(calls)}")
    print(f"  modules entered from more than one {sum(n > 1 for n in entered.values())}")
    print(f"  calls to a module above {len(up)}", *(f"{a} -> {b}" for a, b in up), sep="\n    ")


def _top(module: str) -> str:
    return module.split(".")[1]


def _levels() -> dict[str, int]:
    """The packages' layers, 0 at the top."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = contracts[0]["layers"]
    return {name: level for level, line in enumerate(layers) for name in line.split(" | ")}


if __name__ == "__main__":
    main()
