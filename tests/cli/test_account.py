"""`understudy account` as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from understudy.cli.app import app


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and no settings from elsewhere."""
    monkeypatch.chdir(tmp_path)
    for name in ("UNDERSTUDY_CONFIG", "UNDERSTUDY_DATABASE_URL", "UNDERSTUDY_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "data"


def run(data: Path, *words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, ["account", *words, "--data", str(data)])
    assert result.exit_code == status, result.output
    return result


def test_an_account_is_made_listed_and_given_units(data: Path) -> None:
    made = json.loads(run(data, "create", "alice", "--concurrency", "3").stdout)
    assert set(made) == {"account", "api_key", "access_key", "secret_key", "callback_secret"}
    assert made["api_key"].startswith("api-key-")
    assert run(data, "units", "alice", "12.5").stdout == "alice: 12.5 units left\n"
    line = run(data, "list").stdout.splitlines()[1].split()
    assert line[:6] == ["alice", "12.5", "0", "0", "0", "open"]
    assert run(data, "units", "alice", "unlimited").stdout == "alice: unlimited units left\n"


def test_an_account_gets_limits_and_a_priority(data: Path) -> None:
    run(data, "create", "alice", "--priority", "3")
    assert run(data, "list").stdout.splitlines()[1].split()[4] == "3"
    words = ("--concurrency", "9", "--slots", "2", "--priority", "-1")
    told = run(data, "limits", "alice", *words).stdout
    assert told == "alice: unfinished tasks: at most 9; running at once: at most 2; priority: -1\n"
    told = run(data, "limits", "alice", "--slots", "4").stdout
    assert told == "alice: unfinished tasks: at most 9; running at once: at most 4; priority: -1\n"


def test_keys_are_made_listed_and_revoked(data: Path) -> None:
    made = json.loads(run(data, "create", "alice").stdout)
    more = run(data, "keys", "alice", "--new-api-key", "--new-access-key").stdout
    fresh = more.splitlines()[0].removeprefix("api_key: ")
    assert fresh.startswith("api-key-")
    for hidden in (made["api_key"], made["secret_key"]):
        assert hidden not in more
    assert made["access_key"] in more
    listed = run(data, "keys", "alice", "--revoke", fresh[-6:]).stdout
    (line,) = (line for line in listed.splitlines() if fresh[-6:] in line)
    assert len(line.split()) == 5
    result = run(data, "keys", "alice", "--revoke", fresh[-6:], status=2)
    assert "no valid key" in result.stderr


def test_a_callback_secret_is_rotated(data: Path) -> None:
    before = json.loads(run(data, "create", "alice").stdout)["callback_secret"]
    line = run(data, "keys", "alice", "--rotate-callback-secret").stdout.splitlines()[0]
    assert line.startswith("callback_secret: whsec_")
    assert before not in line


def test_an_account_is_closed_and_opened(data: Path) -> None:
    run(data, "create", "alice")
    assert run(data, "close", "alice").stdout == "alice: closed\n"
    assert run(data, "open", "alice").stdout == "alice: open\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "alice"], "an account named alice already exists"),
        (["create", " "], "NAME must have 1 to 200 characters"),
        (["create", "eve\x1b[31m"], "no control characters"),
        (["create", "eve\n"], "no control characters"),
        (["units", "bob", "1"], "no account is named bob"),
        (["units", "alice", "many"], "AMOUNT is many"),
        (["units", "alice", "1.0005"], "AMOUNT is 1.0005"),
        (["units", "alice", "nan"], "AMOUNT is nan"),
        (["keys", "bob"], "no account is named bob"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(data: Path, words: list[str], sentence: str) -> None:
    run(data, "create", "alice")
    stderr = run(data, *words, status=2).stderr
    assert sentence in stderr
    assert stderr.count("\n") == 1


def test_another_secret_key_is_told_as_such(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_SECRET_KEY", "short")
    assert "16 characters" in run(data, "create", "alice", status=2).stderr


def test_a_folder_without_a_service_is_named_and_nothing_is_made_in_it(data: Path) -> None:
    for words in (
        ["list"],
        ["limits", "alice"],
        ["keys", "alice"],
        ["units", "alice", "1"],
        ["close", "alice"],
    ):
        result = run(data, *words, status=2)
        assert "no service has run in" in result.stderr
        assert result.stderr.count("\n") == 1
    assert not data.exists()


def test_a_database_that_is_none_is_told_in_one_line(data: Path) -> None:
    run(data, "create", "alice")
    for name in ("understudy.db-wal", "understudy.db-shm"):
        (data / name).unlink(missing_ok=True)
    (data / "understudy.db").write_bytes(b"no database" * 1000)
    result = run(data, "list", status=2)
    assert "cannot be used: file is not a database" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_in_place_of_the_folder_is_told_in_one_line(data: Path) -> None:
    data.write_bytes(b"a file")
    result = run(data, "create", "alice", status=2)
    assert "cannot be used" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_wrong_setting_is_told_by_name(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSTUDY_DATABASE_URL", "mysql://x")
    assert "setting database_url" in run(data, "list", status=2).stderr
