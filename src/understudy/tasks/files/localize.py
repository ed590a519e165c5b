"""Having a task's picture and clip at hand: from storage, or fetched from the client's URL."""

from __future__ import annotations

from pathlib import Path

import stamina

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.tasks.files.fetching import Fetcher, TooLarge, Unreachable
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import Source

UNREACHABLE = "Something went wrong when we tried to get the contents of the file."
_TRIES = 3


async def localize(
    source: Source, path: Path, *, field: str, storage: Storage, fetcher: Fetcher, seconds: float
) -> Path:
    """The file of a source: where it lies, else brought to `path`.

    seconds: what one try at a URL may take. Raises InputRefused naming `field` when the URL's file
    cannot be had or is too large, and FileNotFoundError when storage has lost it.
    """
    if source.key is not None:
        return await storage.fetch(source.key, path)
    assert source.url is not None
    try:
        async for attempt in stamina.retry_context(on=_is_passing, attempts=_TRIES, timeout=None):
            with attempt:
                await fetcher.download(
                    source.url, path, max_bytes=source.max_bytes, seconds=seconds
                )
    except Unreachable as error:
        raise InputRefused(
            field, found="cannot be had", allowed="give a URL that can", message=UNREACHABLE
        ) from error
    except TooLarge as error:
        message = too_large(error, source.max_bytes, field)
        raise InputRefused(field, found="too large", allowed="", message=message) from error
    return path


def too_large(error: TooLarge, max_bytes: int, field: str) -> str:
    """The sentence for a file of too many bytes."""
    try:
        limits.check_bytes(error.found or max_bytes, max_bytes=max_bytes, field=field)
    except InputRefused as refusal:
        return refusal.message
    most = max_bytes // limits.MIB
    return f"{field}: the file has more than {most} MB; allowed are at most {most} MB"


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.passing
