"""What the workers of a shared take leave for each other: the leading slot keeps it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Protocol

from understudy.tasks.workers.messages import PieceAsked


class PieceBoard(Protocol):
    """Answers a worker's questions; see `conversation.SharedTake`."""

    async def claim(self, piece: str) -> bool:
        """Whether the worker is to do a piece."""
        ...

    async def put(self, piece: str) -> None:
        """Take what the worker left in its folder."""
        ...

    async def get(self, piece: str) -> str:
        """Bring a piece to the worker's folder: `here`, `later`, or `gone`."""
        ...


async def answer(board: PieceBoard, asked: PieceAsked) -> str:
    """The answer to a worker's question."""
    if asked.act == "claim":
        return "yours" if await board.claim(asked.piece) else "taken"
    if asked.act == "put":
        await board.put(asked.piece)
        return "taken"
    return await board.get(asked.piece)


class LeadingBoard:
    """The board of the slot that leads; its folder is the worker's, and has all that was made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._claimed: dict[str, str] = {}
        self._made: set[str] = set()

    async def claim(self, piece: str, worker: str = "") -> bool:
        """Whether a worker is to do a piece; the leading one has no name."""
        if piece in self._claimed:
            return False
        self._claimed[piece] = worker
        return True

    async def put(self, piece: str) -> None:
        """The worker's own piece lies in the folder."""
        self._made.add(piece)

    async def get(self, piece: str) -> str:
        """Whether a piece lies in the folder, will, or was given up."""
        if piece in self._made:
            return "here"
        return "later" if piece in self._claimed else "gone"

    async def bring(self, piece: str, content: bytes) -> None:
        """Take a piece of another worker."""
        if piece in self._claimed and piece not in self._made:
            await asyncio.to_thread((self._folder / piece).write_bytes, content)
            self._made.add(piece)

    async def fetch(self, piece: str) -> tuple[str, bytes]:
        """A piece for another worker."""
        answered = await self.get(piece)
        if answered != "here":
            return answered, b""
        return answered, await asyncio.to_thread((self._folder / piece).read_bytes)

    def leave(self, worker: str | None) -> None:
        """Give up the pieces that a helper, or every one (None), claimed and has not brought."""
        for piece, who in list(self._claimed.items()):
            if piece not in self._made and who and worker in (who, None):
                del self._claimed[piece]


class PeerBoard:
    """The board as a helping slot sees it. leader: the actor of the slot that leads."""

    def __init__(self, leader: Any, job: str, worker: str, folder: Path) -> None:
        self._leader = leader
        self._job = job
        self._worker = worker
        self._folder = folder

    async def claim(self, piece: str) -> bool:
        """Ask the leading slot."""
        return bool(await self._leader.claim_piece.remote(self._job, self._worker, piece))

    async def put(self, piece: str) -> None:
        """Send it to the leading slot."""
        content = await asyncio.to_thread((self._folder / piece).read_bytes)
        await self._leader.bring_piece.remote(self._job, piece, content)

    async def get(self, piece: str) -> str:
        """Fetch it from the leading slot."""
        answered, content = await self._leader.fetch_piece.remote(self._job, piece)
        if answered == "here":
            await asyncio.to_thread((self._folder / piece).write_bytes, content)
        return str(answered)
