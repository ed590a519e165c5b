"""Callbacks are believed only when the secret's holder signed these very bytes just now."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from understudy.client import CallbackError, verify_callback

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,'
    b'"update_time":1781080794151}'
)
HEADERS = {
    "Webhook-Id": "9876543210",
    "Webhook-Timestamp": "1781080794",
    "Webhook-Signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
}
NOW = 1781080794.0


def test_the_contracts_check_vector_is_accepted() -> None:
    callback = verify_callback(BODY, HEADERS, SECRET, now=NOW)
    assert (callback.id, callback.timestamp) == ("9876543210", 1781080794)
    assert (callback.task.id, callback.task.status) == ("1234567890", "succeeded")


def test_a_callback_signed_by_the_schemes_own_library_is_accepted_now() -> None:
    signature = Webhook(SECRET).sign("e1", datetime.now(UTC), BODY.decode())
    headers = {
        "webhook-id": "e1",
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": signature,
    }
    assert verify_callback(BODY.decode(), headers, SECRET).id == "e1"


def test_one_right_signature_among_several_is_enough() -> None:
    signatures = f"v1a,AAAA v1,AAAA {HEADERS['Webhook-Signature']}"
    verify_callback(BODY, HEADERS | {"Webhook-Signature": signatures}, SECRET, now=NOW)


@given(position=st.integers(0, len(BODY) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_noticed(position: int, value: int) -> None:
    changed = BODY[:position] + bytes([value]) + BODY[position + 1 :]
    if changed != BODY:
        with pytest.raises(CallbackError):
            verify_callback(changed, HEADERS, SECRET, now=NOW)


@given(signature=st.text(max_size=80))
def test_no_made_up_signature_is_accepted_or_crashes(signature: str) -> None:
    with pytest.raises(CallbackError):
        verify_callback(BODY, HEADERS | {"Webhook-Signature": signature}, SECRET, now=NOW)


@pytest.mark.parametrize("off", [-301, 301])
def test_an_old_or_a_future_callback_is_refused(off: float) -> None:
    with pytest.raises(CallbackError, match="too old"):
        verify_callback(BODY, HEADERS, SECRET, now=NOW + off)


@pytest.mark.parametrize("name", list(HEADERS))
def test_a_missing_header_is_named(name: str) -> None:
    headers = {key: value for key, value in HEADERS.items() if key != name}
    with pytest.raises(CallbackError, match=name.lower()):
        verify_callback(BODY, headers, SECRET, now=NOW)


@pytest.mark.parametrize("timestamp", ["yesterday", "-5", "1e9", "१७८१०८०७९४", "1781080794.0"])
def test_a_timestamp_that_is_no_whole_number_is_refused(timestamp: str) -> None:
    with pytest.raises(CallbackError):
        verify_callback(BODY, HEADERS | {"Webhook-Timestamp": timestamp}, SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!"])
def test_a_secret_that_is_none_is_the_callers_mistake(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_callback(BODY, HEADERS, secret, now=NOW)


@pytest.mark.parametrize("body", [b"[]", b"not json", b"\xff"])
def test_a_signed_body_that_is_no_record_is_refused(body: bytes) -> None:
    headers = {
        "webhook-id": "e1",
        "webhook-timestamp": "1781080794",
        "webhook-signature": _sign(body),
    }
    with pytest.raises(CallbackError, match="record"):
        verify_callback(body, headers, SECRET, now=NOW)


def _sign(body: bytes) -> str:
    import base64
    import hashlib
    import hmac

    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.digest(key, b"e1.1781080794." + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()
