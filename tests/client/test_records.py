"""Records of both designs become the same values; what is no record is said to be none."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy_client import AnswerError
from understudy_client.parse import element_task_from, file_from, packs_from, task_from

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def test_a_legacy_record_is_read_whole(example: dict[str, Any]) -> None:
    task = task_from(example)
    assert (task.id, task.status, task.external_id) == ("835111222333444555", "succeeded", "mine-1")
    assert task.ended
    assert task.video.url == "https://cdn.example/v1.mp4"
    assert task.video.watermark_url == "https://cdn.example/v1-w.mp4"
    assert task.video.duration == 9.066
    assert task.units == Decimal("4.5")
    assert task.created_at == datetime(2026, 6, 10, 8, 39, 38, 802000, tzinfo=UTC)
    assert task.record is example


def test_a_record_of_the_tasks_design_says_the_same(example: dict[str, Any]) -> None:
    legacy = task_from(example)
    task = task_from(
        {
            "id": legacy.id,
            "status": "succeeded",
            "message": "",
            "create_time": 1781080778802,
            "update_time": 1781080794151,
            "external_id": "mine-1",
            "outputs": [
                {"type": "cover", "url": "https://cdn.example/v1.jpg"},
                {
                    "type": "video",
                    "id": "v1",
                    "url": "https://cdn.example/v1.mp4",
                    "watermark_url": "https://cdn.example/v1-w.mp4",
                    "duration": "9.066",
                },
            ],
            "billing": [{"charge_type": "unit", "package_type": "video", "amount": "4.5"}],
        }
    )
    for name in ("id", "status", "message", "external_id", "progress", "videos", "units"):
        assert getattr(task, name) == getattr(legacy, name)
    assert (task.created_at, task.updated_at) == (legacy.created_at, legacy.updated_at)


def test_the_least_record_is_enough() -> None:
    task = task_from({"task_id": "1", "task_status": "submitted", "created_at": 0, "updated_at": 0})
    assert (task.message, task.external_id, task.videos, task.units) == ("", None, (), None)
    assert (task.progress.stage, task.progress.percent) == (None, None)
    with pytest.raises(LookupError, match="submitted"):
        _ = task.video


def test_progress_is_read_where_the_server_tells_it(example: dict[str, Any]) -> None:
    told = {"task_status": "processing", "progress": {"stage": "render", "percent": 62}}
    progress = task_from(example | told).progress
    assert (progress.status, progress.stage, progress.percent) == ("processing", "render", 62.0)


def test_an_elements_tags_are_read_in_either_spelling() -> None:
    element = {
        "element_id": 9_007_199_254_740_991,
        "element_name": "Mira",
        "tag_list": [{"tag_id": "o_102"}, {"id": "o_105", "name": "Costume"}],
    }
    record = {
        "task_id": "1",
        "task_status": "succeed",
        "task_result": {"elements": [element]},
        "created_at": 0,
        "updated_at": 0,
    }
    (found,) = element_task_from(record).elements
    assert (found.id, found.name, found.tags) == (9_007_199_254_740_991, "Mira", ("o_102", "o_105"))


@given(JSON.filter(lambda value: value not in ({}, [], None)))
def test_what_is_no_record_is_an_answer_error(value: Any) -> None:
    for parse in (task_from, element_task_from, file_from):
        with pytest.raises(AnswerError):
            parse(value)


def test_a_number_that_is_no_number_is_an_answer_error(example: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        task_from(example | {"final_unit_deduction": "many"})
    with pytest.raises(AnswerError):
        packs_from({"resource_pack_subscribe_infos": [{"resource_pack_id": 1}]})
