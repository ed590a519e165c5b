"""The few things that an operation asks of the world.

An operation is a generator: it yields an effect, is sent the effect's outcome (or has its error
thrown in), and returns its result. Everything that decides anything is an operation, written once;
`Client` and `AsyncClient` only carry effects out, one blocking, the other awaiting.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from understudy_client.records import Progress
from understudy_client.wire import Call, Reply


@dataclass(frozen=True, slots=True)
class Send:
    """Send a call with this bearer token; a Reply comes back. Fails with ConnectionFailedError."""

    call: Call
    token: str


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let so many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Save:
    """Fetch a result's URL into a file, whole or not at all; a Reply without a body comes back.

    The URL is signed: no token goes with it, since it may belong to another server.
    Fails with ConnectionFailedError and OSError.
    """

    url: str
    path: Path


@dataclass(frozen=True, slots=True)
class Tell:
    """Let whoever watches know."""

    watch: Callable[[Progress], object]
    progress: Progress


Effect = Send | Sleep | Save | Tell
Outcome = Reply | None
Value = TypeVar("Value")
Operation = Generator[Effect, Outcome, Value]


def send(call: Call, token: str) -> Operation[Reply]:
    """The effect Send, its outcome typed."""
    return _reply((yield Send(call, token)))


def save(url: str, path: Path) -> Operation[Reply]:
    """The effect Save, its outcome typed."""
    return _reply((yield Save(url, path)))


def _reply(outcome: Any) -> Reply:
    assert isinstance(outcome, Reply)
    return outcome
