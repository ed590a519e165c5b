"""A worker's side of the lines that it exchanges with who started it.

A job may ask for a file by name, leave one, or ask whether a piece of a shared take is its to do;
`SharedTake` is the board that comes of it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from understudy.errors import TakeCancelled

if TYPE_CHECKING:  # It loads numpy, and a worker starts fast.
    from understudy.processes.messages import Message

_WAIT_SECONDS = 0.1
"""Between two questions for a piece that another worker has not finished."""


class Conversation:
    """Says and asks things, one line each; several threads may.

    messages: a descriptor that lines are written to. answers: where answers come from.
    """

    def __init__(self, messages: int, answers: IO[bytes]) -> None:
        self._messages = messages
        self._answers = answers
        self._saying = threading.Lock()
        self._asking = threading.Lock()

    def say(self, message: Mapping[str, Any]) -> None:
        """Say something that needs no answer."""
        data = json.dumps(message).encode() + b"\n"
        with self._saying:
            while data:
                data = data[os.write(self._messages, data) :]

    def ask(self, act: str, piece: str) -> str:
        """The answer to a question about a piece."""
        with self._asking:
            self.say({"kind": "asked", "act": act, "piece": piece})
            return str(json.loads(self._answers.readline())["answer"])


class SharedTake:
    """The board of a take that several workers share; `processes.sharing.Board`.

    What pieces come to are files of a folder, which the slot brings from the other workers.
    """

    def __init__(self, conversation: Conversation, folder: Path, *, leads: bool) -> None:
        self._conversation = conversation
        self._folder = folder
        self._leads = leads

    @property
    def leads(self) -> bool:
        """Whether this worker finishes the take."""
        return self._leads

    def claim(self, name: str) -> bool:
        """Whether this worker is to do a piece."""
        return self._conversation.ask("claim", name) == "yours"

    def put(self, name: str, made: Message) -> None:
        """Leave what a piece came to."""
        from understudy.processes.messages import write_message

        with (self._folder / name).open("wb") as file:
            write_message(file, made)
        self._conversation.ask("put", name)

    def wait_for(self, name: str, cancelled: Callable[[], bool]) -> Message | None:
        """What a piece came to that another worker claimed; None where that worker is gone."""
        from understudy.processes.messages import read_message

        while (answer := self._conversation.ask("get", name)) == "later":
            if cancelled():
                raise TakeCancelled("cancelled while waiting for another worker")
            time.sleep(_WAIT_SECONDS)
        if answer != "here":
            return None
        with (self._folder / name).open("rb") as file:
            return read_message(file)


def board_of(arguments: Mapping[str, Any]) -> SharedTake | None:
    """The board that a job's arguments name; None where the take is not shared."""
    told = arguments.get("board")
    if told is None or _current is None:
        return None
    return SharedTake(_current, Path(told["folder"]), leads=told["leads"])


_current: Conversation | None = None


def begin(conversation: Conversation) -> None:
    """Have the jobs of this process talk by a conversation."""
    global _current  # noqa: PLW0603 - one to a process
    _current = conversation
