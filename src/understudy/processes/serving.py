"""The child's side: a program that answers its parent's messages on standard input and output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from understudy.errors import InputRefused
from understudy.processes.messages import Message, read_message, write_message
from understudy.processes.parent_death import die_with_parent

Answer = Callable[[Message], Iterable[Message]]


def serve(load: Callable[[], Answer]) -> None:
    """Answer the parent, whose process number is the first argument, until it closes our input.

    load: called once, after standard output has been reserved for the answers; what libraries print
    goes to standard error. It returns the function that answers a request. An InputRefused that
    this function raises is sent to the parent, which raises it again; any other exception ends the
    process.
    """
    die_with_parent(int(sys.argv[1]))
    answers = _reserve_stdout()
    answer = load()
    while (request := read_message(sys.stdin.buffer)) is not None:
        for message in _refusals_sent(answer, request):
            write_message(answers, message)
            answers.flush()


def _refusals_sent(answer: Answer, request: Message) -> Iterator[Message]:
    try:
        yield from answer(request)
    except InputRefused as refusal:
        yield Message(
            "refused",
            {
                "field": refusal.field,
                "found": refusal.found,
                "allowed": refusal.allowed,
                "code": refusal.code,
                "message": refusal.message,
            },
        )


def _reserve_stdout() -> BinaryIO:
    """Keep standard output for our answers; anything else that writes to it goes to stderr."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
