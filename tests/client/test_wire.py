"""Answers are told apart by the contract's envelope."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy_client import (
    AccountError,
    AnswerError,
    ApiError,
    AuthenticationError,
    ClientError,
    NotFoundError,
    PolicyError,
    RateLimitError,
    RequestError,
    ServerError,
)
from understudy_client.wire import Reply, data_of


def reply(status: int, body: Any, **headers: str) -> Reply:
    return Reply(status, headers, json.dumps(body).encode())


def test_success_is_the_data() -> None:
    assert data_of(reply(200, {"code": 0, "message": "SUCCEED", "data": [1]})) == [1]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, 1000, AuthenticationError),
        (401, 1004, AuthenticationError),
        (429, 1102, AccountError),
        (403, 1103, AccountError),
        (400, 1200, RequestError),
        (400, 1201, RequestError),
        (404, 1202, RequestError),
        (404, 1203, NotFoundError),
        (400, 1301, PolicyError),
        (429, 1302, RateLimitError),
        (429, 1303, RateLimitError),
        (500, 5000, ServerError),
        (504, 5002, ServerError),
    ],
)
def test_a_refusal_is_of_its_codes_kind(status: int, code: int, kind: type[ApiError]) -> None:
    body = {"code": code, "message": "no", "request_id": "r-9"}
    with pytest.raises(kind) as caught:
        data_of(reply(status, body))
    error = caught.value
    assert type(error) is kind
    assert (error.code, error.status, error.message, error.request_id) == (
        code,
        status,
        "no",
        "r-9",
    )


def test_a_task_that_is_not_there_is_not_found_although_the_code_is_1201() -> None:
    message = "Task not found by id/external id: x"
    with pytest.raises(NotFoundError):
        data_of(reply(400, {"code": 1201, "message": message}))


def test_an_error_that_comes_with_http_200_is_an_error() -> None:
    with pytest.raises(RequestError):
        data_of(reply(200, {"code": 1201, "message": "no"}))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(502, ServerError), (503, ServerError), (429, RateLimitError), (404, NotFoundError)],
)
def test_an_answer_of_a_proxy_is_judged_by_its_status(status: int, kind: type[ApiError]) -> None:
    with pytest.raises(kind, match=f"HTTP {status}"):
        data_of(Reply(status, {}, b"<html>Bad Gateway</html>"))


def test_a_page_that_is_no_api_is_an_answer_error() -> None:
    with pytest.raises(AnswerError, match="URL"):
        data_of(Reply(200, {}, b"<html>Welcome</html>"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Wed, 10 Jun 2026 08:40:00 GMT", 20.0), ("soon", None), ("", None)],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    now = datetime(2026, 6, 10, 8, 39, 40, tzinfo=UTC)
    body = {"code": 1303, "message": "no"}
    with pytest.raises(RateLimitError) as caught:
        data_of(Reply(429, {"retry-after": header}, json.dumps(body).encode()), now=now)
    assert caught.value.retry_after == seconds


@given(st.integers(200, 599), st.binary(max_size=40), st.text(max_size=12))
def test_any_answer_is_data_or_a_client_error(status: int, body: bytes, after: str) -> None:
    with pytest.raises(ClientError):
        data_of(Reply(status, {"retry-after": after}, body))
