"""What the store keeps, as frozen values: tasks, accounts, elements, uploads, callback events.

Times are integer milliseconds since 1970 in UTC. Units are integer thousandths.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from understudy.media.limits import Mode
from understudy.take.options import TakeRequest

UNLIMITED_UNITS = 10**12
"""Thousandths that an account without a limit is shown to have: clients that look at their balance
before a create go on."""


class Status(StrEnum):
    """The status of a task. Only `submitted` and `processing` can change."""

    SUBMITTED = "submitted"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        return self in (Status.SUCCEEDED, Status.FAILED)


class Design(StrEnum):
    """The API design that a task was created with; its callbacks use it."""

    LEGACY = "legacy"
    TASKS = "tasks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a picture or clip is: at a client's `url`, or in storage under `key`, which counts
    where there are both.

    url: sealed (`client_urls`), for it may be signed. file_id: the upload that `key` belongs to, if
    it is one. max_bytes: the limit that the design sets on it.
    """

    url: str | None = None
    key: str | None = None
    file_id: str | None = None
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRequest:
    """A client's request, the same for both designs.

    take: the options, which travel unchanged to the worker. clip, picture: the media. behind: the
    picture or clip of the background `file`.
    element_images, element_videos: those of the element, the frontal image first. base_url: by
    which the client reached the service, for the URLs in callbacks. key_name: of the key that the
    request came with. notes: where the take does otherwise than its client asked, in sentences.
    clip_max_seconds: in place of the contract's limit. unknown: the options that a newer version
    stored and this one cannot carry out.
    """

    take: TakeRequest
    clip: Source
    picture: Source | None = None
    behind: Source | None = None
    element_id: int | None = None
    element_images: tuple[Source, ...] = ()
    element_videos: tuple[Source, ...] = ()
    callback_url: str | None = None
    base_url: str | None = None
    key_name: str | None = None
    notes: tuple[str, ...] = ()
    clip_max_seconds: float | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A take's files in storage, by their keys, and the video's duration in milliseconds."""

    video_id: str
    duration_ms: int
    video: str
    watermarked: str | None = None
    cover: str | None = None
    performance: str | None = None
    report: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that the result holds."""
        found = (self.video, self.watermarked, self.cover, self.performance, self.report)
        return tuple(key for key in found if key is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row of the table of tasks.

    attempt: incremented by every claim; serves as the lease.
    failures: attempts that ended badly. revision: raised by every change of status.
    priority: higher ones are claimed first. not_before: when it may be claimed (again).
    claimed_at: when the newest attempt began.
    """

    id: int
    account_id: int
    design: Design
    request: TaskRequest
    external_id: str | None
    status: Status
    message: str
    stage: str
    percent: int
    attempt: int
    failures: int
    revision: int
    priority: int
    not_before: int
    claimed_at: int | None
    units_reserved: int
    units_charged: int
    result: Result | None
    created_at: int
    updated_at: int
    finished_at: int | None
    deleted_at: int | None
    purged_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The owner of tasks, keys, elements and units.

    concurrency_limit: of its unfinished tasks; slot_limit: of those that run at once; None: the
    server's setting. priority: of the tasks that it creates. units_total None: unlimited.
    """

    id: int
    name: str
    active: bool
    concurrency_limit: int | None
    units_total: int | None
    units_used: int
    units_reserved: int
    units_set_at: int
    active_tasks: int
    created_at: int
    priority: int = 0
    slot_limit: int | None = None

    @property
    def units_left(self) -> int | None:
        """Units neither used nor reserved; None when unlimited."""
        if self.units_total is None:
            return None
        return self.units_total - self.units_used - self.units_reserved

    @property
    def units_balance(self) -> int:
        """Units that are not used, reserved ones too: what running takes hold is still theirs."""
        total = UNLIMITED_UNITS if self.units_total is None else self.units_total
        return total - self.units_used


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """What a task cost its account. units_before: the account's balance until then."""

    task_id: int
    account_id: int
    key_name: str
    model: str
    mode: Mode
    sound: bool
    duration_ms: int
    units: int
    units_before: int
    deducted_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a client uploaded: what it is (`picture` or `clip`) and its facts.

    facts: what opening it told, as JSON values: width, height, and a clip's seconds.
    """

    id: str
    account_id: int
    kind: Literal["picture", "clip"]
    key: str
    bytes: int
    content_type: str
    facts: dict[str, Any]
    created_at: int
    used_at: int
    purged_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredElement:
    """A character kept in the library, and the task that made it; `id` is the task's.

    element_id is None until it is made. images, videos: sources in the order that they were given,
    the frontal image first. base_url: as of a task's request.
    """

    id: int
    account_id: int
    element_id: int | None
    external_id: str | None
    name: str
    description: str
    reference_type: Literal["image_refer", "video_refer"]
    images: tuple[Source, ...]
    videos: tuple[Source, ...]
    tags: tuple[str, ...]
    callback_url: str | None
    base_url: str | None
    status: Status
    message: str
    attempt: int
    failures: int
    revision: int
    not_before: int
    created_at: int
    updated_at: int
    finished_at: int | None
    deleted_at: int | None
    purged_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt at a callback: when (ms), how long it took, and the HTTP status or the error."""

    at: int
    milliseconds: int
    http_status: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackEvent:
    """One change of status to report to a client; `seq` orders the events of one subject.

    told: the status that it tells of. log: the last tries, oldest first.
    """

    id: int
    account_id: int
    subject: int
    seq: int
    url: str
    body: str
    told: str
    status: str
    tries: int
    log: tuple[Try, ...]
    created_at: int
    next_try_at: int
