"""The account as its owner sees it: units, keys, callbacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.testing import RehearsalServer
from understudy_client import verify_callback

ACCOUNT = "/v1/account"
Body = Callable[..., dict[str, Any]]


def with_key(client: Client, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_an_account_shows_its_units_limits_and_keys(client: Client) -> None:
    profile = client.data("GET", ACCOUNT)
    assert profile["name"] == client.credentials.account
    assert profile["units"] == {"total": None, "used": "0", "reserved": "0"}
    assert profile["callback_secret"] is True
    kinds = {key["kind"]: key for key in profile["keys"]}
    assert kinds["api_key"]["current"]
    assert not kinds["key_pair"]["current"]
    # Nothing that signs in is shown.
    assert client.credentials.api_key not in str(profile)
    assert client.credentials.secret_key not in str(profile)


def test_a_new_key_works_until_it_is_revoked(client: Client) -> None:
    made = client.data("POST", f"{ACCOUNT}/keys", json={"kind": "api_key"})
    headers = with_key(client, made["api_key"])
    profile = client.data("GET", ACCOUNT, headers=headers)
    assert [key["id"] for key in profile["keys"] if key["current"]] == [made["id"]]
    assert client.error("DELETE", f"{ACCOUNT}/keys/{made['id']}", headers=headers)[:2] == (
        400,
        1201,
    )
    assert client.data("DELETE", f"{ACCOUNT}/keys/{made['id']}") == {"id": made["id"]}
    assert made["id"] not in [key["id"] for key in client.data("GET", ACCOUNT)["keys"]]
    assert client.error("DELETE", f"{ACCOUNT}/keys/{made['id']}")[:2] == (400, 1201)


def test_a_new_key_pair_signs_tokens(client: Client) -> None:
    made = client.data("POST", f"{ACCOUNT}/keys", json={"kind": "key_pair"})
    token = jwt.encode(
        {"iss": made["access_key"], "exp": int(time.time()) + 1800}, made["secret_key"]
    )
    assert client.data("GET", ACCOUNT, headers=with_key(client, token))


@pytest.mark.parametrize("body", [{}, {"kind": "password"}, {"kind": 1}])
def test_a_kind_of_key_that_there_is_not_is_refused(client: Client, body: Any) -> None:
    status, code, message = client.error("POST", f"{ACCOUNT}/keys", json=body)
    assert (status, code) == (400, 1201)
    assert "kind" in message


def test_a_callback_is_shown_with_its_tries_and_sent_again(
    client: Client, create_body: Body, far: FarSide, server: RehearsalServer
) -> None:
    made = client.data("POST", PATH, json=create_body(callback_url=f"{far.url}/again"))
    client.ended(made["task_id"])
    events: list[Any] = []
    while not events or any(event["status"] == "pending" for event in events):
        events = client.data("GET", f"{ACCOUNT}/callbacks")
    newest = events[0]
    assert (newest["task_id"], newest["task_status"]) == (made["task_id"], "succeeded")
    assert newest["tries"][-1]["http_status"] == 200
    again = client.data("POST", f"{ACCOUNT}/callbacks/{newest['id']}/resend")
    assert again["status"] == "pending"
    while len(again["tries"]) < 2:
        again = client.data("GET", f"{ACCOUNT}/callbacks")[0]
    assert again["status"] == "delivered"
    log = (server.data / "server.log").read_text()
    assert f'"event_id": "{newest["id"]}"' in log
    assert "Exception in callback" not in log


def test_callbacks_of_others_are_neither_shown_nor_sent(
    client: Client, new_client: Callable[[], Client], create_body: Body, far: FarSide
) -> None:
    made = client.data("POST", PATH, json=create_body(callback_url=f"{far.url}/mine"))
    client.ended(made["task_id"])
    event = client.data("GET", f"{ACCOUNT}/callbacks")[0]
    other = new_client()
    assert other.data("GET", f"{ACCOUNT}/callbacks") == []
    for name in (event["id"], "1", "x", "9" * 40):
        status, code, _ = other.error("POST", f"{ACCOUNT}/callbacks/{name}/resend")
        assert (status, code) == (400, 1201)


def test_a_test_call_is_signed_with_the_secret_of_now(client: Client, far: FarSide) -> None:
    secret = client.data("POST", f"{ACCOUNT}/callback-secret")["secret"]
    told = client.data("POST", f"{ACCOUNT}/callbacks/test", json={"url": f"{far.url}/try"})
    assert (told["http_status"], told["error"]) == (200, None)
    while True:
        call = far.next_callback()
        if call.path == "/try":
            break
    callback = verify_callback(call.body, call.headers, secret)
    assert (len(callback.task.id), callback.task.status) == (18, "submitted")


def test_a_test_call_that_nobody_answers_says_why(client: Client) -> None:
    told = client.data(
        "POST", f"{ACCOUNT}/callbacks/test", json={"url": "http://127.0.0.1:1/nobody"}
    )
    assert told["http_status"] is None
    assert told["error"]
