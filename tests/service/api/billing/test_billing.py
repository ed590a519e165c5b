"""What tasks cost an account, in detail."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.service.conftest import PATH, Client
from tests.service.test_limits import account_of
from understudy.service.api import billing
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts

PACKAGE = "/account/billing/package"
BALANCE = "/account/billing/balance"
ALWAYS = {"start_time": 0, "end_time": 8_000_000_000_000}
PAGE: TypeAdapter[Any] = TypeAdapter(billing.UnitPage)
Body = Callable[..., dict[str, Any]]


def spent(client: Client, create_body: Body, **options: Any) -> Any:
    """The record of a take that was made and paid for."""
    headers = options.pop("headers", None) or {
        "Authorization": f"Bearer {client.credentials.api_key}"
    }
    made = client.data("POST", PATH, json=create_body(**options), headers=headers)
    return client.ended(made["task_id"])


def listed(client: Client, **changes: Any) -> list[str]:
    page = client.data("POST", PACKAGE, json={**ALWAYS, **changes})
    PAGE.validate_python(page, strict=True, extra="forbid")
    assert page["result"]["count"] == len(page["result"]["detail"])
    return [each["task_id"] for each in page["result"]["detail"]]


def test_a_take_that_was_paid_for_is_listed_in_the_contracts_shape(
    client: Client, create_body: Body, server_database: Database
) -> None:
    account = account_of(client, server_database)
    server_database.write_now(accounts.set_units, account.id, 10_000, now=1)
    first = spent(client, create_body)
    second = spent(client, create_body, model_name="kling-v3", mode="pro", keep_original_sound="no")
    spent(client, create_body, prompt="refuse")
    page = client.data("POST", PACKAGE, json={**ALWAYS, "cursor": "", "filters": []})
    PAGE.validate_python(page, strict=True, extra="forbid")
    assert (page["next_cursor"], page["has_more"], page["result"]["count"]) == ("", False, 2)
    newest, oldest = page["result"]["detail"]
    assert oldest == {
        "package_id": str(account.id),
        "product_type": "video",
        "task_id": first["task_id"],
        "api_key_name": client.credentials.api_key[-6:],
        "product_function": "Motion Control",
        "model_name": "kling-v2-6",
        "resolution": "720p",
        "duration": "3.066",
        "refer_video_input": True,
        "video_sound": "original",
        "voice_control": False,
        "deduction_time": str(first["updated_at"]),
        "unit_before_deduction": 10.0,
        "deduction_amount": 1.5,
        "unit_after_deduction": 8.5,
    }
    assert newest["task_id"] == second["task_id"]
    assert (newest["model_name"], newest["resolution"]) == ("kling-v3", "1080p")
    assert newest["video_sound"] == "off"
    amounts = ("unit_before_deduction", "deduction_amount", "unit_after_deduction")
    assert [newest[name] for name in amounts] == [8.5, 3.6, 4.9]


def test_without_a_limit_the_balance_is_that_of_the_pack(client: Client, create_body: Body) -> None:
    made = spent(client, create_body)
    (detail,) = client.data("POST", PACKAGE, json=ALWAYS)["result"]["detail"]
    assert detail["task_id"] == made["task_id"]
    costs = client.data("GET", "/account/costs?start_time=0&end_time=8000000000000")
    (pack,) = costs["resource_pack_subscribe_infos"]
    assert detail["unit_after_deduction"] == pack["remaining_quantity"]
    assert detail["unit_before_deduction"] == pack["total_quantity"]
    assert pack["total_quantity"] - pack["remaining_quantity"] == 1.5


def test_deductions_are_narrowed_by_time_key_and_package(
    client: Client, create_body: Body, server_database: Database
) -> None:
    key = client.data("POST", "/v1/account/keys", json={"kind": "api_key"})
    headers = {"Authorization": f"Bearer {key['api_key']}"}
    own, other = spent(client, create_body), spent(client, create_body, headers=headers)
    both = [other["task_id"], own["task_id"]]
    package_id = str(account_of(client, server_database).id)

    def by(*filters: tuple[str, list[str]], **changes: Any) -> list[str]:
        given = [{"key": key, "values": values} for key, values in filters]
        return listed(client, filters=given, **changes)

    own_key = client.credentials.api_key[-6:]
    assert by() == both
    assert by(("api_key_name", [key["id"]])) == [other["task_id"]]
    assert by(("api_key_name", [key["id"], own_key])) == both
    assert by(("api_key_name", [key["id"]]), ("api_key_name", [own_key])) == both
    assert by(("api_key_name", ["nobody"])) == []
    assert by(("product_type", ["video", "try-on"])) == both
    assert by(("product_type", ["image"])) == []
    assert by(("package_name", ["Understudy units"])) == both
    assert by(("package_name", ["x"])) == []
    assert by(("package_id", [package_id, "7"])) == both
    assert by(("package_id", ["7"])) == []
    assert by(("api_key_name", [key["id"]]), ("product_type", ["image"])) == []
    assert by(("api_key_name", []), ("package_name", []), ("package_id", [])) == both
    at = other["created_at"]
    assert by(start_time=at, end_time=str(at + 1)) == [other["task_id"]]
    assert by(start_time=at + 1) == []
    assert by(end_time=own["created_at"] - 1) == []


def test_a_cursor_goes_on_with_the_same_filters_and_limit(
    client: Client, create_body: Body
) -> None:
    made = [spent(client, create_body)["task_id"] for _ in range(3)]
    name = client.credentials.api_key[-6:]
    filters = [{"key": "api_key_name", "values": [name]}]
    found: list[str] = []
    body: dict[str, Any] = {**ALWAYS, "limit": 1, "filters": filters}
    for more in (True, True, False):
        page = client.data("POST", PACKAGE, json=body)
        assert (page["has_more"], bool(page["next_cursor"])) == (more, more)
        found += [each["task_id"] for each in page["result"]["detail"]]
        body = {"cursor": page["next_cursor"]}
    assert found == made[::-1]


def test_a_deduction_outlives_its_task_and_belongs_to_its_account_alone(
    client: Client, new_client: Callable[[], Client], create_body: Body
) -> None:
    made = spent(client, create_body)
    client.data("DELETE", f"{PATH}/{made['task_id']}")
    assert listed(client) == [made["task_id"]]
    assert listed(new_client()) == []


def test_nothing_costs_money(client: Client, create_body: Body) -> None:
    spent(client, create_body)
    assert client.data("POST", BALANCE, json=ALWAYS) == {
        "result": {"detail": [], "count": 0},
        "next_cursor": "",
        "has_more": False,
    }


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


A_TIME = "a time in milliseconds is expected"


@pytest.mark.parametrize("path", [PACKAGE, BALANCE])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "start_time: must not be blank"),
        ({"start_time": 1}, "end_time: must not be blank"),
        ({"start_time": "x", "end_time": 1}, f"start_time value 'x' is invalid: {A_TIME}"),
        (
            {"start_time": 2, "end_time": 2},
            "end_time value '2' is invalid: a time after start_time is expected",
        ),
        ({**ALWAYS, "limit": 501}, "limit value '501' is invalid: at most 500 is allowed"),
        (
            {**ALWAYS, "filters": [{"key": "x", "values": []}]},
            "filters[0].key value 'x' is invalid",
        ),
    ],
)
def test_a_query_that_cannot_be_is_refused(
    client: Client, path: str, body: dict[str, Any], message: str
) -> None:
    assert client.error("POST", path, json=body) == (400, 1201, message)


@pytest.mark.parametrize(
    "text",
    [
        *("x", "====", "é", cursor(1, 2, 3), cursor(1, 2, 501, None), cursor(1, 2, 0, None)),
        *(cursor(2**63, 2, 1, None), cursor(-1, 2, 1, None), cursor(1, 2, 1, ["\0"])),
        *(cursor(True, 2, 1, None), cursor(1, 2, 1, "x"), cursor(1, 2, 1, [1])),
        *(cursor(1, 2, 1, ["\ud800"]), cursor({"a": 1}), cursor(1, 2**44, 1, None)),
    ],
)
def test_a_cursor_that_is_none_is_refused(client: Client, text: str) -> None:
    status, code, message = client.error("POST", PACKAGE, json={"cursor": text})
    assert (status, code) == (400, 1201)
    assert message.startswith("cursor value ")


def test_name_and_id_of_a_package_exclude_each_other(client: Client) -> None:
    filters = [{"key": "package_name", "values": ["a"]}, {"key": "package_id", "values": ["1"]}]
    assert client.error("POST", PACKAGE, json={**ALWAYS, "filters": filters}) == (
        400,
        1201,
        "filters: only one of package_name and package_id is allowed",
    )
    for key in ("product_type", "package_name", "package_id"):
        body = {**ALWAYS, "filters": [{"key": key, "values": []}]}
        assert client.error("POST", BALANCE, json=body)[2] == (
            f"filters[0].key value '{key}' is invalid"
        )
