"""A long take that two workers share comes to the same bytes as one that is made alone."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.take.conftest import PICTURE
from understudy.cache import user_cache
from understudy.processes.messages import Message
from understudy.take import outputs
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs, watermarked_path
from understudy.take.run import help_take, run_take
from understudy.tracking import shared_chunks, track

ELSEWHERE = frozenset({"cast", "sample-1", "track-2", "track-3", "render-10", "render-15"})
REQUEST = TakeRequest(watermark=True)


@dataclass
class Pieces:
    """A board for two, each of whom gets the pieces named for it. gone: so is the helper."""

    gone: bool = False
    made: dict[str, Message] = field(default_factory=dict)
    asked: set[tuple[bool, str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class Worker:
    """One worker's view of it."""

    pieces: Pieces
    leads: bool

    def claim(self, name: str) -> bool:
        with self.pieces.lock:
            self.pieces.asked.add((self.leads, name))
        return (name in ELSEWHERE) != self.leads

    def put(self, name: str, made: Message) -> None:
        self.pieces.made[name] = made

    def wait_for(self, name: str, cancelled: Callable[[], bool]) -> Message | None:
        while name not in self.pieces.made:
            if self.pieces.gone or cancelled():
                return None
            time.sleep(0.01)
        return self.pieces.made[name]


@pytest.fixture(scope="module", autouse=True)
def _short_counts_as_long() -> Iterator[None]:
    """Fifteen frames are a long clip, of chunks of four and segments of five."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_chunks, "LONG", 15)
        patch.setattr(track, "NUMBERS", replace(track.NUMBERS, chunk=4))
        patch.setattr(outputs, "keyframe_distance", lambda *_: 5)
        yield


def _outputs(folder: Path) -> Outputs:
    folder.mkdir()
    return Outputs(
        video=folder / "out.mp4",
        cover=folder / "cover.jpg",
        performances=(folder / "motion.npz",),
    )


def _bytes(made: Outputs) -> list[bytes]:
    assert made.cover is not None
    files = (made.video, watermarked_path(made.video), made.cover, *made.performances)
    return [path.read_bytes() for path in files]


def test_two_workers_make_what_one_makes_alone(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = TakeMedia(picture=PICTURE, clip=clip)
    alone, shared, left = (_outputs(tmp_path / name) for name in ("alone", "shared", "left"))
    cache = tmp_path / "cache"
    with suppress(FileNotFoundError):
        # What other tests' takes found of the picture need not be found again.
        unfinished = shutil.ignore_patterns("*.unfinished*")
        shutil.copytree(user_cache().folder, cache, ignore=unfinished)
    monkeypatch.setenv("UNDERSTUDY_CACHE_DIR", str(cache))
    run_take(media, REQUEST, alone)

    # The clip is looked at and tracked again; what was found of the picture goes over the board
    # all the same.
    for kind in ("scene", "performance"):
        for entry in cache.rglob(f"{kind}-*.entry"):
            entry.unlink()
    pieces = Pieces()
    with ThreadPoolExecutor(1) as threads:
        helping = threads.submit(help_take, media, REQUEST, shared, Worker(pieces, leads=False))
        run_take(media, REQUEST, shared, board=Worker(pieces, leads=True))
        helping.result()
    assert set(pieces.made) >= ELSEWHERE
    assert {name for leads, name in pieces.asked if not leads} >= ELSEWHERE - {"cast"}
    assert _bytes(shared) == _bytes(alone)

    # The helper is gone before it has made anything.
    run_take(media, REQUEST, left, board=Worker(Pieces(gone=True), leads=True))
    assert _bytes(left) == _bytes(alone)
