"""The cache from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from understudy.cache import FOLDER_VARIABLE, Cache, user_cache
from understudy.cli.app import app
from understudy.processes.messages import Message


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return user_cache()


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["cache", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_an_empty_cache_tells_where_it_is(cache: Cache) -> None:
    assert told() == told("show") == f"0.0 of at most 512 MiB in {cache.folder}\n"


def test_what_is_kept_is_listed_and_cleared(cache: Cache) -> None:
    arrays = {"m": np.zeros(1 << 20, np.uint8)}
    for n in range(2):
        cache.store("performance", {"n": n}, Message("performance", {}, arrays))
    head, row, total = told().splitlines()
    assert head.split() == ["KIND", "ENTRIES", "MIB", "LAST", "USED", "CONTENTS"]
    assert row.split()[:3] == ["performance", "2", "2.0"]
    assert row.endswith("performances, tracked in clips")
    assert total.startswith("2.0 of at most 512 MiB")
    assert told("clear") == "removed 2 entries, 2.0 MiB\n"
    assert told("clear") == "removed 0 entries, 0.0 MiB\n"
    assert cache.load("performance", {"n": 0}) is None
