"""Making elements: a client's pictures and clips are fetched, checked and kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from understudy.errors import InputRefused, MachineFault, machine_fault
from understudy.media import limits
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import elements
from understudy.tasks.db.repository.callbacks import WriteElementPayload as WritePayload
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.localize import localize
from understudy.tasks.files.storage import Storage, StorageUnavailable
from understudy.tasks.ids import ELEMENT_BITS, IdMaker, now_ms
from understudy.tasks.queue.attempt import GIVEN_UP, MACHINE_PATIENCE_MS
from understudy.tasks.queue.controller import Loop
from understudy.tasks.records import Source, StoredElement
from understudy.tasks.workers.prober import ProbeFailed, Prober
from understudy.tasks.workers.questions import ClipCheck, PictureCheck, whole_clip, whole_picture

POLL_SECONDS = 1.0
"""How often the library looks for an element to make."""
CHECK_SECONDS = 60.0
"""For opening one picture or clip in full."""
AT_ONCE = 3
"""Elements made at a time, so that one whose files arrive slowly does not hold up the others."""
AT_ONCE_PER_ACCOUNT = AT_ONCE - 1

_make_element_id = IdMaker(ELEMENT_BITS)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Library:
    """Makes the elements that wait to be made.

    temporary: a folder for temporary files.
    """

    database: Database
    storage: Storage
    fetcher: Fetcher
    keyring: Keyring
    prober: Prober
    write_payload: WritePayload
    temporary: Path
    fetch_seconds: float
    max_attempts: int
    _making: dict[int, StoredElement] = field(default_factory=dict)
    _claiming: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def rounds(self) -> tuple[Loop, ...]:
        """What is to run over and over, side by side, to make elements."""
        return (self.round,) * AT_ONCE

    async def round(self) -> None:
        """Make one element, or wait when none is due."""
        async with self._claiming:
            element = await self._claim()
            if element is None:
                # The others wait for this one, so that the library is read once a second.
                await asyncio.sleep(POLL_SECONDS)
                return
            self._making[element.id] = element
        try:
            await self._make(element)
        finally:
            del self._making[element.id]

    async def _claim(self) -> StoredElement | None:
        await self._recover()
        accounts = Counter(element.account_id for element in self._making.values())
        return await self.database.write(
            elements.claim,
            self.write_payload,
            now=now_ms(),
            busy=[account for account, n in accounts.items() if n >= AT_ONCE_PER_ACCOUNT],
        )

    async def _recover(self) -> None:
        """Retry what nobody makes, such as after a kill; only the leader makes elements."""
        for element in await self.database.read(elements.processing):
            if element.id not in self._making:
                await self._fail_or_retry(element)

    async def _make(self, element: StoredElement) -> None:
        try:
            with TemporaryDirectory(dir=self.temporary) as folder:
                images = [
                    await self._keep(element, source, Path(folder), f"image-{place}")
                    for place, source in enumerate(element.images)
                ]
                videos = [
                    await self._keep(element, source, Path(folder), f"video-{place}")
                    for place, source in enumerate(element.videos)
                ]
            await self.database.write(
                elements.succeed,
                self.write_payload,
                element,
                element_id=_make_element_id(),
                images=images,
                videos=videos,
                now=now_ms(),
            )
            log.info("element made", task=str(element.id))
        except InputRefused as refusal:
            log.info("element refused", task=str(element.id), reason=refusal.message)
            await self.database.write(
                elements.fail, self.write_payload, element, message=refusal.message, now=now_ms()
            )
        except (ProbeFailed, StorageUnavailable, MachineFault, OSError) as error:
            log.warning("element failed", task=str(element.id), exc_info=error)
            at_fault = isinstance(error, StorageUnavailable) or machine_fault(error) is not None
            await self._fail_or_retry(element, machine=at_fault)
        except asyncio.CancelledError:
            now = now_ms()
            await asyncio.shield(
                self.database.write(
                    elements.retry,
                    self.write_payload,
                    element,
                    not_before=now,
                    failed=False,
                    now=now,
                )
            )
            raise

    async def _keep(
        self, element: StoredElement, source: Source, folder: Path, name: str
    ) -> Source:
        """Bring one picture or clip under the element's own key, checked in full."""
        key = f"elements/{element.id}/{name}"
        picture = name.startswith("image")
        field = "image_url" if picture else "video_url"
        path = await localize(
            source,
            folder / name,
            field=field,
            storage=self.storage,
            fetcher=self.fetcher,
            keyring=self.keyring,
            seconds=self.fetch_seconds,
        )
        account = element.account_id
        if picture:
            check = PictureCheck(path=path, field=field, max_bytes=source.max_bytes)
            await self.prober.ask(whole_picture(check), seconds=CHECK_SECONDS, account=account)
        else:
            most = limits.ELEMENT_CLIP_MAX_SECONDS
            clip = ClipCheck(path=path, field=field, max_bytes=source.max_bytes, max_seconds=most)
            await self.prober.ask(whole_clip(clip), seconds=CHECK_SECONDS, account=account)
        if source.key != key:
            await self.storage.put(key, path)
        return Source(key=key, max_bytes=source.max_bytes)

    async def _fail_or_retry(self, element: StoredElement, *, machine: bool = False) -> None:
        """machine: it is at fault, so the attempt does not count."""
        now = now_ms()
        counts = not machine or now - element.created_at > MACHINE_PATIENCE_MS
        if counts and element.failures + 1 >= self.max_attempts:
            await self.database.write(
                elements.fail, self.write_payload, element, message=GIVEN_UP, now=now
            )
        else:
            await self.database.write(
                elements.retry,
                self.write_payload,
                element,
                not_before=now + elements.RETRY_MS,
                failed=counts,
                now=now,
            )
