"""Who the client is: an API key, or an access key and a secret key that signs tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

TOKEN_SECONDS = 1800
# Kling's clients sign for a moment ago, so that a slightly slow server accepts the token at once.
_NOT_BEFORE_SECONDS = 5
_RENEW_BEFORE_SECONDS = 300


class Credentials(Protocol):
    """What signs requests."""

    def token(self) -> str:
        """The bearer token for a request that is sent now."""
        ...

    def renew(self) -> bool:
        """Forget a token that the server calls expired; False when there can be no other."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class ApiKey:
    """An API key, sent as it is."""

    key: str

    def token(self) -> str:
        """The key."""
        return self.key

    def renew(self) -> bool:
        """A key does not change."""
        return False


@dataclass(slots=True, repr=False)
class KeyPair:
    """An access key and its secret key: tokens are JWTs (HS256), kept until shortly before expiry.

    clock: seconds since 1970.
    """

    access_key: str
    secret_key: str
    clock: Callable[[], float] = time.time
    _token: str = field(default="", init=False)
    _expires: float = field(default=0.0, init=False)

    def token(self) -> str:
        """The kept token, or a new one when that would expire within five minutes."""
        now = self.clock()
        if now >= self._expires - _RENEW_BEFORE_SECONDS:
            self._expires = int(now) + TOKEN_SECONDS
            self._token = self._sign(int(now))
        return self._token

    def renew(self) -> bool:
        """The next token is a new one."""
        self._expires = 0.0
        return True

    def _sign(self, now: int) -> str:
        # Imported here: PyJWT loads cryptography where it is installed, and API keys need neither.
        import jwt

        claims = {
            "iss": self.access_key,
            "exp": now + TOKEN_SECONDS,
            "nbf": now - _NOT_BEFORE_SECONDS,
        }
        return jwt.encode(claims, self.secret_key, algorithm="HS256")


def credentials(
    api_key: str | None, access_key: str | None, secret_key: str | None
) -> ApiKey | KeyPair:
    """The credentials that were given; raises ValueError unless they are exactly one kind."""
    if api_key and not access_key and not secret_key:
        return ApiKey(api_key)
    if access_key and secret_key and not api_key:
        return KeyPair(access_key, secret_key)
    raise ValueError("give either api_key, or access_key and secret_key")
