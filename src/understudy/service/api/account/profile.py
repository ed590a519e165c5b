"""`/v1/account`: the account and its keys."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

import sqlalchemy as sa
from pydantic import Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from understudy.service.context import Service, service_of
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.http.envelope import success
from understudy.service.http.fields import (
    REQUIRED_TEXT,
    EmptyIsAbsent,
    Flag,
    RequestBody,
    RequestFault,
    is_blank,
    read_body,
)
from understudy.service.http.json_bodies import read_object, read_optional_object
from understudy.service.models import show_units
from understudy.tasks.accounts.credentials import (
    add_access_key,
    add_api_key,
    key_name,
    rotate_callback_secret,
)
from understudy.tasks.db.repository import accounts, keys
from understudy.tasks.ids import now_ms

PATH = "/v1/account"
Kind = Literal["api_key", "key_pair"]
_KINDS: dict[str, Kind] = {"api_key": "api_key", "access_key": "key_pair"}


class UnitsInfo(TypedDict):
    """Units as decimal strings. total: null if unlimited. reserved: held by unfinished takes."""

    total: str | None
    used: str
    reserved: str


class KeyInfo(TypedDict):
    """A valid key. hint: the part that may be shown. current: this request used it."""

    id: str
    kind: Kind
    hint: str
    created_at: int
    current: bool


class Profile(TypedDict):
    """An account."""

    name: str
    concurrency_limit: int
    unfinished: int
    units: UnitsInfo
    keys: list[KeyInfo]
    callback_secret: bool
    retention_days: float


class NewKey(TypedDict):
    """A key, shown only once: an API key, or an access key with its secret key."""

    id: str
    kind: Kind
    api_key: NotRequired[str]
    access_key: NotRequired[str]
    secret_key: NotRequired[str]


class Revoked(TypedDict):
    """The revoked key."""

    id: str


class NewSecret(TypedDict):
    """The secret that signs callbacks from now on, shown only once."""

    secret: str


class Rotation(RequestBody):
    """`POST /v1/account/callback-secret`, which may have no body."""

    at_once: Annotated[Flag | None, EmptyIsAbsent] = Field(
        default=None,
        description="End the old secret now instead of letting it sign for seven more days.",
    )


class KeyCreate(RequestBody):
    """`POST /v1/account/keys`."""

    kind: Annotated[
        Kind | None,
        REQUIRED_TEXT,
        WithJsonSchema({"type": "string", "enum": ["api_key", "key_pair"]}),
    ] = None


async def profile(request: Request) -> Response:
    """Read the account: units, limits, keys."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    account = await service.database.read(accounts.get, caller.account_id)
    found = await service.database.read(keys.list_keys, caller.account_id)
    sealed = await service.database.read(accounts.sealed_secrets, caller.account_id)
    own = account.concurrency_limit
    data: Profile = {
        "name": account.name,
        "concurrency_limit": service.settings.concurrency_limit if own is None else own,
        "unfinished": account.active_tasks,
        "units": {
            "total": None if account.units_total is None else show_units(account.units_total),
            "used": show_units(account.units_used),
            "reserved": show_units(account.units_reserved),
        },
        "keys": [
            {
                "id": key.name,
                "kind": _KINDS[key.kind],
                "hint": f"api-key-…{key.name}" if key.kind == "api_key" else key.name,
                "created_at": key.created_at,
                "current": key.name == caller.key,
            }
            for key in found
            if key.revoked_at is None
        ],
        "callback_secret": sealed.current is not None,
        "retention_days": service.settings.retention_days,
    }
    return success(request, data)


async def create_key(request: Request) -> Response:
    """Create a key; it is shown only once."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    body = await read_object(request)
    missing = [RequestFault(0, "kind: must not be blank")] if is_blank(body.get("kind")) else []
    kind = read_body(KeyCreate, body, ranks={}, more=missing).kind
    assert kind is not None
    made: NewKey = await service.database.write_shortly(_add_key, service, caller.account_id, kind)
    return success(request, made)


def _add_key(connection: sa.Connection, service: Service, account_id: int, kind: Kind) -> NewKey:
    if kind == "api_key":
        api_key = add_api_key(connection, account_id)
        return {"id": key_name(api_key), "kind": kind, "api_key": api_key}
    access_key, secret_key = add_access_key(connection, service.keyring, account_id)
    return {"id": access_key, "kind": kind, "access_key": access_key, "secret_key": secret_key}


async def revoke_key(request: Request) -> Response:
    """Revoke a key, except the one used for this request."""
    name = request.path_params["key_id"]
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    if name == caller.key:
        raise ParameterInvalid(
            f"key '{name}' is the key of this request; use another key to revoke it"
        )
    ended = await service.database.write_shortly(keys.revoke, caller.account_id, name, now=now_ms())
    if not ended:
        raise ParameterInvalid(f"Key not found by id: {name}")
    data: Revoked = {"id": name}
    return success(request, data)


async def rotate_secret(request: Request) -> Response:
    """Create a new callback secret; the old one also signs for seven more days."""
    service = service_of(request)
    caller = await service.authenticator.caller(request, jwt_allowed=True)
    service.rates.count(caller.account_id)
    asked = read_body(Rotation, await read_optional_object(request), ranks={})
    secret = await service.database.write_shortly(
        rotate_callback_secret, service.keyring, caller.account_id, at_once=bool(asked.at_once)
    )
    data: NewSecret = {"secret": secret}
    return success(request, data)


ROUTES = [
    Route(PATH, profile, methods=["GET"]),
    Route(f"{PATH}/keys", create_key, methods=["POST"]),
    Route(PATH + "/keys/{key_id}", revoke_key, methods=["DELETE"]),
    Route(f"{PATH}/callback-secret", rotate_secret, methods=["POST"]),
]
