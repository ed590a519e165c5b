"""Chunks of a long clip that several workers look at, each with processes of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from understudy.processes.messages import Array, Message
from understudy.processes.sharing import Board, never
from understudy.tracking.trackers import TrackerPool

Answer = tuple[int, Message]


LONG = 600
"""Frames from which on a clip's length alone decides its chunks, so that it is sampled and tracked
alike by any number of processes and machines."""


def is_long(frames: int) -> bool:
    """Whether a clip of so many frames is worth sharing between workers."""
    return frames >= LONG


def run_shared(
    board: Board,
    what: str,
    requests: Sequence[Message],
    pool: TrackerPool,
    cancelled: Callable[[], bool] | None,
) -> Iterator[Answer]:
    """What `TrackerPool.run` yields for the requests, of which other workers do some.

    what: a word for the pieces' names. Raises what `TrackerPool.run` raises.
    """

    def name(number: int) -> str:
        return f"{what}-{number}"

    def run(numbers: Sequence[int]) -> Iterator[Answer]:
        """Run requests here, and leave on the board what each came to."""
        made: dict[int, list[Message]] = {number: [] for number in numbers}
        chosen = [requests[number] for number in numbers]
        for place, answer in pool.run(chosen, cancelled=cancelled):
            made[numbers[place]].append(answer)
            yield numbers[place], answer
        for number, answers in made.items():
            board.put(name(number), _joined(answers))

    order = range(len(requests)) if board.leads else range(len(requests) - 1, -1, -1)
    left = list(order)
    elsewhere: list[int] = []
    while left:
        mine: list[int] = []
        while left and len(mine) < len(pool):
            number = left.pop(0)
            (mine if board.claim(name(number)) else elsewhere).append(number)
        if mine:
            yield from run(mine)
    for number in elsewhere:
        made = board.wait_for(name(number), cancelled or never)
        if made is None:
            yield from run([number])
        else:
            yield number, made


def _joined(answers: Sequence[Message]) -> Message:
    """The batches of a chunk, in their order, as one; not every batch need have every array."""
    batches: dict[str, list[Array]] = {}
    for answer in answers:
        for key, array in answer.arrays.items():
            batches.setdefault(key, []).append(array)
    arrays: dict[str, Array] = {key: np.concatenate(parts) for key, parts in batches.items()}
    return Message(answers[0].kind, answers[0].values, arrays)
