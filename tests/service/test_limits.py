"""What an account may have at once, how often it may ask, and what its units reach for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import web
from tests.service.conftest import PATH, Client
from understudy.service.http.contract_errors import TooManyRequests
from understudy.service.http.rates import UPLOADS_AT_ONCE, RateLimiter
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts
from understudy.testing import rehearsing

Body = Callable[..., dict[str, Any]]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A file that held takes wait for; it comes at the end."""
    yield tmp_path / "go"
    (tmp_path / "go").touch()


def account_of(client: Client, database: Database) -> Any:
    account = database.read_now(accounts.find, client.credentials.account)
    assert account is not None
    return account


def test_over_the_concurrency_limit_creates_are_refused_and_reads_served(
    client: Client, create_body: Body, server_database: Database, held: Path
) -> None:
    account = account_of(client, server_database)
    server_database.write_now(accounts.change, account.id, concurrency_limit=2)
    body = create_body(prompt=f"hold {held}")

    def attempt(_: int) -> httpx2.Response:
        return client.ask("POST", PATH, json=body)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 4
    for answer in refused:
        assert answer.status_code == 429
        assert answer.json()["code"] == 1303
        assert answer.json()["message"] == "parallel task over resource pack limit"
        assert int(answer.headers["retry-after"]) >= 1
    tasks = client.data("GET", PATH)
    assert len(tasks) == 2
    held.touch()
    for task in tasks:
        client.ended(task["task_id"])
    client.data("POST", PATH, json=create_body())


def test_units_run_out_and_are_shown(
    client: Client, create_body: Body, server_database: Database
) -> None:
    costs = "/account/costs?start_time=0&end_time=8000000000000"
    account = account_of(client, server_database)
    server_database.write_now(accounts.set_units, account.id, 2000, now=1_790_000_000_000)
    made = client.data("POST", PATH, json=create_body())
    answer = client.ask("POST", PATH, json=create_body())
    assert answer.status_code == 429
    assert (answer.json()["code"], answer.json()["message"]) == (
        1102,
        "Account balance not enough",
    )
    assert answer.headers["retry-after"]
    client.ended(made["task_id"])
    (pack,) = client.data("GET", costs)["resource_pack_subscribe_infos"]
    assert pack == {
        "resource_pack_name": "Understudy units",
        "resource_pack_id": str(account.id),
        "resource_pack_type": "decreasing_total",
        "total_quantity": 2.0,
        "remaining_quantity": 0.5,
        "purchase_time": 1_790_000_000_000,
        "effective_time": 1_790_000_000_000,
        "invalid_time": 4_102_444_800_000,
        "status": "online",
    }
    before = "/account/costs?start_time=0&end_time=1000"
    assert client.data("GET", before)["resource_pack_subscribe_infos"] == []
    named = f"{costs}&resource_pack_name="
    for name, found in (("Understudy%20units", [pack]), ("", [pack]), ("another", [])):
        assert client.data("GET", named + name)["resource_pack_subscribe_infos"] == found


def test_an_account_without_a_limit_has_a_pack_that_lasts(client: Client) -> None:
    costs = client.data("GET", "/account/costs?start_time=0&end_time=8000000000000")
    assert (costs["code"], costs["msg"]) == (0, "SUCCEED")
    (pack,) = costs["resource_pack_subscribe_infos"]
    assert pack["status"] == "online"
    assert pack["remaining_quantity"] == pack["total_quantity"] == 1e9
    assert 0 < pack["effective_time"] <= time.time() * 1000 < pack["invalid_time"]


def test_creates_that_race_cannot_overdraw_an_account(
    client: Client, create_body: Body, server_database: Database, held: Path
) -> None:
    account = account_of(client, server_database)
    server_database.write_now(accounts.set_units, account.id, 4500, now=1)
    body = create_body(prompt=f"hold {held}")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.ask("POST", PATH, json=body), range(8)))
    codes = sorted(answer.json()["code"] for answer in answers)
    assert codes == [0] * 3 + [1102] * 5
    after = account_of(client, server_database)
    assert (after.units_reserved, after.units_left) == (4500, 0)
    held.touch()
    for task in client.data("GET", PATH):
        client.ended(task["task_id"])
    after = account_of(client, server_database)
    assert (after.units_used, after.units_reserved, after.active_tasks) == (4500, 0, 0)


def test_a_refused_or_cancelled_task_gives_its_units_back(
    client: Client, create_body: Body, server_database: Database
) -> None:
    account = account_of(client, server_database)
    server_database.write_now(accounts.set_units, account.id, 1500, now=1)
    refused = client.data("POST", PATH, json=create_body(prompt="refuse"))
    client.ended(refused["task_id"])
    cancelled = client.data("POST", PATH, json=create_body(prompt="hang"))
    client.data("POST", f"{PATH}/{cancelled['task_id']}/cancel")
    made = client.data("POST", PATH, json=create_body())
    assert client.ended(made["task_id"])["final_unit_deduction"] == "1.5"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "start_time: must not be blank"),
        ("start_time=1", "end_time: must not be blank"),
        (
            "start_time=x&end_time=1",
            "start_time value 'x' is invalid: a time in milliseconds is expected",
        ),
        (
            "start_time=2&end_time=1",
            "end_time value '1' is invalid: a time after start_time is expected",
        ),
    ],
)
def test_costs_need_a_span_of_time(client: Client, query: str, message: str) -> None:
    assert client.error("GET", f"/account/costs?{query}") == (400, 1201, message)


def test_too_many_requests_are_refused_for_a_while() -> None:
    limiter = RateLimiter("3/hour;100/day")
    for _ in range(3):
        limiter.count(1)
    with pytest.raises(TooManyRequests) as caught:
        limiter.count(1)
    assert (caught.value.status, caught.value.code) == (429, 1302)
    assert caught.value.retry_after is not None
    assert 1 <= caught.value.retry_after <= 3600
    limiter.count(2)


def test_a_clock_that_was_set_back_begins_the_rate_limits_anew() -> None:
    set_back = 0.0
    limiter = RateLimiter("1/hour", lambda: time.time() - set_back)
    limiter.count(1)
    with pytest.raises(TooManyRequests):
        limiter.count(1)
    set_back = 86_400.0
    limiter.count(1)
    with pytest.raises(TooManyRequests):
        limiter.count(1)


def test_one_account_has_so_many_uploads_at_once() -> None:
    limiter = RateLimiter("")
    with ExitStack() as stack:
        for _ in range(UPLOADS_AT_ONCE):
            stack.enter_context(limiter.uploading(1))
        with pytest.raises(TooManyRequests, match="Too many uploads"):
            stack.enter_context(limiter.uploading(1))
        stack.enter_context(limiter.uploading(2))
    with limiter.uploading(1):
        pass


def test_creates_are_counted_over_http_and_reads_are_not(tmp_path: Path) -> None:
    with (
        rehearsing(tmp_path, rate_limit="2/hour", shutdown_seconds=0) as server,
        web.client(base_url=server.url, headers=server.headers) as http,
    ):
        codes = [http.post(PATH, json={"model_name": "x"}).json()["code"] for _ in range(2)]
        refused = http.post("/motion-control/kling-3.0", json={})
        reads = [http.get(PATH).status_code for _ in range(5)]
    assert codes == [1201, 1201]
    assert (refused.status_code, refused.json()["code"]) == (429, 1302)
    assert refused.json()["message"] == "Too many requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert reads == [200] * 5


def test_no_rule_is_no_limit() -> None:
    limiter = RateLimiter("")
    for _ in range(1000):
        limiter.count(1)
