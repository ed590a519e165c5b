"""Lists, elements and costs, as operations and pages for both clients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from understudy_client.effects import Operation
from understudy_client.errors import AnswerError
from understudy_client.operations import ELEMENTS, Operations
from understudy_client.options import TAKES, ElementId, element_id
from understudy_client.pages import Pages
from understudy_client.parse import element_task_from, packs_from, task_from
from understudy_client.records import Element, ElementTask, Json, ResourcePack, Task
from understudy_client.wire import Call

_PRESETS = "/v1/general/advanced-presets-elements"
_DELETE_ELEMENT = "/v1/general/delete-elements"
_COSTS = "/account/costs"
_DELETED = "deleted"


def task_pages(operations: Operations, page_size: int) -> Pages[Task]:
    """The account's motion-control tasks, newest first."""
    return Pages(operations, TAKES, _task_of, page_size)


def element_pages(operations: Operations, page_size: int) -> Pages[Element]:
    """The account's elements that are not deleted, newest first."""
    return Pages(operations, ELEMENTS, _elements_of, page_size)


def preset_pages(operations: Operations, page_size: int) -> Pages[Element]:
    """The elements that the server brings."""
    return Pages(operations, _PRESETS, _elements_of, page_size)


def first_element(created: Operation[ElementTask]) -> Operation[Element]:
    """The element that a creation ended with."""
    task = yield from created
    if not task.elements:
        raise AnswerError(f"element task {task.id} succeeded without an element")
    return task.elements[0]


def delete_element(operations: Operations, element: ElementId) -> Operation[None]:
    """Delete an element."""
    body = {"element_id": element_id(element)}
    yield from operations.request(Call("POST", _DELETE_ELEMENT, body=body))


def costs(
    operations: Operations, start: datetime, end: datetime
) -> Operation[tuple[ResourcePack, ...]]:
    """The packs of units between two times."""
    params = {"start_time": _milliseconds(start), "end_time": _milliseconds(end)}
    return packs_from((yield from operations.request(Call("GET", _COSTS, params))))


def _task_of(record: Json) -> Iterable[tuple[str, Task]]:
    task = task_from(record)
    yield task.id, task


def _elements_of(record: Json) -> Iterable[tuple[int, Element]]:
    for element in element_task_from(record).elements:
        if element.status != _DELETED:
            yield element.id, element


def _milliseconds(time: datetime) -> int:
    if time.tzinfo is None:
        raise ValueError("give times with a time zone")
    return round(time.timestamp() * 1000)
