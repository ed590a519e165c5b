"""A module of jobs that share their pieces, each a number, and name who made which."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from understudy.processes.messages import Message
from understudy.tasks.workers.conversation import SharedTake, board_of

Report = Callable[[str, float, bytes | None], None]

PIECES = 6


def take(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Make all pieces, or take them from those who made them; the value is their processes."""
    board = board_of(arguments)
    report(str(os.getpid()), 0.5, None)
    if board is None:
        return {"made": [os.getpid()] * PIECES}
    while not Path(arguments["begin"]).exists():
        time.sleep(0.01)
    made = []
    for number in range(PIECES):
        piece = f"piece-{number}"
        other = None if board.claim(piece) else board.wait_for(piece, lambda: False)
        made.append(os.getpid() if other is None else other.values["process"])
    return {"made": made}


def help_take(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Make the last two pieces; where asked to, hold on to a third that never comes."""
    board = board_of(arguments)
    assert board is not None
    for number in (5, 4):
        _make(board, f"piece-{number}")
    if arguments["holds"]:
        assert board.claim("piece-3")
        Path(arguments["begin"]).touch()
        time.sleep(600)
    Path(arguments["begin"]).touch()
    return {}


def _make(board: SharedTake, piece: str) -> None:
    assert board.claim(piece)
    board.put(piece, Message("made", {"process": os.getpid()}))
