"""Copying a task's picture and clip to local paths, from storage or from the client's URL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import stamina

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.take.backgrounds import FIELD
from understudy.take.options import TakeMedia
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.files.client_urls import open_url
from understudy.tasks.files.fetching import Fetcher, TooLarge, Unreachable
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import Source, TaskRequest

UNREACHABLE = "Something went wrong when we tried to get the contents of the file."
_TRIES = 3
"""Of a URL whose fault may pass, such as a 503; with short pauses between them."""


async def localize(  # noqa: PLR0913 - keyword-only settings
    source: Source,
    path: Path,
    *,
    field: str,
    storage: Storage,
    fetcher: Fetcher,
    keyring: Keyring,
    seconds: float,
) -> Path:
    """The file of a source: where it lies, else brought to `path`.

    seconds: limit for one attempt at a URL. Raises InputRefused naming `field` if the URL's file
    cannot be fetched or is too large, and if the stored file was removed.
    """
    if source.key is not None:
        try:
            return await storage.fetch(source.key, path)
        except FileNotFoundError as error:
            raise InputRefused(
                field, found="was removed", allowed="upload it again", message=UNREACHABLE
            ) from error
    assert source.url is not None
    url = open_url(keyring, source.url)
    try:
        async for attempt in stamina.retry_context(on=_is_passing, attempts=_TRIES, timeout=None):
            with attempt:
                await fetcher.download(url, path, max_bytes=source.max_bytes, seconds=seconds)
    except Unreachable as error:
        raise InputRefused(
            field, found="cannot be fetched", allowed="use a reachable URL", message=UNREACHABLE
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
    return f"{field}: the file has more than {most} MB; at most {most} MB is allowed"


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.passing


@dataclass(frozen=True, slots=True, kw_only=True)
class Localizer:
    """Brings media into a folder; seconds: what one try at a URL may take."""

    storage: Storage
    fetcher: Fetcher
    keyring: Keyring
    seconds: float
    folder: Path

    async def media(self, request: TaskRequest) -> TakeMedia:
        """The files of a take. Raises as `file` does."""
        picture = request.picture
        return TakeMedia(
            picture=None
            if picture is None
            else await self.file(picture, "picture", limits.PICTURE_FIELD),
            clip=await self.file(request.clip, "clip", limits.CLIP_FIELD),
            background=None
            if request.behind is None
            else await self.file(request.behind, "background", FIELD),
            element=await self.element((*request.element_images, *request.element_videos)),
            picture_max_bytes=limits.PICTURE_MAX_BYTES if picture is None else picture.max_bytes,
            clip_max_seconds=request.clip_max_seconds,
        )

    async def element(self, sources: Iterable[Source]) -> tuple[Path, ...]:
        """An element's files, in order. Raises as `file` does."""
        return tuple(
            [
                await self.file(source, f"element-{place}", limits.ELEMENT_FIELD)
                for place, source in enumerate(sources)
            ]
        )

    async def file(self, source: Source, name: str, field: str) -> Path:
        """One file, which may be called `name` in the folder; raises as `localize` does."""
        return await localize(
            source,
            self.folder / name,
            field=field,
            storage=self.storage,
            fetcher=self.fetcher,
            keyring=self.keyring,
            seconds=self.seconds,
        )
