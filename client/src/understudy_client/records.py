"""What servers answer, as values: times aware and in UTC, units decimal, lengths in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

Status = Literal["submitted", "processing", "succeeded", "failed"]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is.

    status: the task's, or `uploading` before there is one. stage: the take's stage, percent: 0 to
    100 of the whole take; both None where the server does not tell.
    """

    status: Status | Literal["uploading"]
    stage: str | None = None
    percent: float | None = None


@dataclass(frozen=True, slots=True)
class Video:
    """A result. url, watermark_url: signed, they expire; watermark_url only if it was asked for."""

    id: str
    url: str
    watermark_url: str | None
    duration: float


@dataclass(frozen=True, slots=True)
class Task:
    """A motion-control task as it was when the server was asked.

    message: why it failed, "" otherwise. videos: the results, once it succeeded. units: what was
    charged. record: the server's own words, for keys that this client does not know.
    """

    id: str
    status: Status
    message: str
    external_id: str | None
    progress: Progress
    videos: tuple[Video, ...]
    units: Decimal | None
    created_at: datetime
    updated_at: datetime
    record: Json

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.status in ("succeeded", "failed")

    @property
    def video(self) -> Video:
        """The result; raises LookupError while there is none."""
        if not self.videos:
            raise LookupError(f"task {self.id} is {self.status} and has no video")
        return self.videos[0]


@dataclass(frozen=True, slots=True)
class Element:
    """A character of the library. owner is `kling` for a preset."""

    id: int
    name: str
    description: str
    reference_type: str
    status: str
    owner: str
    tags: tuple[str, ...]
    record: Json


@dataclass(frozen=True, slots=True)
class ElementTask:
    """The making of an element; `elements` once it succeeded."""

    id: str
    status: Status
    message: str
    external_id: str | None
    elements: tuple[Element, ...]
    created_at: datetime
    updated_at: datetime
    record: Json

    @property
    def ended(self) -> bool:
        """It will not change any more."""
        return self.status in ("succeeded", "failed")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded picture or clip; pass it wherever a picture or clip is taken."""

    id: str
    url: str
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an input. field: the wire contract's name of it, "" for the whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a take would be made of, or what keeps it from that.

    plan: None when it is not usable. picture, clip: what was found in each by itself, None where it
    is missing or does not open. All three as the server words them.
    """

    usable: bool
    problems: tuple[Problem, ...]
    plan: Json | None
    picture: Json | None = None
    clip: Json | None = None


@dataclass(frozen=True, slots=True)
class ResourcePack:
    """A pack of units that the account has."""

    id: str
    name: str
    status: str
    total: Decimal
    remaining: Decimal
    effective_at: datetime
    invalid_at: datetime
