"""Lists that come in pages, walked to their end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from understudy_client.effects import Operation
from understudy_client.operations import Operations
from understudy_client.records import Json
from understudy_client.wire import Call

LARGEST_PAGE = 500
_LAST_PAGE = 1000
Value = TypeVar("Value")


@dataclass(slots=True)
class Pages(Generic[Value]):
    """The pages of one list, turned one by one until `done`.

    parse: a record's values with what tells each from all others; a value that moved to a later
    page, because something was added at the front meanwhile, is left out the second time.
    """

    operations: Operations
    path: str
    parse: Callable[[Json], Iterable[tuple[Hashable, Value]]]
    page_size: int
    done: bool = False
    _number: int = 0
    _seen: set[Hashable] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise ValueError(f"a page has 1 to {LARGEST_PAGE} records")

    def turn(self) -> Operation[list[Value]]:
        """The new values of the next page."""
        self._number += 1
        params = {"pageNum": self._number, "pageSize": self.page_size}
        records = yield from self.operations.request(Call("GET", self.path, params))
        self.done = len(records) < self.page_size or self._number == _LAST_PAGE
        values = []
        for record in records:
            for key, value in self.parse(record):
                if key not in self._seen:
                    self._seen.add(key)
                    values.append(value)
        return values
