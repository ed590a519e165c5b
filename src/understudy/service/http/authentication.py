"""Authentication: API keys, and JWTs signed with an access key's secret."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import jwt
import structlog
from starlette.requests import Request

from understudy.service.http.contract_errors import (
    AccountAbnormal,
    AuthorizationExpired,
    AuthorizationInvalid,
    AuthorizationMissing,
    AuthorizationNotYetValid,
)
from understudy.service.http.forwarding import base_of
from understudy.tasks.accounts.credentials import key_name
from understudy.tasks.accounts.keyring import Keyring, digest_api_key
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import keys

API_KEY_PREFIX = "api-key-"
JWT_NOT_ALLOWED = (
    "Authentication error. The current API does not support AK/SK; use an API key instead"
)
LEEWAY_SECONDS = 5
"""By which a client's clock may be wrong."""
MAX_AHEAD_SECONDS = 24 * 3600
"""How far ahead a JWT may expire: a stolen one is good for no longer. Clients take 30 minutes."""
MAX_TOKEN_CHARACTERS = 8192
REMEMBERED_SECONDS = 5.0
"""For so long a server that has just seen a key accepts it after it was revoked."""
_REMEMBERED = 10_000
"""Keys, of about 500 bytes each."""
_JWT_DOTS = 2

_OPTIONS: Any = {
    "require": ["exp", "iss"],
    "verify_aud": False,
    "verify_iat": False,
    "verify_sub": False,
    "verify_jti": False,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The account that a request is made for.

    key: the name of the key that it came with. base_url: by which it reached the service; None
    where that cannot be told.
    """

    account_id: int
    account: str
    key: str
    base_url: str | None


class Authenticator:
    """Finds the account of a request."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring
        self._seen: OrderedDict[str, tuple[float, keys.Owner]] = OrderedDict()

    async def caller(self, request: Request, *, jwt_allowed: bool) -> Caller:
        """Who asks. Raises NotAuthenticated's kinds and AccountAbnormal."""
        token = _bearer_token(request.headers.get("authorization"))
        if token.startswith(API_KEY_PREFIX):
            name = key_name(token)
            owner = await self._api_key_owner(token)
        elif jwt_allowed:
            name = _claimed_access_key(token)
            owner = await self._jwt_owner(token, name)
        elif token.count(".") == _JWT_DOTS:
            raise AuthorizationInvalid(JWT_NOT_ALLOWED)
        else:
            raise AuthorizationInvalid
        structlog.contextvars.bind_contextvars(account=owner.account)
        if not owner.active:
            raise AccountAbnormal
        return Caller(owner.account_id, owner.account, name, base_of(request))

    async def _api_key_owner(self, token: str) -> keys.Owner:
        digest = digest_api_key(token)
        owner = self._remembered(digest)
        if owner is None:
            owner = await self._database.look_up(keys.api_key_owner, digest)
            if owner is None:
                raise AuthorizationInvalid
            self._remember(digest, owner)
        return owner

    async def _jwt_owner(self, token: str, access_key: str) -> keys.Owner:
        owner = self._remembered(f"jwt {access_key}")
        if owner is None:
            owner = await self._database.look_up(keys.access_key_owner, access_key)
            if owner is None:
                raise AuthorizationInvalid
            self._remember(f"jwt {access_key}", owner)
        _verify(token, self._keyring.unseal(owner.secret))
        return owner

    def _remembered(self, key: str) -> keys.Owner | None:
        until, owner = self._seen.get(key, (0.0, None))
        return owner if until > time.monotonic() else None

    def _remember(self, key: str, owner: keys.Owner) -> None:
        self._seen[key] = (time.monotonic() + REMEMBERED_SECONDS, owner)
        self._seen.move_to_end(key)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)


def _bearer_token(header: str | None) -> str:
    if header is None or not header.strip():
        raise AuthorizationMissing
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if (
        scheme.lower() != "bearer"
        or not token
        or not token.isascii()
        or len(token) > MAX_TOKEN_CHARACTERS
    ):
        raise AuthorizationInvalid
    return token


def _claimed_access_key(token: str) -> str:
    """Whose a JWT says it is; nothing of it is believed before `_verify`."""
    _check_parts(token)
    try:
        if jwt.get_unverified_header(token).get("alg") != "HS256":
            raise AuthorizationInvalid
        claims = jwt.decode(token, options={"verify_signature": False})
        access_key = claims.get("iss")
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise AuthorizationInvalid from error
    if not isinstance(access_key, str) or not 0 < len(access_key) <= 64:
        raise AuthorizationInvalid
    if not access_key.isascii() or "\0" in access_key:
        raise AuthorizationInvalid
    return access_key


def _check_parts(token: str) -> None:
    """Refuse what has not a JWT's three parts, with the contract's words."""
    dots = token.count(".")
    if dots != _JWT_DOTS:
        parts = {0: "0", 1: "2"}.get(dots, "> 3")
        raise AuthorizationInvalid(f"The token was expected to have 3 parts, but got {parts}")


def _verify(token: str, secret: str) -> None:
    try:
        claims = jwt.decode(
            token, secret.encode(), algorithms=["HS256"], leeway=LEEWAY_SECONDS, options=_OPTIONS
        )
        ahead = float(claims["exp"]) - time.time()
    except jwt.ExpiredSignatureError as error:
        raise AuthorizationExpired from error
    except jwt.MissingRequiredClaimError as error:
        told = f"The Claim '{error.claim}' is not present in the JWT"
        raise AuthorizationInvalid(told) from error
    except jwt.ImmatureSignatureError as error:
        raise AuthorizationNotYetValid from error
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise AuthorizationInvalid from error
    if ahead > MAX_AHEAD_SECONDS + LEEWAY_SECONDS:
        raise AuthorizationInvalid("The token's exp is too far ahead; at most 24 h are allowed")
