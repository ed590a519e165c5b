"""A slot: an actor that runs one job at a time on its node, in a child process.

The actor itself opens no file of a stranger's: its children do, as those of the local executor. It
outlives the controller, keeps what a job said and made until a controller takes it, and ends by
itself when none has asked for long.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from understudy import __version__
from understudy.errors import MachineFault
from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.messages import Crashed, Done, Progressed, Refused, line_of
from understudy.tasks.workers.ray.orders import Order, SlotSettings, SlotState

CANCEL_SECONDS = 5.0
"""What a job with loaded models gets to stop by itself, before it is killed with them."""
ABANDONED_SECONDS = 900.0
"""Then a slot without a running job ends: no controller has asked for it meanwhile."""
_WATCH_SECONDS = 15.0
_KEPT_LINES = 256
"""Of a job's messages, for a controller that comes later: older progress is of no use."""
_FOLDER = "understudy-slot"

Message = Progressed | Done | Refused | Crashed
_STOPPED = Crashed(reason=CANCELLED)


@dataclass(slots=True, eq=False)
class _Work:
    """A job that a slot holds. dropped: how many of its first lines are no longer kept."""

    order: Order
    lines: deque[bytes] = field(default_factory=lambda: deque(maxlen=_KEPT_LINES))
    dropped: int = 0
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.Task[None] | None = None
    child: WorkerProcess | None = None

    def tell(self, message: Message) -> None:
        """Keep a message, and wake who waits for it."""
        if self.ended:
            return
        self.dropped += len(self.lines) == _KEPT_LINES
        self.lines.append(line_of(message))
        self.ended = not isinstance(message, Progressed)
        self.changed.set()

    def after(self, seen: int) -> tuple[int, list[bytes]]:
        """The lines after the first `seen`, as far as they are kept, and how many there were."""
        lines = list(self.lines)[max(0, seen - self.dropped) :]
        return self.dropped + len(self.lines), lines


class Slot:
    """Runs the jobs that it is given. Everything that goes in and out is text, bytes and numbers.

    settings: `SlotSettings` as JSON.
    """

    def __init__(self, settings: str) -> None:
        self._settings = SlotSettings.from_json(settings)
        _clear_leftovers()
        self._root = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}-{os.getpid()}-"))
        self._loaded: dict[str, WorkerProcess] = {}
        self._work: _Work | None = None
        self._asked_at = time.monotonic()
        self._watching: asyncio.Task[None] | None = None

    async def state(self) -> str:
        """`SlotState` as JSON."""
        self._asked()
        return SlotState(
            settings=self._settings,
            job=None if self._work is None else self._work.order.name,
            engines=tuple(self._loaded),
        ).to_json()

    async def version(self) -> str:
        """The version of understudy here."""
        return __version__

    async def start(self, order: str, *contents: bytes) -> bool:
        """Start a job; False while another is held. contents: of its inputs."""
        self._asked()
        if self._work is not None:
            return False
        given = Order.from_json(order)
        work = self._work = _Work(given)
        placed = await asyncio.to_thread(self._place, given, contents)
        work.order = placed
        work.running = asyncio.create_task(self._run(work))
        return True

    async def news(self, name: str, seen: int) -> tuple[int, list[bytes]]:
        """The lines of a job after the first `seen`, and how many there were in all.

        Waits for one, but not for long: no line is a sign of life.
        """
        self._asked()
        work = self._held(name)
        if work is None:
            return seen + 1, [line_of(Crashed(reason="the slot was started anew"))]
        count, lines = work.after(seen)
        if not lines and not work.ended:
            work.changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(work.changed.wait(), self._settings.sign_seconds)
            count, lines = work.after(seen)
        return count, lines

    async def follow(self, name: str, seen: int) -> AsyncIterator[tuple[int, list[bytes]]]:
        """What `news` says, again and again until the job has ended."""
        while True:
            seen, lines = await self.news(name, seen)
            yield seen, lines
            work = self._held(name)
            if work is None or (work.ended and not work.after(seen)[1]):
                return

    async def results(self, name: str) -> dict[str, int]:
        """The files that a job left in its workspace: bytes by name."""
        self._asked()
        work = self._held(name)
        if work is None:
            return {}
        folder = Path(work.order.workspace)
        return {path.name: path.stat().st_size for path in folder.iterdir() if _is_plain(path)}

    async def result(self, name: str, file: str, start: int, count: int) -> bytes:
        """A part of one of those files, in bytes."""
        self._asked()
        work = self._held(name)
        if work is None:
            return b""
        return await asyncio.to_thread(_read, Path(work.order.workspace) / file, start, count)

    async def cancel(self, name: str) -> None:
        """End a job: it is asked to stop where it has models loaded, else killed."""
        self._asked()
        work = self._held(name)
        if work is None or work.ended or work.running is None:
            return
        if work.child is not None and self._settings.needs.resident:
            work.child.ask_to_stop()
            await asyncio.wait({work.running}, timeout=CANCEL_SECONDS)
        work.running.cancel()
        await asyncio.wait({work.running})

    async def release(self, name: str) -> None:
        """Forget a job, ending it where it runs, and delete its files."""
        await self.cancel(name)
        work = self._held(name)
        if work is not None:
            self._work = None
            await asyncio.to_thread(shutil.rmtree, self._folder(name), ignore_errors=True)

    def _held(self, name: str) -> _Work | None:
        work = self._work
        return work if work is not None and work.order.name == name else None

    def _folder(self, name: str) -> Path:
        return self._root / name.replace("#", "-")

    def _place(self, order: Order, contents: tuple[bytes, ...]) -> Order:
        """The order with its files in a folder of this machine."""
        folder = self._folder(order.name)
        workspace, inputs = folder / "workspace", folder / "inputs"
        for each in (workspace, inputs):
            each.mkdir(parents=True)
        paths = tuple(
            inputs / f"{number}{Path(path).suffix}" for number, path in enumerate(order.inputs)
        )
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        return order.moved_to(workspace, paths)

    async def _run(self, work: _Work) -> None:
        """Run a job to its end; whatever ends it is told."""
        seconds, order = self._settings.seconds, work.order
        child: WorkerProcess | None = None
        keeps = False
        try:
            async with asyncio.timeout(seconds):
                child = work.child = await self._child(order.engine)
                async for message in child.run(order.function, order.arguments):
                    work.tell(child.with_last_words(message))
                    keeps = isinstance(message, Done | Refused) or message == _STOPPED
        except TimeoutError:
            work.tell(Crashed(reason=f"it took longer than {seconds:g} s"))
        except MachineFault as fault:
            work.tell(Crashed(reason=str(fault), machine=str(fault)))
        except OSError as error:
            work.tell(Crashed(reason=repr(error)))
        finally:
            if child is not None and not (keeps and self._settings.needs.resident):
                self._loaded.pop(order.engine, None)
                await child.kill()
            work.tell(Crashed(reason="the job was ended"))

    async def _child(self, engine: str) -> WorkerProcess:
        """A child for an engine: the one that has its models loaded, else a new one."""
        child = self._loaded.pop(engine, None)
        if child is not None and not child.alive:
            await child.kill()
            child = None
        while len(self._loaded) >= self._settings.engines:
            oldest = next(iter(self._loaded))
            await self._loaded.pop(oldest).kill()
        if child is None:
            child = await WorkerProcess.start(
                self._settings.jobs,
                memory_mb=self._settings.memory_mb,
                temporary=self._root,
                cores=self._settings.cores,
            )
        if self._settings.needs.resident:
            self._loaded[engine] = child
        return child

    def _asked(self) -> None:
        self._asked_at = time.monotonic()
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """End this actor once it is abandoned."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            runs = self._work is not None and not self._work.ended
            if not runs and time.monotonic() - self._asked_at > ABANDONED_SECONDS:
                from understudy.tasks.workers.ray.cluster import end_this_actor

                for child in self._loaded.values():
                    await child.kill()
                shutil.rmtree(self._root, ignore_errors=True)
                end_this_actor()


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read(path: Path, start: int, count: int) -> bytes:
    # A child that a hostile file took over may leave a link to a file of the node's.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
        file.seek(start)
        return file.read(count)


def _clear_leftovers() -> None:
    """Delete the folders of slots of this machine that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}-*"):
        owner = re.match(rf"{_FOLDER}-(\d+)-", folder.name)
        if owner is not None and not Path(f"/proc/{owner[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
