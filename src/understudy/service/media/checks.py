"""Checking a create's picture and clip within a few seconds.

What remains undecided is left to the task, which then fails with the same message.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.media.limits import ClipLimits
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.media import remote_header
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import uploads
from understudy.tasks.files.client_urls import seal_url
from understudy.tasks.files.fetching import Fetcher, TooLarge, Unreachable
from understudy.tasks.files.links import upload_id
from understudy.tasks.files.localize import UNREACHABLE, too_large
from understudy.tasks.files.storage import Storage, StorageUnavailable
from understudy.tasks.records import Source, Upload
from understudy.tasks.workers.prober import ProbeFailed, Prober
from understudy.tasks.workers.questions import PictureCheck, Question, picture_head, whole_picture

BUDGET_SECONDS = 3.0
"""For checking a create's media: it answers within 4 s, storing included."""
_STORING_SECONDS = 0.8
"""For storing a picture that arrived at the last moment."""
NOT_BASE64 = "File is not in a valid base64 format"
_PICTURE_HEAD_BYTES = 512 * 1024
"""What is first read of a picture's URL; smaller pictures are then complete."""
_PIECE_LETTERS = 1024 * 1024
"""Of base64, decoded in a millisecond; a multiple of four."""
_CLIP_HEAD_BYTES = 64 * 1024
"""Enough for the header of a clip with fast start; others are read by ranges."""


@dataclass(frozen=True, slots=True)
class MediaRequest:
    """A picture or clip as a client gave it.

    given: a URL, or base64. field: what the design calls it. key: under which to store it when it
    is complete. until: the event loop's time at which to stop checking.
    """

    given: str
    account_id: int
    field: str
    key: str
    until: float


@dataclass(frozen=True, slots=True)
class CheckedMedia:
    """A medium that passed; seconds: of a clip, where known. used_at: an upload's last use."""

    source: Source
    seconds: float | None = None
    used_at: int = 0


@dataclass(frozen=True, slots=True)
class MediaChecks:
    """Checks media; temporary: a folder for temporary files."""

    database: Database
    storage: Storage
    fetcher: Fetcher
    keyring: Keyring
    prober: Prober
    temporary: Path

    async def check_picture(self, media: MediaRequest, *, max_bytes: int) -> CheckedMedia:
        """Check a picture. Raises ParameterInvalid."""
        upload = await self.find_upload(media, "picture")
        if upload is not None:
            with _as_parameter():
                limits.check_bytes(upload.bytes, max_bytes=max_bytes, field=media.field)
            source = Source(key=upload.key, file_id=upload.id, max_bytes=max_bytes)
            return CheckedMedia(source, used_at=upload.used_at)
        with TemporaryDirectory(dir=self.temporary) as folder:
            path = Path(folder) / "picture"
            if is_web_url(media.given):
                if not await self._fetch_picture(media, path, max_bytes):
                    return CheckedMedia(Source(url=self._sealed(media), max_bytes=max_bytes))
            else:
                await asyncio.to_thread(_write_picture, media, path, max_bytes)
                check = PictureCheck(path=path, field=media.field, max_bytes=max_bytes)
                await self._ask(whole_picture(check), media)
            await self._store(media, path)
        url = self._sealed(media) if is_web_url(media.given) else None
        return CheckedMedia(Source(key=media.key, url=url, max_bytes=max_bytes))

    def _sealed(self, media: MediaRequest) -> str:
        return seal_url(self.keyring, media.given)

    async def _store(self, media: MediaRequest, path: Path) -> None:
        """Store a complete file. Raises StorageUnavailable, also when it takes too long."""
        try:
            async with asyncio.timeout_at(media.until + _STORING_SECONDS):
                await self.storage.put_or_move(media.key, path)
        except TimeoutError as error:
            raise StorageUnavailable("no response in time") from error

    async def check_clip(self, media: MediaRequest, *, bounds: ClipLimits) -> CheckedMedia:
        """Check a clip, which has a URL. Raises ParameterInvalid."""
        upload = await self.find_upload(media, "clip")
        if upload is not None:
            seconds = float(upload.facts["seconds"])
            with _as_parameter():
                limits.check_bytes(upload.bytes, max_bytes=bounds.max_bytes, field=media.field)
                limits.check_clip_duration(
                    seconds, max_seconds=bounds.max_seconds, field=media.field
                )
            source = Source(key=upload.key, file_id=upload.id, max_bytes=bounds.max_bytes)
            return CheckedMedia(source, seconds, upload.used_at)
        source = Source(url=self._sealed(media), max_bytes=bounds.max_bytes)
        with _as_parameter():
            header = await self._read_clip_header(media, bounds.max_bytes)
            if header is None:
                return CheckedMedia(source)
            limits.check_clip_size(header.width, header.height, field=media.field)
            limits.check_clip_duration(
                header.seconds, max_seconds=bounds.max_seconds, field=media.field
            )
        return CheckedMedia(source, header.seconds)

    async def check_background(self, media: MediaRequest) -> CheckedMedia:
        """A picture or clip that is to be behind the character; at a URL the take looks at it.

        Raises ParameterInvalid.
        """
        most = limits.ELEMENT_CLIP_MAX_BYTES
        upload = await self.find_upload(media, None)
        if upload is not None:
            source = Source(key=upload.key, file_id=upload.id, max_bytes=most)
            return CheckedMedia(source, used_at=upload.used_at)
        return CheckedMedia(Source(url=seal_url(self.keyring, media.given), max_bytes=most))

    async def find_upload(
        self, media: MediaRequest, kind: Literal["picture", "clip"] | None
    ) -> Upload | None:
        """The account's upload of a kind, or any, that a URL names; None for others. Raises
        ParameterInvalid."""
        named = upload_id(media.given)
        if named is None:
            return None
        upload = await self.database.look_up(uploads.find, media.account_id, named)
        if upload is not None and kind is not None and upload.kind != kind:
            raise ParameterInvalid(f"{media.field}: the upload is a {upload.kind}; use a {kind}")
        return upload

    async def _fetch_picture(self, media: MediaRequest, path: Path, max_bytes: int) -> bool:
        """Fetch and check a picture, or its beginning; whether it is whole and fine."""
        try:
            async with asyncio.timeout_at(media.until):
                part = await self.fetcher.read_part(
                    media.given,
                    start=0,
                    length=_PICTURE_HEAD_BYTES,
                    max_bytes=max_bytes,
                    seconds=2 * BUDGET_SECONDS,
                )
        except TimeoutError:
            return False
        except Unreachable as error:
            raise ParameterInvalid(UNREACHABLE) from error
        except TooLarge as error:
            raise ParameterInvalid(too_large(error, max_bytes, media.field)) from error
        path.write_bytes(part.data)
        if len(part.data) < _PICTURE_HEAD_BYTES or part.total == len(part.data):
            check = PictureCheck(path=path, field=media.field, max_bytes=max_bytes)
            return await self._ask(whole_picture(check), media)
        total = part.total or len(part.data) + 1
        check = PictureCheck(path=path, field=media.field, max_bytes=max_bytes, total_bytes=total)
        await self._ask(picture_head(check), media)
        return False

    async def _ask(self, question: Question[Any], media: MediaRequest) -> bool:
        """Check a file in a child; False when undecided. Raises ParameterInvalid, MachineFault."""
        try:
            # A client waits for the answer, so here the time until a child is free counts.
            async with asyncio.timeout_at(media.until):
                with _as_parameter():
                    await self.prober.ask(
                        question, seconds=BUDGET_SECONDS, account=media.account_id
                    )
        except (TimeoutError, ProbeFailed):
            return False
        return True

    async def _read_clip_header(
        self, media: MediaRequest, max_bytes: int
    ) -> remote_header.Header | None:
        """The header of a remote clip; None when undecided in time."""
        try:
            async with asyncio.timeout_at(media.until):
                head = await self._read(media, 0, _CLIP_HEAD_BYTES, max_bytes)
                name = file_types.name_format(head[: file_types.HEAD_BYTES])
                if name not in limits.CLIP_FORMATS:
                    raise InputRefused(
                        media.field,
                        found=f"the file is {file_types.is_or_a(name)}",
                        allowed=limits.CLIP_FORMATS_ALLOWED,
                    )

                async def read(start: int, length: int) -> bytes:
                    if start + length <= len(head):
                        return head[start : start + length]
                    return await self._read(media, start, length, max_bytes)

                return await remote_header.read_header(read)
        except TimeoutError:
            return None
        except Unreachable as error:
            raise ParameterInvalid(UNREACHABLE) from error
        except TooLarge as error:
            raise ParameterInvalid(too_large(error, max_bytes, media.field)) from error

    async def _read(self, media: MediaRequest, start: int, length: int, max_bytes: int) -> bytes:
        part = await self.fetcher.read_part(
            media.given,
            start=start,
            length=length,
            max_bytes=max_bytes,
            seconds=2 * BUDGET_SECONDS,
        )
        # A server that gives no ranges gives the beginning, which tells nothing of the rest.
        return part.data if part.start == start else b""


async def all_of(*looks: Coroutine[None, None, CheckedMedia]) -> list[CheckedMedia]:
    """Look at several media at once. The fault of the first is raised, and the others end."""
    looking = [asyncio.create_task(look) for look in looks]
    try:
        return [await each for each in looking]
    finally:
        await _end(looking)


async def _end(looking: list[asyncio.Task[CheckedMedia]]) -> None:
    for each in looking:
        each.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    # A fault refers to the frame that waited for it, and so by these to itself and the request.
    looking.clear()


def is_web_url(given: str) -> bool:
    """Whether what a client gave is a URL, and not base64."""
    return given[:8].lower().startswith(("http://", "https://"))


def _write_picture(media: MediaRequest, path: Path, max_bytes: int) -> None:
    """`write_base64`, if that is not too much. Raises ParameterInvalid."""
    size = _decoded_bytes(media.given)
    # Too few letters for one byte are no base64 at all.
    if size:
        with _as_parameter():
            limits.check_bytes(size, max_bytes=max_bytes, field=media.field)
    write_base64(media.given, path)


def _decoded_bytes(text: str) -> int:
    """How many bytes base64 stands for, line ends and padding not counted."""
    letters = len(text.strip().rstrip("=")) - text.count("\r") - text.count("\n")
    return letters * 3 // 4


def write_base64(text: str, path: Path) -> None:
    """Write the bytes of base64 without a `data:` prefix; line ends and missing padding are
    forgiven.

    Piece by piece: each keeps everybody waiting, and the whole would be held twice. Raises
    ParameterInvalid with the contract's words.
    """
    text = text.strip().replace("\r", "").replace("\n", "")
    with path.open("wb") as file:
        for start in range(0, len(text), _PIECE_LETTERS):
            piece = text[start : start + _PIECE_LETTERS]
            ends = start + _PIECE_LETTERS >= len(text)
            if not ends and piece.endswith("="):
                raise ParameterInvalid(NOT_BASE64)
            try:
                file.write(base64.b64decode(piece + "=" * (-len(piece) % 4), validate=True))
            except (binascii.Error, ValueError) as error:
                raise ParameterInvalid(NOT_BASE64) from error


@contextmanager
def _as_parameter() -> Iterator[None]:
    try:
        yield
    except InputRefused as refusal:
        raise ParameterInvalid(refusal.message) from refusal
