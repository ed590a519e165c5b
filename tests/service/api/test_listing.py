"""What a list reaches by default."""

from __future__ import annotations

from understudy.service.api.listing import read_slice
from understudy.tasks.ids import first_task_id

NOW = 1_790_000_000_000
HOUR = 3_600_000


def test_a_list_without_an_end_shows_what_was_made_before_the_clock_was_set_back() -> None:
    assert read_slice({}, now=NOW).before_id > first_task_id(NOW + HOUR)
    assert read_slice({"end_time": NOW}, now=NOW).before_id <= first_task_id(NOW + 1)
