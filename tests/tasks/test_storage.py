"""The same suite for files and for an object store (in memory)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from understudy.tasks.storage import Storage


@pytest.fixture(params=["file", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind."""
    return Storage((tmp_path / "files").as_uri() if request.param == "file" else "memory:///")


def read(storage: Storage, key: str, tmp_path: Path) -> bytes:
    return asyncio.run(storage.fetch(key, tmp_path / "fetched")).read_bytes()


def test_what_is_put_is_fetched(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"from a file")
    asyncio.run(storage.put("a/b/c.mp4", path))
    assert read(storage, "a/b/c.mp4", tmp_path) == b"from a file"
    assert path.exists()
    asyncio.run(storage.put("a/b/c.mp4", b"from bytes"))
    assert read(storage, "a/b/c.mp4", tmp_path) == b"from bytes"


def test_a_file_that_may_go_is_put_too(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    asyncio.run(storage.put_or_move("results/1/1/v.mp4", path))
    assert read(storage, "results/1/1/v.mp4", tmp_path) == b"data"


def test_what_is_not_there_is_not_found(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(storage, "a/b", tmp_path)


def test_deleting_is_done_once_and_again(storage: Storage, tmp_path: Path) -> None:
    for key in ("a/1/x", "a/1/y/z", "a/12/x"):
        asyncio.run(storage.put(key, b"data"))
    for _ in range(2):
        asyncio.run(storage.delete("a/12/x"))
        asyncio.run(storage.delete_all("a/1"))
    for key in ("a/1/x", "a/1/y/z", "a/12/x"):
        with pytest.raises(FileNotFoundError):
            read(storage, key, tmp_path)


def test_deleting_a_folder_leaves_those_of_like_names(storage: Storage, tmp_path: Path) -> None:
    asyncio.run(storage.put("a/1/x", b"data"))
    asyncio.run(storage.put("a/12/x", b"data"))
    asyncio.run(storage.delete_all("a/1"))
    assert read(storage, "a/12/x", tmp_path) == b"data"


def test_a_storage_that_can_be_used_is_ready(storage: Storage) -> None:
    asyncio.run(storage.check())


def test_files_have_no_links_of_their_own(storage: Storage) -> None:
    assert asyncio.run(storage.presign("a", 5)) is None
