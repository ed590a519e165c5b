"""Where inputs and results are kept: files, S3, GCS or Azure, by URL (obstore).

Keys: `uploads/<account>/<id>`, `inputs/<task>/…`, `elements/<id>/…`, `presets/…` and
`results/<task>/<attempt>/…`: an attempt that lost its claim cannot touch what another one made.
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import HTTPStore, LocalStore, MemoryStore, from_url

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class Storage:
    """One place for files, addressed by keys."""

    def __init__(self, url: str) -> None:
        self._root: Path | None = None
        self._store: ObjectStore
        if url.startswith("file:"):
            self._root = Path(unquote(urlsplit(url).path))
            self._root.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self._root, automatic_cleanup=True)
        else:
            self._store = from_url(url)

    def local_path(self, key: str) -> Path | None:
        """Where the file of a key lies, if this storage is a folder of this machine."""
        return None if self._root is None else self._root / key

    async def put(self, key: str, content: Path | bytes) -> None:
        """Store a file under a key; nothing is there until all of it is."""
        await obstore.put_async(self._store, key, content)

    async def put_or_move(self, key: str, path: Path) -> None:
        """`put`, after which `path` may be gone: where it can be, the file is only renamed."""
        target = self.local_path(key)
        if target is not None and _same_device(path, self._root):
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
                raise FileNotFoundError(key)
            return local
        found = await obstore.get_async(self._store, key)
        with path.open("wb") as file:
            async for chunk in found.stream():
                file.write(chunk)
        return path

    async def read(self, key: str) -> bytes:
        """What the file of a key holds. Raises FileNotFoundError."""
        found = await obstore.get_async(self._store, key)
        return bytes(await found.bytes_async())

    async def has(self, key: str) -> bool:
        """Whether there is a file under a key."""
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int | None:
        """The bytes of a key's file; None when that cannot be told at once, or there is none."""
        local = self.local_path(key)
        return local.stat().st_size if local is not None and local.is_file() else None

    async def delete(self, key: str) -> None:
        """Delete the file of a key, if there is one."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def delete_all(self, prefix: str) -> None:
        """Delete every file under `prefix`, a folder of keys without its last slash."""
        local = self.local_path(prefix)
        if local is not None:
            shutil.rmtree(local, ignore_errors=True)
            return
        async for found in obstore.list(self._store, f"{prefix}/"):
            await obstore.delete_async(self._store, [entry["path"] for entry in found])

    async def check(self) -> None:
        """Raise whatever comes when the storage cannot be read."""
        if self._root is not None:
            if not os.access(self._root, os.W_OK):
                raise PermissionError("the storage's folder cannot be written to")
            return
        async for _ in obstore.list(self._store, "readiness/", chunk_size=1):
            break

    async def presign(self, key: str, seconds: int) -> str | None:
        """A URL of the storage's own that reads a key for a while; None for files."""
        if isinstance(self._store, LocalStore | MemoryStore | HTTPStore):
            return None
        return await obstore.sign_async(self._store, "GET", key, timedelta(seconds=seconds))


def _same_device(path: Path, root: Path | None) -> bool:
    return root is not None and path.stat().st_dev == root.stat().st_dev
