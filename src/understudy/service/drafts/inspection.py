"""Inspecting a draft: its media are fetched and opened, and the plan of the take comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.service.drafts.draft import Draft
from understudy.service.drafts.element_lookup import find_element
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.media.checks import MediaChecks
from understudy.service.media.files import media_file, media_request
from understudy.service.models import price, show_units
from understudy.service.probe_errors import probing
from understudy.take.backgrounds import FIELD
from understudy.take.findings import Findings, Problem, collecting
from understudy.take.options import TakeMedia
from understudy.tasks.db.database import Database
from understudy.tasks.files.localize import Localizer
from understudy.tasks.workers.prober import Prober
from understudy.tasks.workers.questions import findings

# A clip of 30 s is inspected in some 10 s on two cores; a slow machine gets ten times as long.
INSPECT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Inspection:
    """Inspects drafts.

    inspector: children of its own, because inspecting takes seconds. seconds: how long one may
    take, and how long fetching its media; waiting for a child is not counted.
    """

    database: Database
    checks: MediaChecks
    inspector: Prober
    fetch_seconds: float
    seconds: float = INSPECT_SECONDS

    async def inspect(self, caller: Caller, draft: Draft) -> Findings:
        """What a take of this draft would be made of. Raises InternalTimeout, InternalFault."""
        with (
            probing(_too_long(self.seconds)),
            TemporaryDirectory(dir=self.checks.temporary) as folder,
        ):
            problems: list[Problem] = []
            async with asyncio.timeout(self.seconds):
                media = await self._fetch(caller, draft, Path(folder), problems)
            found = await self.inspector.ask(
                findings(draft.take, media), seconds=self.seconds, account=caller.account_id
            )
        return _priced(found.after(problems), draft)

    async def _fetch(
        self, caller: Caller, draft: Draft, folder: Path, problems: list[Problem]
    ) -> TakeMedia:
        """The files of all media that can be fetched; the others are problems."""
        localizer = Localizer(
            storage=self.checks.storage,
            fetcher=self.checks.fetcher,
            keyring=self.checks.keyring,
            seconds=self.fetch_seconds,
            folder=folder,
        )
        media = TakeMedia(
            picture_max_bytes=draft.picture_max_bytes, clip_max_seconds=draft.model.max_seconds
        )
        with collecting(problems), _refusing(draft.picture_field):
            if draft.picture is not None:
                wanted = media_request(draft.picture, caller, draft.picture_field)
                most = draft.picture_max_bytes
                media = replace(
                    media, picture=await media_file(self.checks, wanted, "picture", most, localizer)
                )
        with collecting(problems), _refusing(draft.clip_field):
            if draft.clip is not None:
                wanted = media_request(draft.clip, caller, draft.clip_field)
                most = draft.clip_limits.max_bytes
                media = replace(
                    media, clip=await media_file(self.checks, wanted, "clip", most, localizer)
                )
        with collecting(problems), _refusing(FIELD):
            if draft.background is not None:
                wanted = media_request(draft.background, caller, FIELD)
                most = limits.ELEMENT_CLIP_MAX_BYTES
                behind = await media_file(self.checks, wanted, "background", most, localizer)
                media = replace(media, background=behind)
        with collecting(problems), _refusing(limits.ELEMENT_FIELD):
            element = await find_element(self.database, self.checks.storage, caller, draft)
            if element is not None:
                files = await localizer.element((*element.images, *element.videos))
                media = replace(media, element=files)
        return media


def _too_long(seconds: float) -> str:
    return (
        f"The inspection took longer than {seconds:g} s. Inspect a shorter clip, or create the"
        " task without inspecting: the task has more time and says what it finds."
    )


def _priced(found: Findings, draft: Draft) -> Findings:
    """With the units that the operator charges for the model."""
    if found.plan is None:
        return found
    units = show_units(price(draft.model, draft.take.mode, found.plan.duration))
    return replace(found, plan=replace(found.plan, units=units))


@contextmanager
def _refusing(field: str) -> Iterator[None]:
    """Turn the contract's error about a parameter into a refusal of the field."""
    try:
        yield
    except ParameterInvalid as error:
        raise InputRefused(field, found="", allowed="", message=error.message) from error
