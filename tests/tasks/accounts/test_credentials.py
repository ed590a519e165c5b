"""The first start leaves an account and its keys, once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from understudy.tasks.accounts.credentials import check_key, ensure_account
from understudy.tasks.accounts.keyring import Keyring, KeyUnfit, digest_api_key
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, keys

KEYRING = Keyring(["the key of the server"])


def test_the_first_start_makes_an_account_and_leaves_its_keys_private(
    database: Database, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ensure_account(database, KEYRING, tmp_path), range(4)))
    (account,) = database.read_now(accounts.every)
    assert account.name == "default"
    path = tmp_path / "credentials.json"
    assert path.stat().st_mode & 0o777 == 0o600
    left = json.loads(path.read_text())
    owner = database.read_now(keys.api_key_owner, digest_api_key(left["api_key"]))
    assert owner is not None
    assert owner.account_id == account.id
    owner = database.read_now(keys.access_key_owner, left["access_key"])
    assert owner is not None
    assert KEYRING.unseal(owner.secret) == left["secret_key"]
    assert left["callback_secret"].startswith("whsec_")


def test_a_start_that_was_cut_short_is_made_good(database: Database, tmp_path: Path) -> None:
    """The file is there and the account is not."""
    (tmp_path / "credentials.json").write_text("{}")
    ensure_account(database, KEYRING, tmp_path)
    assert json.loads((tmp_path / "credentials.json").read_text())["account"] == "default"


def test_later_starts_change_nothing(database: Database, tmp_path: Path) -> None:
    ensure_account(database, KEYRING, tmp_path)
    before = (tmp_path / "credentials.json").read_text()
    ensure_account(database, KEYRING, tmp_path)
    assert (tmp_path / "credentials.json").read_text() == before


def test_a_server_with_another_key_is_told_so(database: Database, tmp_path: Path) -> None:
    check_key(database, Keyring(["the key of another server"]))
    ensure_account(database, KEYRING, tmp_path)
    check_key(database, KEYRING)
    check_key(database, Keyring(["a newer key of the server", "the key of the server"]))
    with pytest.raises(KeyUnfit):
        check_key(database, Keyring(["the key of another server"]))
