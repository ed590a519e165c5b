"""Units are never overdrawn, whoever races; secrets rotate with an overlap."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.tasks.conftest import untold
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, keys, tasks
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.records import Account

MakeTask = Callable[..., NewTask]


def test_a_name_is_taken_once(database: Database, account: Account) -> None:
    with pytest.raises(accounts.NameTaken):
        database.write_now(accounts.insert, replace(account, id=2), "sealed")
    assert database.read_now(accounts.find, "alice") == account
    assert database.read_now(accounts.find, "bob") is None
    assert database.read_now(accounts.every) == [account]


def test_creates_at_once_never_overdraw_units(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    database.write_now(accounts.set_units, account.id, 10_000, now=5)

    def attempt(_: int) -> bool:
        try:
            database.write_now(
                tasks.insert, untold, new_task(units=3000), now=1, concurrency_limit=99
            )
        except accounts.UnitsUsedUp:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(12))) == 3
    left = database.read_now(accounts.get, account.id)
    assert (left.units_reserved, left.units_left, left.units_set_at) == (9000, 1000, 5)


def test_setting_units_sets_what_is_left_beside_what_is_held(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    database.write_now(tasks.insert, untold, new_task(units=3000), now=1, concurrency_limit=99)
    database.write_now(accounts.set_units, account.id, 500, now=5)
    assert database.read_now(accounts.get, account.id).units_left == 500
    database.write_now(accounts.set_units, account.id, None, now=5)
    assert database.read_now(accounts.get, account.id).units_left is None


def test_an_accounts_own_limit_goes_before_the_servers(
    database: Database, new_task: MakeTask, account: Account
) -> None:
    database.write_now(accounts.change, account.id, concurrency_limit=1)
    database.write_now(tasks.insert, untold, new_task(), now=1, concurrency_limit=99)
    for check in (accounts.check_room, accounts.reserve):
        with pytest.raises(accounts.ConcurrencyReached, match="1"):
            database.write_now(check, account.id, 0, 99)


def test_room_is_checked_without_holding_any(database: Database, account: Account) -> None:
    database.write_now(accounts.set_units, account.id, 1000, now=5)
    database.read_now(accounts.check_room, account.id, 1000, 1)
    with pytest.raises(accounts.UnitsUsedUp):
        database.read_now(accounts.check_room, account.id, 1001, 1)
    assert database.read_now(accounts.get, account.id).units_reserved == 0


def test_the_secret_before_signs_until_its_time_is_over(
    database: Database, account: Account
) -> None:
    database.write_now(accounts.rotate_secret, account.id, "new", previous_until=100)
    secrets = database.read_now(accounts.sealed_secrets, account.id)
    assert secrets.valid_at(99) == ("new", "sealed")
    assert secrets.valid_at(100) == ("new",)


def test_keys_belong_to_their_account_until_revoked(database: Database, account: Account) -> None:
    database.write_now(keys.add_api_key, account.id, digest="d", hint="abcd", now=1)
    database.write_now(keys.add_access_key, account.id, access_key="ak", sealed="s", now=2)
    owner = database.read_now(keys.api_key_owner, "d")
    assert owner == keys.Owner(account_id=1, account="alice", active=True)
    owner = database.read_now(keys.access_key_owner, "ak")
    assert owner == keys.Owner(account_id=1, account="alice", active=True, secret="s")
    listed = database.read_now(keys.list_keys, account.id)
    assert [(key.kind, key.name) for key in listed] == [("api_key", "abcd"), ("access_key", "ak")]
    assert database.write_now(keys.revoke, account.id, "abcd", now=3) == 1
    assert database.write_now(keys.revoke, account.id, "ak", now=3) == 1
    assert database.write_now(keys.revoke, account.id, "ak", now=4) == 0
    assert database.read_now(keys.api_key_owner, "d") is None
    assert database.read_now(keys.access_key_owner, "ak") is None
