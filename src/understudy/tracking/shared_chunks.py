"""Chunks of a long clip that several workers track, each with processes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from understudy.processes.messages import Array, Message
from understudy.processes.sharing import Board
from understudy.tracking.trackers import TrackerPool

Answer = tuple[int, Message]


def run_shared(
    board: Board,
    requests: Sequence[Message],
    pool: TrackerPool,
    cancelled: Callable[[], bool],
) -> Iterator[Answer]:
    """What `TrackerPool.run` yields for the requests, of which other workers do some.

    Raises what it raises.
    """
    order = range(len(requests)) if board.leads else range(len(requests) - 1, -1, -1)
    left = list(order)
    elsewhere: list[int] = []
    while left:
        mine: list[int] = []
        while left and len(mine) < len(pool):
            number = left.pop(0)
            (mine if board.claim(_name(number)) else elsewhere).append(number)
        yield from _run(board, requests, mine, pool, cancelled)
    for number in elsewhere:
        made = board.wait_for(_name(number), cancelled)
        if made is None:
            yield from _run(board, requests, [number], pool, cancelled)
        else:
            yield number, made


def _run(
    board: Board,
    requests: Sequence[Message],
    numbers: Sequence[int],
    pool: TrackerPool,
    cancelled: Callable[[], bool],
) -> Iterator[Answer]:
    """Run requests here, and leave on the board what each came to."""
    if not numbers:
        return
    made: dict[int, list[Message]] = {number: [] for number in numbers}
    chosen = [requests[number] for number in numbers]
    for place, answer in pool.run(chosen, cancelled=cancelled):
        made[numbers[place]].append(answer)
        yield numbers[place], answer
    for number, answers in made.items():
        board.put(_name(number), _joined(answers))


def _joined(answers: Sequence[Message]) -> Message:
    """The batches of a chunk, in their order, as one."""
    names = answers[0].arrays
    arrays: dict[str, Array] = {
        name: np.concatenate([answer.arrays[name] for answer in answers]) for name in names
    }
    return Message("frames", {"first": answers[0].values["first"]}, arrays)


def _name(number: int) -> str:
    return f"track-{number}"
