"""Callbacks: what is told, in which order, signed how, and what happens when nobody listens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.tasks.accounts.credentials import rotate_callback_secret
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts
from understudy.tasks.webhooks.signatures import signed_headers
from understudy.testing import RehearsalServer, rehearsing

Body = Callable[..., dict[str, Any]]


def test_the_contracts_check_vector_is_met() -> None:
    body = (
        '{"id":"1234567890","status":"succeeded","message":"",'
        '"create_time":1781080778802,"update_time":1781080794151}'
    )
    headers = signed_headers(
        "9876543210",
        body,
        secrets=["whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="],
        now=1781080794151,
    )
    assert headers == {
        "webhook-id": "9876543210",
        "webhook-timestamp": "1781080794",
        "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
    }


def test_every_change_of_status_is_told_in_order_and_signed(
    client: Client, create_body: Body, far: FarSide
) -> None:
    path = f"/{client.credentials.account}"
    made = client.data("POST", PATH, json=create_body(callback_url=f"{far.url}{path}"))
    calls = [far.next_callback(path) for _ in range(3)]
    record = client.data("GET", f"{PATH}/{made['task_id']}")
    bodies = []
    for call in calls:
        assert call.headers["content-type"] == "application/json; charset=utf-8"
        webhook = Webhook(client.credentials.callback_secret)
        bodies.append(webhook.verify(call.body, call.headers))
        with pytest.raises(WebhookVerificationError):
            webhook.verify(call.body + b" ", call.headers)
    assert [body["task_status"] for body in bodies] == ["submitted", "processing", "succeed"]
    assert bodies[2] == record
    ids = [call.headers["webhook-id"] for call in calls]
    assert len(set(ids)) == 3


def test_a_task_of_the_tasks_design_is_told_in_its_own_words(client: Client, far: FarSide) -> None:
    path = f"/own-words-{client.credentials.account}"
    body = {
        "contents": [
            {"type": "image", "url": f"{far.url}/picture.png"},
            {"type": "video", "url": f"{far.url}/clip.mp4"},
        ],
        "settings": {"character_orientation": "video"},
        "options": {"callback_url": f"{far.url}{path}", "external_task_id": "mine"},
    }
    made = client.data("POST", "/motion-control/kling-3.0", json=body)
    told = [json.loads(far.next_callback(path).body) for _ in range(3)]
    assert [body["status"] for body in told] == ["submitted", "processing", "succeeded"]
    assert client.data("GET", f"/tasks?task_ids={made['id']}") == [told[2]]


def test_a_refused_call_is_made_again_with_the_same_id(
    client: Client, create_body: Body, far: FarSide, server_database: Database
) -> None:
    """The wait before the second try is cut short in the row."""
    from understudy.tasks.db.schema import callback_events

    path = f"/again-{client.credentials.account}"
    far.answers[path] = [500, 200, 200, 200]
    made = client.data("POST", PATH, json=create_body(callback_url=f"{far.url}{path}"))
    first = far.next_callback(path)
    client.ended(made["task_id"])
    hurry = (
        callback_events.update()
        .where(callback_events.c.subject == int(made["task_id"]), callback_events.c.tries == 1)
        .values(next_try_at=0)
    )
    while not server_database.write_now(lambda connection: connection.execute(hurry).rowcount):
        pass
    again, _, last = (far.next_callback(path) for _ in range(3))
    assert json.loads(first.body)["task_status"] == "submitted"
    assert (again.body, again.headers["webhook-id"]) == (first.body, first.headers["webhook-id"])
    assert json.loads(last.body)["task_status"] == "succeed"


def test_while_a_secret_rotates_both_sign(
    client: Client,
    create_body: Body,
    far: FarSide,
    server_database: Database,
    server_keyring: Keyring,
) -> None:
    account = server_database.read_now(accounts.find, client.credentials.account)
    assert account is not None
    fresh = server_database.write_now(rotate_callback_secret, server_keyring, account.id)
    path = f"/rotating-{client.credentials.account}"
    client.data("POST", PATH, json=create_body(callback_url=f"{far.url}{path}"))
    for _ in range(2):
        call = far.next_callback(path)
        for secret in (fresh, client.credentials.callback_secret):
            Webhook(secret).verify(call.body, call.headers)


def test_a_secret_signs_for_seven_days_after_the_next_unless_it_is_ended_at_once(
    client: Client, server_database: Database
) -> None:
    account = server_database.read_now(accounts.find, client.credentials.account)
    assert account is not None
    client.data("POST", "/v1/account/callback-secret")
    sealed = server_database.read_now(accounts.sealed_secrets, account.id)
    days = 86_400_000
    until = sealed.previous_until or 0
    assert len(sealed.valid_at(until - 1)) == 2
    assert len(sealed.valid_at(until)) == 1
    assert 6.9 * days < until - time.time() * 1000 < 7.1 * days
    client.data("POST", "/v1/account/callback-secret", json={"at_once": True})
    sealed = server_database.read_now(accounts.sealed_secrets, account.id)
    assert len(sealed.valid_at(int(time.time() * 1000) + 1)) == 1


def test_a_receiver_that_hangs_holds_up_nobody_else(
    new_client: Callable[[], Client], create_body: Body, far: FarSide
) -> None:
    slow, quick = new_client(), new_client()
    for number in range(10):
        slow.data("POST", PATH, json=create_body(callback_url=f"{far.url}/hang-{number}"))
    path = f"/quick-{quick.credentials.account}"
    made = quick.data("POST", PATH, json=create_body(callback_url=f"{far.url}{path}"))
    told: dict[str, str] = {}
    while len(told) < 3:
        call = far.next_callback(path)
        told[call.headers["webhook-id"]] = json.loads(call.body)["task_status"]
    assert list(told.values()) == ["submitted", "processing", "succeed"]
    assert quick.data("GET", f"{PATH}/{made['task_id']}")["task_status"] == "succeed"


def test_a_cancelled_task_is_told_as_failed(
    client: Client, create_body: Body, far: FarSide
) -> None:
    path = f"/cancelled-{client.credentials.account}"
    body = create_body(prompt="hang", callback_url=f"{far.url}{path}")
    made = client.data("POST", PATH, json=body)

    def mine() -> Any:
        return json.loads(far.next_callback(path).body)

    assert [mine()["task_status"] for _ in range(2)] == ["submitted", "processing"]
    client.data("POST", f"{PATH}/{made['task_id']}/cancel")
    told = mine()
    assert (told["task_status"], told["task_status_msg"]) == ("failed", "Task was cancelled")


def test_no_signed_link_is_kept_in_the_database(
    client: Client, create_body: Body, far: FarSide, server: RehearsalServer
) -> None:
    path = f"/{client.credentials.account}"
    client.data("POST", PATH, json=create_body(callback_url=f"{far.url}{path}"))
    bodies = [far.next_callback(path).body for _ in range(3)]
    assert b"signature=" in bodies[-1]
    files = [*server.data.glob("understudy.db"), *server.data.glob("understudy.db-wal")]
    assert files
    for file in files:
        assert b"signature=" not in file.read_bytes()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://name-that-is-not.invalid/", "https://127.0.0.1:9/"]
)
def test_a_test_callback_tells_no_more_than_that_nobody_was_reached(
    client: Client, url: str
) -> None:
    told = client.data("POST", "/v1/account/callbacks/test", json={"url": url})
    assert told.pop("at") > 0
    assert told == {"http_status": None, "error": "not reachable", "milliseconds": 0}


def test_a_callback_that_can_never_be_made_is_refused_by_the_create(tmp_path: Path) -> None:
    body = {
        "model_name": "kling-v2-6",
        "image_url": "http://example.invalid/picture.png",
        "video_url": "http://example.invalid/clip.mp4",
        "character_orientation": "video",
        "mode": "std",
        "callback_url": "http://127.1/cb",
    }
    element = {
        "element_name": "a",
        "element_description": "b",
        "reference_type": "video_refer",
        "element_video_list": {"refer_videos": [{"video_url": body["video_url"]}]},
        "callback_url": "http://[::1]/cb",
    }
    with (
        rehearsing(tmp_path, allow_private_urls=False, shutdown_seconds=0) as server,
        web.client(base_url=server.url, headers=server.headers) as http,
    ):
        for path, sent in ((PATH, body), ("/v1/general/advanced-custom-elements", element)):
            answer = http.post(path, json=sent)
            assert (answer.status_code, answer.json()["code"]) == (400, 1201)
            assert answer.json()["message"] == (
                f"callback_url value '{sent['callback_url']}' is invalid: "
                "a public address is expected"
            )
