"""Parameters of lists: pages of the legacy design, ids and cursors of the tasks design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams
from typing_extensions import TypedDict

from understudy.service.api.tasks import Record
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.fields import EmptyIsAbsent, RequestBody, Text, invalid, read_body
from understudy.tasks.db.repository.tasks import is_task_id
from understudy.tasks.ids import AFTER_ALL_TASKS, first_task_id
from understudy.tasks.records import Status

MAX_PAGE_NUMBER = 1000
MAX_PAGE_SIZE = 500
DEFAULT_PAGE_SIZE = 30
MAX_IDS = 20
DEFAULT_LIMIT = 100
DEFAULT_MS = 30 * 86_400_000
PRODUCT_TYPES = ("video", "image", "try_on")
PRODUCT = "video"
"""The product type of motion control."""
_MAX_TIME = 2**43


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of the legacy design, as a part of the whole list."""

    offset: int
    limit: int


def read_page(query: QueryParams) -> PageOf:
    """`pageNum` and `pageSize`. Raises ParameterInvalid."""
    number = _whole_number(query, "pageNum", MAX_PAGE_NUMBER, 1)
    size = _whole_number(query, "pageSize", MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)
    return PageOf((number - 1) * size, size)


def _whole_number(query: QueryParams, name: str, most: int, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if not 1 <= number <= most:
        raise ParameterInvalid(invalid(name, text, f"1 to {most} are allowed"))
    return number


@dataclass(frozen=True, slots=True)
class TaskSelection:
    """The tasks that `GET /tasks` asks for, by ids or by external ids."""

    ids: tuple[int, ...]
    external_ids: tuple[str, ...]


def read_selection(query: QueryParams) -> TaskSelection:
    """`task_ids` or `external_task_ids`. Raises ParameterInvalid."""
    listed = {name: _ids(query.get(name, "")) for name in ("task_ids", "external_task_ids")}
    given = [name for name, texts in listed.items() if texts]
    if not given:
        raise ParameterInvalid("task_ids or external_task_ids is required")
    if sum(len(texts) for texts in listed.values()) > MAX_IDS:
        raise ParameterInvalid(f"task_ids and external_task_ids cannot exceed {MAX_IDS} in total")
    if len(given) > 1:
        raise ParameterInvalid(
            "task_ids, external_task_ids: both given; exactly one of them is allowed"
        )
    texts = listed[given[0]]
    if any("\0" in text for text in texts):
        raise ParameterInvalid(invalid(given[0], query[given[0]]))
    if given[0] == "task_ids":
        return TaskSelection(tuple(int(text) for text in texts if is_task_id(text)), ())
    return TaskSelection((), tuple(texts))


def _ids(text: str) -> list[str]:
    """The ids of a list parted by commas."""
    return [each for each in (each.strip() for each in text.split(",")) if each]


def _milliseconds(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 16:
        value = int(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_TIME:
        raise PydanticCustomError("expected", "a time in milliseconds is expected")
    return value


Time = Annotated[
    Any,
    AfterValidator(_milliseconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": _MAX_TIME},
                {"type": "string", "pattern": "^[0-9]{1,13}$"},
            ]
        }
    ),
    EmptyIsAbsent,
]
"""A time in milliseconds since 1970, as a number or as text."""


class Filter(RequestBody):
    """Tasks whose `key` has one of the values."""

    key: Literal["status", "product_type"]
    values: list[Text]


class Query(RequestBody):
    """`POST /tasks`; a cursor that is not empty goes before the times."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"limit": 20, "filters": [{"key": "status", "values": ["succeeded"]}]}]
        }
    )

    start_time: Time = None
    end_time: Time = None
    cursor: Annotated[Text | None, EmptyIsAbsent] = None
    limit: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=MAX_PAGE_SIZE)] | None, EmptyIsAbsent
    ] = Field(default=None, description=f"{DEFAULT_LIMIT} when left out.")
    filters: Annotated[Annotated[list[Filter], Field(max_length=20)] | None, EmptyIsAbsent] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Tasks of ids under `before_id`, made at `since` (ms) or later, newest first.

    statuses: none means every one. takes, elements: whether tasks that make these can fit the
    filters.
    """

    before_id: int
    since: int
    statuses: tuple[Status, ...]
    limit: int
    takes: bool
    elements: bool

    def cursor_after(self, task_id: int) -> str:
        """The cursor that goes on after a task of this slice."""
        return f"{task_id}-{self.since}"


class TaskList(TypedDict):
    """A page of tasks, and how to go on."""

    result: list[Record]
    count: int
    next_cursor: str
    has_more: bool


def read_slice(body: Mapping[str, Any], *, now: int) -> Slice:
    """What `POST /tasks` asks for. Raises ParameterInvalid."""
    read = read_body(Query, body, ranks={})
    if read.cursor is not None:
        before_id, since = _read_cursor(read.cursor)
    else:
        end = now if read.end_time is None else read.end_time
        # Without an end also what was made before the clock was set back.
        before_id = AFTER_ALL_TASKS if read.end_time is None else first_task_id(end + 1)
        since = end - DEFAULT_MS if read.start_time is None else read.start_time
    statuses, products = _read_filters(read.filters or [])
    return Slice(
        before_id=before_id,
        since=max(since, 0),
        statuses=statuses or (),
        limit=read.limit or DEFAULT_LIMIT,
        takes=statuses is not None and (products is None or PRODUCT in products),
        elements=statuses is not None and products is None,
    )


def _read_cursor(cursor: str) -> tuple[int, int]:
    task_id, _, since = cursor.partition("-")
    if not is_task_id(task_id) or not (since.isascii() and since.isdecimal() and len(since) < 14):
        raise ParameterInvalid(invalid("cursor", cursor))
    return int(task_id), int(since)


def _read_filters(
    filters: list[Filter],
) -> tuple[tuple[Status, ...] | None, set[str] | None]:
    """The statuses that fit, none for every one and None for no task; the product types that fit,
    None where they do not matter: an element's task has none.
    """
    statuses = set(Status)
    products: set[str] | None = None
    for given in filters:
        if given.key == "status":
            for value in given.values:
                if value not in set(Status):
                    raise ParameterInvalid(invalid("filters.status", value))
            statuses &= {Status(value) for value in given.values} or set(Status)
        elif given.values:
            found = read_product_types(given.values)
            products = found if products is None else products & found
    if len(statuses) == len(Status):
        return (), products
    return tuple(sorted(statuses)) or None, products


def read_product_types(values: Iterable[str]) -> set[str]:
    """The product types of a filter; `try-on`, as the deductions spell it, is `try_on`.

    Raises ParameterInvalid.
    """
    values = list(values)
    for value in values:
        if value.replace("-", "_") not in PRODUCT_TYPES:
            allowed = ", ".join(PRODUCT_TYPES)
            raise ParameterInvalid(invalid("filters.product_type", value, f"allowed: {allowed}"))
    return {value.replace("-", "_") for value in values}
