"""The bodies of callbacks: the bare record, in the design that the task was created with.

They are kept sealed, because they hold signed links, which open files for whoever has them.
"""

from __future__ import annotations

from typing import Any

from understudy.service.api import elements, motion_control, tasks
from understudy.service.http.envelope import encode
from understudy.tasks.db.repository.callbacks import WriteElementPayload, WritePayload
from understudy.tasks.files.links import Links
from understudy.tasks.records import Design, StoredElement, Task


def task_payload_writer(links: Links) -> WritePayload:
    """Writes the sealed bodies of tasks' callbacks, with results where their clients reach the
    service."""

    def write_payload(task: Task) -> str:
        theirs = links.under(task.request.base_url)
        if task.design is Design.LEGACY:
            record: Any = motion_control.record(task, theirs)
        else:
            record = tasks.record(task, theirs)
        return links.keyring.seal(encode(record).decode())

    return write_payload


def element_payload_writer(links: Links) -> WriteElementPayload:
    """As `task_payload_writer`, for elements."""

    def write_payload(element: StoredElement) -> str:
        record = elements.record(element, links.under(element.base_url))
        return links.keyring.seal(encode(record).decode())

    return write_payload
