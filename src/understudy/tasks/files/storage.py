"""Where inputs and results are kept: files, S3, GCS or Azure, by URL (obstore).

Keys: `uploads/<account>/<id>`, `inputs/<task>/…`, `elements/<id>/…`, `presets/…` and
`results/<task>/<attempt>/…`: an attempt that lost its claim cannot touch what another one made.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import HTTPStore, LocalStore, MemoryStore, from_url

from understudy.tasks.files.content_types import content_type

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PATIENCE_SECONDS = 60.0
"""How long a result waits for a remote store before its attempt fails."""
_CHECK_SECONDS = 3.0
"""Of `/readyz`: load balancers commonly wait 5 s."""
_DISCARD_SECONDS = 1.0
"""A client waits for the answer meanwhile."""

log = structlog.get_logger(__name__)


class StorageUnavailable(Exception):  # noqa: N818 - a state
    """The storage did not respond, or could not do what was requested."""


class Storage:
    """One place for files, addressed by keys. All that goes to it may raise StorageUnavailable.

    patience: seconds for which a request to a remote store is retried if it does not respond.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self._root: Path | None = None
        self._store: ObjectStore
        if url.startswith("file:"):
            self._root = Path(unquote(urlsplit(url).path))
            self._root.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self._root, automatic_cleanup=True)
        else:
            retry_timeout = timedelta(seconds=patience)
            self._store = from_url(url, retry_config={"retry_timeout": retry_timeout})

    def local_path(self, key: str) -> Path | None:
        """Where the file of a key lies, if this storage is a folder of this machine."""
        return None if self._root is None else self._root / key

    async def put(self, key: str, content: Path | bytes) -> None:
        """Store a file under a key; the key exists only once the file is complete."""
        with _answering():
            if self._root is not None:
                await obstore.put_async(self._store, key, content)
                return
            # A remote store serves clients itself, so it has to know the content type.
            kind = await asyncio.to_thread(content_type, key, content)
            await obstore.put_async(self._store, key, content, attributes={"Content-Type": kind})

    async def put_or_move(self, key: str, path: Path) -> None:
        """`put`, after which `path` may be gone: where it can be, the file is only renamed."""
        target = self.local_path(key)
        if target is not None and _same_device(path, self._root):
            with _answering():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        else:
            await self.put(key, path)

    async def fetch(self, key: str, path: Path) -> Path:
        """The file of a key as a path: where it lies, else fetched to `path`.

        Raises FileNotFoundError.
        """
        local = self.local_path(key)
        if local is not None:
            if not local.is_file():
                self._check_root()
                raise FileNotFoundError(key)
            return local
        with _answering(of_a_file=True):
            found = await obstore.get_async(self._store, key)
            with path.open("wb") as file:
                async for chunk in found.stream():
                    file.write(chunk)
        return path

    async def read(self, key: str) -> bytes:
        """What the file of a key holds. Raises FileNotFoundError."""
        with _answering(of_a_file=True):
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def has(self, key: str) -> bool:
        """Whether there is a file under a key."""
        try:
            with _answering(of_a_file=True):
                await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int | None:
        """The size of a key's file in bytes; None if it is not known at once, or there is no
        file."""
        local = self.local_path(key)
        return local.stat().st_size if local is not None and local.is_file() else None

    async def delete(self, key: str) -> None:
        """Delete the file of a key, if there is one."""
        try:
            with _answering(of_a_file=True):
                await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def delete_all(self, prefix: str) -> None:
        """Delete every file under `prefix`, a folder of keys without its last slash."""
        local = self.local_path(prefix)
        if local is not None:
            shutil.rmtree(local, ignore_errors=True)
            return
        with _answering():
            async for found in obstore.list(self._store, f"{prefix}/"):
                await obstore.delete_async(self._store, [entry["path"] for entry in found])

    async def discard(self, prefix: str) -> None:
        """`delete_all` of unreferenced files within a second; on failure they are left behind."""
        try:
            async with asyncio.timeout(_DISCARD_SECONDS):
                await self.delete_all(prefix)
        except (StorageUnavailable, TimeoutError):
            log.warning("files left behind", prefix=prefix)

    async def check(self) -> None:
        """Raise StorageUnavailable when the storage cannot be used, within seconds."""
        if self._root is not None:
            self._check_root()
            if not os.access(self._root, os.W_OK):
                raise StorageUnavailable("its folder cannot be written to")
            return
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                with _answering():
                    async for _ in obstore.list(self._store, "readiness/", chunk_size=1):
                        break
        except TimeoutError as error:
            raise StorageUnavailable("no answer") from error

    def _check_root(self) -> None:
        """Raise StorageUnavailable when the folder is away, and with it every file."""
        if self._root is not None and not self._root.is_dir():
            raise StorageUnavailable("its folder is away")

    async def presign(self, key: str, method: Literal["GET", "HEAD"], seconds: int) -> str | None:
        """A URL of the storage's own that reads a key for a while; None for files."""
        if isinstance(self._store, LocalStore | MemoryStore | HTTPStore):
            return None
        with _answering():
            return await obstore.sign_async(self._store, method, key, timedelta(seconds=seconds))


@contextmanager
def _answering(*, of_a_file: bool = False) -> Iterator[None]:
    """Raise StorageUnavailable in place of the store's own errors and the system's.

    of_a_file: FileNotFoundError then says that this file is not there, and stays what it is.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        if of_a_file and isinstance(error, FileNotFoundError):
            raise
        lines = str(error).splitlines()
        raise StorageUnavailable(lines[0] if lines else "no answer") from error


def _same_device(path: Path, root: Path | None) -> bool:
    return root is not None and path.stat().st_dev == root.stat().st_dev
