"""Keys are sent as they are; key pairs sign tokens that a server accepts."""

from __future__ import annotations

import jwt
import pytest

from understudy_client.auth import ApiKey, KeyPair, credentials

SECRET = "a secret key of thirty-two bytes and more"


class Clock:
    """Seconds that stand still until moved."""

    def __init__(self) -> None:
        self.now = 1_781_080_778.8

    def __call__(self) -> float:
        return self.now


def test_a_token_carries_the_contracts_claims_under_the_secrets_raw_bytes() -> None:
    clock = Clock()
    token = KeyPair("ak", SECRET, clock).token()
    claims = jwt.decode(token, SECRET.encode(), algorithms=["HS256"], options={"verify_exp": False})
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert claims == {"iss": "ak", "exp": 1_781_080_778 + 1800, "nbf": 1_781_080_778 - 5}


def test_a_token_is_kept_until_five_minutes_before_it_expires() -> None:
    clock = Clock()
    pair = KeyPair("ak", SECRET, clock)
    first = pair.token()
    clock.now += 1499
    assert pair.token() == first
    clock.now += 1
    assert pair.token() != first


def test_a_token_that_the_server_calls_expired_is_replaced() -> None:
    clock = Clock()
    pair = KeyPair("ak", SECRET, clock)
    first = pair.token()
    clock.now += 1
    assert pair.renew()
    assert pair.token() != first


def test_a_secret_that_is_not_ascii_signs() -> None:
    secret = "schlüssel-ключ-密鑰-schlüssel-ключ"
    jwt.decode(KeyPair("ak", secret).token(), secret.encode(), algorithms=["HS256"])


def test_an_api_key_cannot_be_renewed() -> None:
    assert credentials("api-key-1", None, None).token() == "api-key-1"
    assert not ApiKey("api-key-1").renew()


@pytest.mark.parametrize(
    "given", [(None, None, None), ("k", "a", "s"), (None, "a", None), (None, None, "s")]
)
def test_credentials_are_of_exactly_one_kind(given: tuple[str | None, ...]) -> None:
    with pytest.raises(ValueError, match="api_key"):
        credentials(*given)


def test_secrets_stay_out_of_representations() -> None:
    assert "s3cret" not in repr(ApiKey("s3cret")) + repr(KeyPair("ak", "s3cret"))
