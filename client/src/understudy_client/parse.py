"""Records of either design of the API, parsed into the values of `records`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from understudy_client.errors import AnswerError
from understudy_client.records import (
    Element,
    ElementTask,
    Inspection,
    Json,
    Problem,
    Progress,
    ResourcePack,
    Status,
    StoredFile,
    Task,
    Video,
)

# The two designs of the API spell success differently; a task says `succeeded` in both.
_STATUSES: dict[str, Status] = {
    "submitted": "submitted",
    "processing": "processing",
    "succeed": "succeeded",
    "succeeded": "succeeded",
    "failed": "failed",
}


def task_from(record: Json) -> Task:
    """A task of either design; raises AnswerError when the record is of neither."""
    return _parsed(_task, record)


def element_task_from(record: Json) -> ElementTask:
    """The making of an element; raises AnswerError when the record is something else."""
    return _parsed(_element_task, record)


def file_from(record: Json) -> StoredFile:
    """An uploaded file; raises AnswerError when the record is something else."""
    return _parsed(_file, record)


def inspection_from(record: Json) -> Inspection:
    """A plan or the problems; raises AnswerError when the record is something else."""
    return _parsed(_inspection, record)


def packs_from(record: Json) -> tuple[ResourcePack, ...]:
    """The packs of `/account/costs`; raises AnswerError when the record is something else."""
    return _parsed(_packs, record)


_Value = TypeVar("_Value")


def _parsed(parse: Callable[[Json], _Value], record: Json) -> _Value:
    try:
        return parse(record)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise AnswerError(
            f"the server's record is not the contract's ({type(error).__name__}: {error})"
        ) from error


def _task(record: Json) -> Task:
    return _legacy_task(record) if "task_id" in record else _tasks_design_task(record)


def _legacy_task(record: Json) -> Task:
    status = _STATUSES[record["task_status"]]
    units = record.get("final_unit_deduction")
    return Task(
        id=record["task_id"],
        status=status,
        message=record.get("task_status_msg") or "",
        external_id=(record.get("task_info") or {}).get("external_task_id"),
        progress=_progress(status, record),
        videos=tuple(map(_video, (record.get("task_result") or {}).get("videos") or ())),
        units=Decimal(str(units)) if units not in (None, "") else None,
        created_at=_time(record["created_at"]),
        updated_at=_time(record["updated_at"]),
        record=record,
    )


def _tasks_design_task(record: Json) -> Task:
    status = _STATUSES[record["status"]]
    amounts = [Decimal(str(charge["amount"])) for charge in record.get("billing") or ()]
    outputs = [output for output in record.get("outputs") or () if output.get("type") == "video"]
    return Task(
        id=record["id"],
        status=status,
        message=record.get("message") or "",
        external_id=record.get("external_id") or None,
        progress=_progress(status, record),
        videos=tuple(map(_video, outputs)),
        units=sum(amounts, Decimal(0)) if amounts else None,
        created_at=_time(record["create_time"]),
        updated_at=_time(record["update_time"]),
        record=record,
    )


def _element_task(record: Json) -> ElementTask:
    elements = (record.get("task_result") or {}).get("elements") or ()
    return ElementTask(
        id=record["task_id"],
        status=_STATUSES[record["task_status"]],
        message=record.get("task_status_msg") or "",
        external_id=(record.get("task_info") or {}).get("external_task_id"),
        elements=tuple(map(_element, elements)),
        created_at=_time(record["created_at"]),
        updated_at=_time(record["updated_at"]),
        record=record,
    )


def _element(record: Json) -> Element:
    return Element(
        id=int(record["element_id"]),
        name=record["element_name"],
        description=record.get("element_description") or "",
        reference_type=record.get("reference_type") or "",
        status=record.get("status") or "",
        owner=record.get("owned_by") or "",
        tags=tuple(str(tag.get("tag_id") or tag["id"]) for tag in _list(record, "tag_list")),
        record=record,
    )


def _file(record: Json) -> StoredFile:
    return StoredFile(record["file_id"], record["url"], record["kind"], int(record["bytes"]))


def _inspection(record: Json) -> Inspection:
    problems = tuple(
        Problem(problem.get("field") or "", problem["message"])
        for problem in _list(record, "problems")
    )
    return Inspection(
        usable=record["usable"] is True,
        problems=problems,
        plan=record.get("plan"),
        picture=record.get("picture"),
        clip=record.get("clip"),
    )


def _packs(record: Json) -> tuple[ResourcePack, ...]:
    return tuple(
        ResourcePack(
            id=str(pack["resource_pack_id"]),
            name=pack["resource_pack_name"],
            status=pack["status"],
            total=Decimal(str(pack["total_quantity"])),
            remaining=Decimal(str(pack["remaining_quantity"])),
            effective_at=_time(pack["effective_time"]),
            invalid_at=_time(pack["invalid_time"]),
        )
        for pack in _list(record, "resource_pack_subscribe_infos")
    )


def _video(record: Json) -> Video:
    return Video(
        id=str(record.get("id") or ""),
        url=record["url"],
        watermark_url=record.get("watermark_url") or None,
        duration=float(record.get("duration") or 0),
    )


def _progress(status: Status, record: Json) -> Progress:
    told = record.get("progress") or {}
    percent = told.get("percent")
    if percent is None and status == "succeeded":
        percent = 100.0
    return Progress(status, told.get("stage"), None if percent is None else float(percent))


def _list(record: Json, key: str) -> list[Json]:
    return list(record.get(key) or ())


def _time(milliseconds: int | str) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
