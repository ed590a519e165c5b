"""Who may ask: API keys and JWTs, and every way to pretend."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.service.conftest import PATH, Client
from tests.waiting import until
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, keys

MISSING = (401, 1001, "Authorization is empty")
INVALID = (401, 1002, "Authorization is invalid")
NO_JWT_HERE = (
    401,
    1002,
    "Authentication error. The current API does not support AK/SK; use an API key instead",
)


def of_parts(parts: str) -> tuple[int, int, str]:
    return (401, 1002, f"The token was expected to have 3 parts, but got {parts}")


NOT_YET = (401, 1003, "Authorization is not yet valid")
EXPIRED = (401, 1004, "Authorization has expired")
NO_EXP = (401, 1002, "The Claim 'exp' is not present in the JWT")
TOO_FAR = (401, 1002, "The token's exp is too far ahead; at most 24 h are allowed")


def signed(
    client: Client, *, secret: str | None = None, algorithm: str = "HS256", **changes: Any
) -> str:
    """A JWT of the account's access key, made by hand; `...` leaves a claim out."""
    now = int(time.time())
    claims = {"iss": client.credentials.access_key, "exp": now + 1800, "nbf": now - 5, **changes}
    claims = {name: value for name, value in claims.items() if value is not ...}
    content = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    key = (secret or client.credentials.secret_key).encode()
    digest = {"HS384": "sha384", "HS512": "sha512"}.get(algorithm, "sha256")
    return f"{content}.{part(hmac.digest(key, content.encode(), digest))}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_tokens_made_by_hand_are_those_of_a_library(client: Client) -> None:
    claims = jwt.decode(signed(client), client.credentials.secret_key, algorithms=["HS256"])
    assert claims["iss"] == client.credentials.access_key


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, MISSING),
        ({"Authorization": ""}, MISSING),
        ({"Authorization": "Bearer"}, INVALID),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, INVALID),
        ({"Authorization": "api-key-x"}, INVALID),
        (bearer("api-key-"), INVALID),
        (bearer("api-key-unknown"), INVALID),
        (bearer("nonsense"), of_parts("0")),
        (bearer("a.b"), of_parts("2")),
        (bearer("a.b.c"), INVALID),
        (bearer("..."), of_parts("> 3")),
        (bearer("x" * 20_000), INVALID),
    ],
)
def test_a_header_that_names_nobody_is_refused(
    client: Client, headers: dict[str, str], error: tuple[int, int, str]
) -> None:
    assert client.error("GET", PATH, headers=headers) == error


def test_bytes_that_are_not_ascii_are_refused(client: Client) -> None:
    for value in (b"Bearer \xff\xfe", b"Bearer \xc3\xa9", b"\xff"):
        assert client.error("GET", PATH, headers={b"Authorization": value}) == INVALID


def test_a_refusal_says_how_to_sign_in(client: Client) -> None:
    assert client.ask("GET", PATH, headers={}).headers["www-authenticate"] == "Bearer"


def test_an_api_key_signs_in_on_both_designs(client: Client) -> None:
    assert client.data("GET", PATH) == []
    assert client.data("GET", "/tasks?task_ids=1") == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": 2_000_000_000, "aud": "kling", "sub": "x", "jti": "y"},
        {"nbf": ...},
        {"aud": ["a", "b"]},
    ],
)
def test_a_jwt_signs_in_on_legacy_paths(client: Client, changes: dict[str, Any]) -> None:
    assert client.data("GET", PATH, headers=bearer(signed(client, **changes))) == []


def test_five_seconds_of_leeway_are_given(client: Client) -> None:
    now = int(time.time())
    for changes in ({"exp": now - 1}, {"nbf": now + 3}):
        client.data("GET", PATH, headers=bearer(signed(client, **changes)))


def test_a_jwt_is_refused_by_the_tasks_design(client: Client) -> None:
    headers = bearer(signed(client))
    assert client.error("GET", "/tasks?task_ids=1", headers=headers) == NO_JWT_HERE
    for path in ("/tasks", "/motion-control/kling-3.0"):
        assert client.error("POST", path, json={}, headers=headers) == NO_JWT_HERE
    assert client.error("POST", "/tasks", json={}, headers=bearer("nonsense")) == INVALID


ATTACKS: list[tuple[str, dict[str, Any], tuple[int, int, str]]] = [
    ("expired", {"exp": 1_000_000_000}, EXPIRED),
    ("expired as a float", {"exp": 1e9}, EXPIRED),
    ("expired before time", {"exp": -(10**12)}, EXPIRED),
    ("future", {"nbf": 4_000_000_000}, NOT_YET),
    ("exp in a year", {"exp": time.time() + 365 * 86400}, TOO_FAR),
    ("exp in 25 hours", {"exp": time.time() + 25 * 3600}, TOO_FAR),
    ("no exp", {"exp": ...}, NO_EXP),
    ("no iss", {"iss": ...}, INVALID),
    ("null exp", {"exp": None}, NO_EXP),
    ("exp is text", {"exp": "soon"}, INVALID),
    ("exp is a list", {"exp": []}, INVALID),
    ("exp is endless", {"exp": float("inf")}, INVALID),
    ("exp is no number", {"exp": float("nan")}, INVALID),
    ("nbf is text", {"nbf": "now"}, INVALID),
    ("nbf is an object", {"nbf": {}}, INVALID),
    ("iss is a number", {"iss": 5}, INVALID),
    ("iss is a list", {"iss": ["a"]}, INVALID),
    ("iss is unknown", {"iss": "AK00"}, INVALID),
    ("iss is huge", {"iss": "A" * 5000}, INVALID),
    ("iss holds a NUL", {"iss": "a\0b"}, INVALID),
    ("iss is not ASCII", {"iss": "ключ"}, INVALID),
    ("iss is half a character", {"iss": "\ud800"}, INVALID),
    ("iss is SQL", {"iss": "' OR 1=1 --"}, INVALID),
]


@pytest.mark.parametrize(("changes", "error"), [case[1:] for case in ATTACKS], ids=lambda _: "")
def test_a_jwt_with_wrong_claims_is_refused(
    client: Client, changes: dict[str, Any], error: tuple[int, int, str]
) -> None:
    assert client.error("GET", PATH, headers=bearer(signed(client, **changes))) == error


def test_a_jwt_of_another_secret_is_refused(
    client: Client, new_client: Callable[[], Client]
) -> None:
    for secret in ("x" * 43, new_client().credentials.secret_key):
        assert client.error("GET", PATH, headers=bearer(signed(client, secret=secret))) == INVALID


def test_a_forged_jwt_is_refused_before_its_times_are_looked_at(client: Client) -> None:
    token = signed(client, secret="x" * 43, exp=1)
    assert client.error("GET", PATH, headers=bearer(token)) == INVALID


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256", "", None, 5]
)
def test_another_algorithm_is_refused_whatever_signs(client: Client, algorithm: object) -> None:
    payload = signed(client).split(".")[1]
    head = part({"alg": algorithm, "typ": "JWT"})
    signature = signed(client).split(".")[2]
    for token in (f"{head}.{payload}.", f"{head}.{payload}.{signature}"):
        assert client.error("GET", PATH, headers=bearer(token)) == INVALID
    if isinstance(algorithm, str):
        token = signed(client, algorithm=algorithm)
        assert client.error("GET", PATH, headers=bearer(token)) == INVALID


def test_malformed_jwts_are_refused(client: Client) -> None:
    head, payload, signature = signed(client).split(".")
    good = {"alg": "HS256", "typ": "JWT"}
    for token, parts in ((f"{head}.{payload}", "2"), (f"{head}.{payload}.{signature}.x", "> 3")):
        assert client.error("GET", PATH, headers=bearer(token)) == of_parts(parts)
    for token in (
        f"{head}.{payload}.{signature[:-2]}",
        f"{head}..{signature}",
        f".{payload}.{signature}",
        f"{head}.{part([1])}.{signature}",
        f"{head}.{part(b'not json')}.{signature}",
        f"{head}.{part(bytes([0xFF, 0xFE]))}.{signature}",
        f"{part(bytes([0xFF, 0xFE]))}.{payload}.{signature}",
        f"{part([])}.{payload}.{signature}",
        f"{part({**good, 'crit': ['exp']})}.{payload}.{signature}",
        f"{part({**good, 'b64': False})}.{payload}.{signature}",
        f"{part({**good, 'kid': 5})}.{payload}.{signature}",
        f"{part(b'[' * 3000)}.{payload}.{signature}",
        f"{head}.{part(b'{' + b' ' * 6000 + b'}')}.{signature}",
    ):
        assert client.error("GET", PATH, headers=bearer(token)) == INVALID


def test_keys_are_not_stored_in_the_clear(client: Client, server_database: Database) -> None:
    made = client.credentials
    database = Path(server_database.url.database or "")
    files = [path for path in database.parent.iterdir() if path.name.startswith(database.name)]
    stored = b"".join(path.read_bytes() for path in files)
    assert made.account.encode() in stored
    for secret in (made.api_key, made.secret_key, made.callback_secret[6:]):
        assert secret.encode() not in stored


def test_a_revoked_key_and_a_closed_account_are_refused_soon(
    new_client: Callable[[], Client], server_database: Database
) -> None:
    """Keys that the server has not seen of late are refused at once."""
    client = new_client()
    account = server_database.read_now(accounts.find, client.credentials.account)
    assert account is not None
    server_database.write_now(keys.revoke, account.id, client.credentials.api_key[-6:], now=1)
    assert client.error("GET", PATH) == INVALID
    server_database.write_now(accounts.change, account.id, active=False)
    headers = bearer(signed(client))
    answer = client.ask("GET", PATH, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (429, 1100)
    assert answer.headers["retry-after"]


def test_no_secret_is_logged(client: Client, server: Any) -> None:
    token = signed(client)
    client.ask("GET", PATH, headers=bearer(token))
    answers = [
        client.ask("GET", f"/v1/media/results/1/1/x.mp4?expires=9&signature={'s' * 43}"),
        client.ask("GET", f"{PATH}/api-key-in-the-path-{'k' * 20}"),
    ]
    log = logged(server.data / "server.log", [each.headers["x-request-id"] for each in answers])
    assert client.credentials.account in log
    for secret in (client.credentials.api_key, token, "s" * 43, "k" * 20):
        assert secret not in log


def test_the_log_tells_whom_a_trusted_proxy_asked_for(client: Client, server: Any) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    answer = client.ask("GET", PATH, headers=headers)
    wanted = answer.headers["x-request-id"]
    log = logged(server.data / "server.log", [wanted]).splitlines()
    (line,) = (line for line in log if wanted in line)
    assert json.loads(line)["client"] == "203.0.113.9"


def logged(path: Path, wanted: list[str]) -> str:
    """The log once it has what is wanted: a request's line is written after its answer."""
    until(lambda: all(each in path.read_text() for each in wanted))
    return path.read_text()
