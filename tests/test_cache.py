from __future__ import annotations

import os
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from understudy.cache import (
    DEFAULT_MAX_BYTES,
    FOLDER_VARIABLE,
    SIZE_VARIABLE,
    Cache,
    user_cache,
)
from understudy.errors import InputRefused
from understudy.processes.messages import Message

KEY = {"clip": "abc", "version": 1}
MESSAGE = Message("x", {"a": [1, 2.5]}, {"m": np.arange(1000, dtype=np.float32)})


def entries(cache: Cache) -> list[Path]:
    return sorted(cache.folder.iterdir())


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "deep" / "folder")


def test_what_is_stored_is_loaded(cache: Cache) -> None:
    assert cache.load("kind", KEY) is None
    cache.store("kind", KEY, MESSAGE)
    loaded = cache.load("kind", KEY)
    assert loaded is not None
    assert loaded.values == MESSAGE.values
    np.testing.assert_array_equal(loaded.arrays["m"], MESSAGE.arrays["m"])


def test_a_large_entry_is_stored_without_a_copy_and_loaded_with_one(cache: Cache) -> None:
    large = Message("x", {}, {"m": np.zeros(4 << 20, np.uint8)})
    tracemalloc.start()
    try:
        cache.store("kind", KEY, large)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
        assert cache.load("kind", KEY) is not None
        assert tracemalloc.get_traced_memory()[1] < 5 << 20
    finally:
        tracemalloc.stop()


def test_kinds_and_keys_do_not_mix(cache: Cache) -> None:
    cache.store("kind", KEY, MESSAGE)
    assert cache.load("other", KEY) is None
    assert cache.load("kind", KEY | {"version": 2}) is None
    assert cache.load("kind", dict(reversed(KEY.items()))) is not None


@pytest.mark.parametrize("place", [0, 25, 60, -1])
def test_a_damaged_entry_is_removed_and_counts_as_absent(cache: Cache, place: int) -> None:
    cache.store("kind", KEY, MESSAGE)
    (path,) = entries(cache)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.load("kind", KEY) is None
    assert entries(cache) == []


@pytest.mark.parametrize("length", [0, 10, 51, 200])
def test_an_entry_cut_short_is_removed_and_counts_as_absent(cache: Cache, length: int) -> None:
    cache.store("kind", KEY, MESSAGE)
    (path,) = entries(cache)
    path.write_bytes(path.read_bytes()[:length])
    assert cache.load("kind", KEY) is None
    assert entries(cache) == []


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    size = len(MESSAGE.arrays["m"]) * 4
    cache = Cache(tmp_path, max_bytes=int(3.5 * size))
    for n in range(3):
        cache.store("kind", {"n": n}, MESSAGE)
    for age, n in enumerate((2, 0, 1)):
        path = next(p for p in entries(cache) if p == cache._path("kind", {"n": n}))
        os.utime(path, (100 + age, 100 + age))
    assert cache.load("kind", {"n": 2}) is not None
    cache.store("kind", {"n": 3}, MESSAGE)
    assert [n for n in range(4) if cache.load("kind", {"n": n})] == [1, 2, 3]


def test_an_entry_larger_than_the_cache_is_not_stored(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=100)
    cache.store("kind", KEY, MESSAGE)
    assert entries(cache) == []


def test_leftovers_of_a_process_that_was_killed_go_when_room_is_needed(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=6000)
    (tmp_path / "dead.unfinished").write_bytes(b"x" * 5000)
    cache.store("kind", KEY, MESSAGE)
    assert [path.suffix for path in entries(cache)] == [".entry"]


def test_a_folder_that_cannot_be_made_keeps_nothing_and_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "folder")
    cache.store("kind", KEY, MESSAGE)
    assert cache.load("kind", KEY) is None


def test_usage_is_told_by_kind_and_clearing_removes_everything(cache: Cache) -> None:
    assert cache.usage() == ()
    for n in range(3):
        cache.store("performance", {"n": n}, MESSAGE)
    cache.store("scene", KEY, MESSAGE)
    (cache.folder / "dead.unfinished").write_bytes(b"xx")
    (cache.folder / "mine.txt").write_text("not of the cache")
    performances, scenes = cache.usage()
    assert (performances.kind, performances.entries) == ("performance", 3)
    assert performances.bytes > 3 * 4000
    assert scenes.entries == 1
    assert performances.used == pytest.approx(time.time(), abs=60)
    removed = cache.clear()
    assert (removed.entries, removed.bytes) == (5, performances.bytes + scenes.bytes + 2)
    assert [path.name for path in entries(cache)] == ["mine.txt"]
    assert cache.load("scene", KEY) is None


def test_several_writers_and_readers_never_see_half_an_entry(tmp_path: Path) -> None:
    def work(_writer: int) -> int:
        # One of its own for each: what they share is the folder alone.
        cache = Cache(tmp_path, max_bytes=20_000)
        whole = 0
        for n in range(60):
            key = {"n": n % 7}
            values = MESSAGE.arrays["m"] + np.float32(n % 7)
            cache.store("kind", key, Message("x", key, {"m": values}))
            loaded = cache.load("kind", key)
            if loaded is not None:
                assert loaded.values == key
                np.testing.assert_array_equal(loaded.arrays["m"], values)
                whole += 1
        return whole

    with ThreadPoolExecutor(4) as threads:
        assert min(threads.map(work, range(4))) > 0
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert sum(sizes) <= 20_000 + max(sizes)


def test_the_size_of_the_users_cache_is_theirs_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SIZE_VARIABLE, raising=False)
    assert user_cache().max_bytes == DEFAULT_MAX_BYTES
    monkeypatch.setenv(SIZE_VARIABLE, "2048")
    assert user_cache().max_bytes == 2048 << 20
    monkeypatch.setenv(SIZE_VARIABLE, "2 GB")
    with pytest.raises(InputRefused, match="whole number of MiB"):
        user_cache()


def test_the_users_cache_lies_where_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert user_cache().folder.is_relative_to(tmp_path)
    monkeypatch.delenv(FOLDER_VARIABLE)
    assert "understudy" in user_cache().folder.parts
