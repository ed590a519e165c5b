"""Creating accounts and keys. Keys are shown once; only what is needed to check them is stored."""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from understudy.tasks.accounts.keyring import Keyring, digest_api_key, write_private
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, keys
from understudy.tasks.ids import TASK_BITS, IdMaker, now_ms
from understudy.tasks.records import Account

DEFAULT_ACCOUNT = "default"
CREDENTIALS_FILE = "credentials.json"
API_KEY_PREFIX = "api-key-"
SECRET_OVERLAP_MS = 7 * 86_400_000
"""For so long the previous callback secret signs beside a new one."""
_HINT_CHARACTERS = 6

_make_id = IdMaker(TASK_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An account's keys, and the secret that signs its callbacks."""

    account: str
    api_key: str
    access_key: str
    secret_key: str
    callback_secret: str

    def to_json(self) -> str:
        """The content of credentials.json."""
        return json.dumps(asdict(self), indent=2) + "\n"


def open_account(  # noqa: PLR0913 - one for each limit
    connection: sa.Connection,
    keyring: Keyring,
    name: str,
    *,
    concurrency_limit: int | None = None,
    slot_limit: int | None = None,
    priority: int = 0,
) -> Credentials:
    """Create an account with unlimited units and one key of each kind. Raises NameTaken."""
    now = now_ms()
    account = Account(
        id=_make_id(),
        name=name,
        active=True,
        concurrency_limit=concurrency_limit,
        units_total=None,
        units_used=0,
        units_reserved=0,
        units_set_at=now,
        active_tasks=0,
        created_at=now,
        priority=priority,
        slot_limit=slot_limit,
    )
    callback_secret = _new_callback_secret()
    accounts.insert(connection, account, keyring.seal(callback_secret))
    access_key, secret_key = add_access_key(connection, keyring, account.id)
    return Credentials(
        account=name,
        api_key=add_api_key(connection, account.id),
        access_key=access_key,
        secret_key=secret_key,
        callback_secret=callback_secret,
    )


def add_api_key(connection: sa.Connection, account_id: int) -> str:
    """Create another API key for an account."""
    api_key = API_KEY_PREFIX + secrets.token_urlsafe(32)
    keys.add_api_key(
        connection,
        account_id,
        digest=digest_api_key(api_key),
        hint=key_name(api_key),
        now=now_ms(),
    )
    return api_key


def key_name(api_key: str) -> str:
    """The name of an API key where the key itself must not be shown: its last characters."""
    return api_key[-_HINT_CHARACTERS:]


def add_access_key(connection: sa.Connection, keyring: Keyring, account_id: int) -> tuple[str, str]:
    """Create another access key for an account; returns it and its secret key."""
    access_key, secret_key = f"AK{secrets.token_hex(15)}", secrets.token_urlsafe(32)
    keys.add_access_key(
        connection,
        account_id,
        access_key=access_key,
        sealed=keyring.seal(secret_key),
        now=now_ms(),
    )
    return access_key, secret_key


def rotate_callback_secret(
    connection: sa.Connection, keyring: Keyring, account_id: int, *, at_once: bool = False
) -> str:
    """Create a new callback secret; the old one also signs for seven more days.

    at_once: the old one stops signing now, for example because somebody else knows it.
    """
    fresh = _new_callback_secret()
    now = now_ms()
    until = now if at_once else now + SECRET_OVERLAP_MS
    accounts.rotate_secret(connection, account_id, keyring.seal(fresh), previous_until=until)
    return fresh


def check_key(database: Database, keyring: Keyring) -> None:
    """Raise KeyUnfit where the accounts' secrets were encrypted with another key: that of another
    server on the same database, or of the one that a backup was made of.
    """
    sealed = database.read_now(accounts.newest_sealed_secret)
    if sealed is not None:
        keyring.unseal(sealed)


def ensure_account(database: Database, keyring: Keyring, data: Path) -> None:
    """If there is no account, create `default` and write its credentials to `data`."""

    def make(connection: sa.Connection) -> None:
        if accounts.every(connection):
            return
        made = open_account(connection, keyring, DEFAULT_ACCOUNT)
        path = data / CREDENTIALS_FILE
        # One that is there without an account is left from a start that was cut short.
        path.unlink(missing_ok=True)
        write_private(path, made.to_json())

    if not database.read_now(accounts.every):
        # Another server on the same PostgreSQL may be making it at this moment.
        with contextlib.suppress(accounts.NameTaken):
            database.write_now(make)


def _new_callback_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
