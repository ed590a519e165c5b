"""Callbacks are believed only when the secret's holder signed these very bytes just now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from understudy_client import CallbackError, verify_callback

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,'
    b'"update_time":1781080794151}'
)
EVENT = "9876543210"


def signed(body: bytes = BODY, *, off: timedelta = timedelta()) -> dict[str, str]:
    """The headers of a callback that is signed now, or `off` from now."""
    at = datetime.now(UTC) + off
    return {
        "Webhook-Id": EVENT,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign(EVENT, at, body.decode()),
    }


def test_the_contracts_check_vector_is_what_the_scheme_signs() -> None:
    at = datetime.fromtimestamp(1781080794, UTC)
    signature = Webhook(SECRET).sign(EVENT, at, BODY.decode())
    assert signature == "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="


@pytest.mark.parametrize("body", [BODY, BODY.decode()], ids=["bytes", "text"])
def test_a_callback_that_was_signed_now_is_read(body: bytes | str) -> None:
    headers = signed()
    callback = verify_callback(body, headers, SECRET)
    assert (callback.id, callback.timestamp) == (EVENT, int(headers["Webhook-Timestamp"]))
    assert (callback.task.id, callback.task.status) == ("1234567890", "succeeded")


def test_one_right_signature_among_several_is_enough() -> None:
    headers = signed()
    several = f"v1a,AAAA v1,AAAA {headers['Webhook-Signature']}"
    verify_callback(BODY, headers | {"Webhook-Signature": several}, SECRET)


@given(position=st.integers(0, len(BODY) - 1), value=st.integers(0, 255))
def test_a_changed_byte_is_noticed(position: int, value: int) -> None:
    changed = BODY[:position] + bytes([value]) + BODY[position + 1 :]
    if changed != BODY:
        with pytest.raises(CallbackError):
            verify_callback(changed, signed(), SECRET)


@given(signature=st.text(max_size=80))
def test_no_made_up_signature_is_accepted_or_crashes(signature: str) -> None:
    with pytest.raises(CallbackError):
        verify_callback(BODY, signed() | {"Webhook-Signature": signature}, SECRET)


@pytest.mark.parametrize(("minutes", "reason"), [(-6, "too old"), (6, "too new")])
def test_an_old_or_a_future_callback_is_refused(minutes: int, reason: str) -> None:
    with pytest.raises(CallbackError, match=reason):
        verify_callback(BODY, signed(off=timedelta(minutes=minutes)), SECRET)


@pytest.mark.parametrize("name", list(signed()))
def test_a_missing_header_is_named(name: str) -> None:
    headers = {key: value for key, value in signed().items() if key != name}
    with pytest.raises(CallbackError, match=name.lower()):
        verify_callback(BODY, headers, SECRET)


@pytest.mark.parametrize("timestamp", ["yesterday", "-5", "nan", "1e400"])
def test_a_timestamp_that_is_no_time_is_refused(timestamp: str) -> None:
    with pytest.raises(CallbackError):
        verify_callback(BODY, signed() | {"Webhook-Timestamp": timestamp}, SECRET)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_b"])
def test_a_secret_that_is_none_is_the_callers_mistake(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_callback(BODY, signed(), secret)


@pytest.mark.parametrize("body", [b"[]", b"not json"])
def test_a_signed_body_that_is_no_record_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackError, match="record"):
        verify_callback(body, signed(body), SECRET)


def test_a_body_that_is_no_text_is_refused() -> None:
    with pytest.raises(CallbackError, match="malformed"):
        verify_callback(b"\xff", signed(), SECRET)
