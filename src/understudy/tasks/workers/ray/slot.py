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
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from understudy import __version__
from understudy.errors import MachineFault
from understudy.tasks.waiting import wait_at_most
from understudy.tasks.workers.cancellation import CANCELLED
from understudy.tasks.workers.child import WorkerProcess
from understudy.tasks.workers.messages import (
    MAX_REASON_CHARACTERS,
    Crashed,
    Done,
    Refused,
    line_of,
)
from understudy.tasks.workers.ray.boards import LeadingBoard, PeerBoard, answer
from understudy.tasks.workers.ray.held_job import HeldJob
from understudy.tasks.workers.ray.orders import Order, SlotSettings, SlotState

CANCEL_SECONDS = 5.0
"""What a job with loaded models gets to stop by itself, before it is killed with them."""
ABANDONED_SECONDS = 900.0
"""Then a slot without a running job ends: no controller has asked for it meanwhile."""
_WATCH_SECONDS = 15.0
_FOLDER = "understudy-slot"
BOARD = "board"
"""The folder for the pieces of a shared take, beside the workspace."""

_STOPPED = Crashed(reason=CANCELLED)


class Slot:
    """Runs the jobs that it is given. Everything that goes in and out is text, bytes and numbers.

    settings: `SlotSettings` as JSON.
    """

    def __init__(self, settings: str) -> None:
        self._settings = SlotSettings.from_json(settings)
        _clear_leftovers()
        self._root = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}-{os.getpid()}-"))
        self._loaded: dict[str, WorkerProcess] = {}
        self._work: HeldJob | None = None
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
        work = self._work = HeldJob(given)
        placed = await asyncio.to_thread(self._place, given, contents)
        work.order = placed
        work.board = await asyncio.to_thread(self._board, placed)
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
            await wait_at_most(work.changed, self._settings.sign_seconds)
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

    async def claim_piece(self, name: str, worker: str, piece: str) -> bool:
        """Whether a helping slot is to do a piece of the take that this slot makes."""
        board = self._leading(name)
        return board is not None and await board.claim(piece, worker)

    async def bring_piece(self, name: str, piece: str, content: bytes) -> None:
        """Take a piece that a helping slot has made."""
        board = self._leading(name)
        if board is not None:
            await board.bring(piece, content)

    async def fetch_piece(self, name: str, piece: str) -> tuple[str, bytes]:
        """A piece for a helping slot, with what `PieceBoard.get` answers."""
        board = self._leading(name)
        return ("gone", b"") if board is None else await board.fetch(piece)

    async def leave_pieces(self, name: str, worker: str | None) -> None:
        """Give up what a helping slot claimed and did not bring: it has ended. worker: None for
        every helping slot."""
        self._asked()
        board = self._leading(name)
        if board is not None:
            board.leave(worker)

    def _leading(self, name: str) -> LeadingBoard | None:
        work = self._held(name)
        board = None if work is None else work.board
        return board if isinstance(board, LeadingBoard) else None

    def _board(self, order: Order) -> LeadingBoard | PeerBoard | None:
        folder = self._folder(order.name) / BOARD
        if order.shares:
            return LeadingBoard(folder)
        if order.leader is None:
            return None
        from understudy.tasks.workers.ray.cluster import slot_actor

        return PeerBoard(
            slot_actor(order.leader, self._settings.namespace), order.take, order.name, folder
        )

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

    def _held(self, name: str) -> HeldJob | None:
        work = self._work
        return work if work is not None and work.order.name == name else None

    def _folder(self, name: str) -> Path:
        return self._root / re.sub(r"[^0-9]", "-", name)

    def _place(self, order: Order, contents: tuple[bytes, ...]) -> Order:
        """The order with its files in a folder of this machine."""
        folder = self._folder(order.name)
        workspace, inputs = folder / "workspace", folder / "inputs"
        for each in (workspace, inputs, folder / BOARD):
            each.mkdir(parents=True)
        paths = tuple(
            inputs / f"{number}{Path(path).suffix}" for number, path in enumerate(order.inputs)
        )
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        moved = order.moved_to(workspace, paths)
        if not moved.shares and moved.leader is None:
            return moved
        board = {"folder": str(folder / BOARD), "leads": moved.leader is None}
        return replace(moved, arguments={**moved.arguments, "board": board})

    async def _run(self, work: HeldJob) -> None:
        """Run a job to its end; whatever ends it is told."""
        seconds, order = self._settings.seconds, work.order
        child: WorkerProcess | None = None
        keeps = False
        try:
            async with asyncio.timeout(seconds):
                child = work.child = await self._child(order.engine)
                board = work.board
                reply = None if board is None else partial(answer, board)
                async for message in child.run(order.function, order.arguments, reply):
                    work.tell(child.with_last_words(message))
                    keeps = isinstance(message, Done | Refused) or message == _STOPPED
        except TimeoutError:
            work.tell(Crashed(reason=f"it took longer than {seconds:g} s"))
        except MachineFault as fault:
            work.tell(Crashed(reason=str(fault), machine=str(fault)))
        except Exception as error:
            # Of a helper: the slot that leads is gone.
            work.tell(Crashed(reason=repr(error)[-MAX_REASON_CHARACTERS:]))
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
