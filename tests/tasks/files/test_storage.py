"""The same suite for files, for an object store in memory, and for one that speaks S3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests import web
from tests.s3 import make_bucket, speaking_s3
from understudy.tasks.files import storage as module
from understudy.tasks.files.storage import Storage, StorageUnavailable


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The endpoint of a server that speaks S3."""
    with speaking_s3() as endpoint:
        yield endpoint


@pytest.fixture(params=["file", "memory", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind."""
    if request.param == "s3":
        return Storage(f"s3://{make_bucket(request.getfixturevalue('s3'))}/understudy")
    return Storage((tmp_path / "files").as_uri() if request.param == "file" else "memory:///")


@pytest.fixture
def bucket(s3: str) -> Storage:
    """An empty storage in S3."""
    return Storage(f"s3://{make_bucket(s3)}/understudy")


async def read(storage: Storage, key: str, tmp_path: Path) -> bytes:
    return (await storage.fetch(key, tmp_path / "fetched")).read_bytes()


@pytest.mark.anyio
async def test_what_is_put_is_fetched(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"from a file")
    await storage.put("a/b/c.mp4", path)
    assert await read(storage, "a/b/c.mp4", tmp_path) == b"from a file"
    assert path.exists()
    await storage.put("a/b/c.mp4", b"from bytes")
    assert await read(storage, "a/b/c.mp4", tmp_path) == b"from bytes"
    assert await storage.read("a/b/c.mp4") == b"from bytes"
    assert await storage.has("a/b/c.mp4")
    assert not await storage.has("a/b")


@pytest.mark.anyio
async def test_a_file_that_may_go_is_put_too(storage: Storage, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    await storage.put_or_move("results/1/1/v.mp4", path)
    assert await read(storage, "results/1/1/v.mp4", tmp_path) == b"data"


@pytest.mark.anyio
async def test_a_large_file_arrives_whole(storage: Storage, tmp_path: Path) -> None:
    """Stores take it in parts."""
    path = tmp_path / "file"
    path.write_bytes(os.urandom(12_000_001))
    await storage.put("results/1/1/v.mp4", path)
    assert await read(storage, "results/1/1/v.mp4", tmp_path) == path.read_bytes()


@pytest.mark.anyio
async def test_what_is_not_there_is_not_found(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await read(storage, "a/b", tmp_path)
    with pytest.raises(FileNotFoundError):
        await storage.read("a/b")


@pytest.mark.anyio
async def test_deleting_is_done_once_and_again(storage: Storage, tmp_path: Path) -> None:
    for key in ("a/1/x", "a/1/y/z", "a/12/x"):
        await storage.put(key, b"data")
    for _ in range(2):
        await storage.delete("a/12/x")
        await storage.delete_all("a/1")
    for key in ("a/1/x", "a/1/y/z", "a/12/x"):
        with pytest.raises(FileNotFoundError):
            await read(storage, key, tmp_path)


@pytest.mark.anyio
async def test_deleting_a_folder_leaves_those_of_like_names(
    storage: Storage, tmp_path: Path
) -> None:
    await storage.put("a/1/x", b"data")
    await storage.put("a/12/x", b"data")
    await storage.discard("a/1")
    assert not await storage.has("a/1/x")
    assert await read(storage, "a/12/x", tmp_path) == b"data"


@pytest.mark.anyio
async def test_a_storage_that_can_be_used_is_ready(storage: Storage) -> None:
    await storage.check()


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["file", "memory:///"])
async def test_files_have_no_links_of_their_own(url: str, tmp_path: Path) -> None:
    storage = Storage(tmp_path.as_uri() if url == "file" else url)
    assert await storage.presign("a", "GET", 5) is None


@pytest.mark.anyio
async def test_a_link_of_s3_gives_the_file_by_ranges_and_says_what_it_is(bucket: Storage) -> None:
    clip = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
    kept = {
        "results/1/1/v.mp4": (b"0123456789", "video/mp4"),
        "results/1/1/v.json": (b"{}", "application/json"),
        "uploads/1/clip": (clip, "video/quicktime"),
        "inputs/1/picture": (b"\x89PNG\r\n\x1a\n", "image/png"),
        "inputs/1/other": (b"?", "application/octet-stream"),
    }
    for key, (content, kind) in kept.items():
        await bucket.put(key, content)
        url = await bucket.presign(key, "GET", 60)
        assert url is not None
        whole = web.get(url)
        assert (whole.status_code, whole.content) == (200, content)
        assert whole.headers["content-type"] == kind
        part = web.get(url, headers={"Range": "bytes=1-3"})
        if len(content) > 3:
            assert (part.status_code, part.content) == (206, content[1:4])
            assert part.headers["content-range"] == f"bytes 1-3/{len(content)}"
        asked = await bucket.presign(key, "HEAD", 60)
        assert asked is not None
        head = httpx2.head(asked, trust_env=False)
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))


@pytest.mark.anyio
async def test_a_link_of_s3_is_signed_and_says_when_it_ends(bucket: Storage) -> None:
    """That it is refused afterwards is the store's business; the stand-in does not check."""
    link = httpx2.URL(await bucket.presign("results/1/1/v.mp4", "GET", 3600) or "")
    assert link.params["X-Amz-Expires"] == "3600"
    assert link.params["X-Amz-SignedHeaders"] == "host"
    assert len(link.params["X-Amz-Signature"]) == 64


@pytest.mark.anyio
async def test_a_store_that_does_not_answer_or_refuses_is_unavailable(
    s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "_CHECK_SECONDS", 0.2)
    monkeypatch.setattr(module, "_DISCARD_SECONDS", 0.2)
    gone = Storage("s3://no-such-bucket/understudy", patience=0.1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    silent = Storage("s3://bucket/understudy", patience=0.1)
    for storage in (gone, silent):
        for asked in (
            storage.check(),
            storage.put("a", b"data"),
            storage.delete_all("a"),
        ):
            with pytest.raises(StorageUnavailable) as caught:
                await asked
            assert "secret" not in str(caught.value)
            assert "\n" not in str(caught.value)
        await storage.discard("a")
    with pytest.raises(StorageUnavailable):
        await silent.fetch("a", tmp_path / "fetched")
