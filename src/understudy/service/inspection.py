"""Inspecting a draft: its media are had and opened, and the plan of the take comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typing_extensions import TypedDict

from understudy.errors import InputRefused
from understudy.media.limits import clip_limits
from understudy.service.authentication import Caller
from understudy.service.drafts import Draft
from understudy.service.errors import InternalTimeout, ParameterInvalid
from understudy.service.library import find_element
from understudy.service.media_checks import MediaChecks, Wish, decode_base64, is_web_url
from understudy.service.models import price, show_units
from understudy.tasks.database import Database
from understudy.tasks.inputs import have_at_hand
from understudy.tasks.prober import ProbeFailed, Prober
from understudy.tasks.records import Source

INSPECT_SECONDS = 120.0


class Problem(TypedDict):
    """What is wrong with an input: what was found and what is allowed, and both as a sentence."""

    field: str
    found: str
    allowed: str
    message: str


class Inspected(TypedDict):
    """The plan of a take, or the problems that keep it from being made.

    picture, clip: their sizes, and where the character and the driver are: outlines as polygons of
    (x, y), the driver's path as (time, left, top, width, height), places in shares of the frame.
    Null where one could not be opened.
    """

    usable: bool
    plan: dict[str, Any] | None
    problems: list[Problem]
    picture: dict[str, Any] | None
    clip: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Inspects drafts, one at a time.

    inspector: a child of its own, because inspecting takes seconds.
    """

    database: Database
    checks: MediaChecks
    inspector: Prober
    fetch_seconds: float

    async def inspect(self, caller: Caller, draft: Draft) -> Inspected:
        """What a take of this draft would be made of. Raises InternalTimeout."""
        try:
            async with asyncio.timeout(INSPECT_SECONDS):
                with TemporaryDirectory(dir=self.checks.temporary) as folder:
                    found = await self._look(caller, draft, Path(folder))
        except InputRefused as refusal:
            return _unusable(refusal)
        except (TimeoutError, ProbeFailed) as error:
            raise InternalTimeout("Inspecting took too long") from error
        plan = found["plan"]
        if plan is not None:
            seconds = float(plan["duration"])
            plan["units"] = show_units(price(draft.model, draft.mode, seconds))
        return {
            "usable": plan is not None,
            "plan": plan,
            "problems": found["problems"],
            "picture": found["picture"],
            "clip": found["clip"],
        }

    async def _look(self, caller: Caller, draft: Draft, folder: Path) -> dict[str, Any]:
        clip_bytes = clip_limits(draft.orientation).max_bytes
        picture = None
        if draft.picture is not None:
            field, most = draft.picture_field, draft.picture_max_bytes
            picture = await self._bring(caller, draft.picture, field, most, folder / "picture")
        clip = await self._bring(caller, draft.clip, draft.clip_field, clip_bytes, folder / "clip")
        arguments = {
            "picture": None if picture is None else str(picture),
            "picture_max_bytes": draft.picture_max_bytes,
            "clip": str(clip),
            "element": await self._bring_element(caller, draft, folder),
            "orientation": draft.orientation,
            "mode": draft.mode,
            "prompt": draft.prompt,
            "sound": draft.sound,
            "watermark": draft.watermark,
            "engine": draft.model.engine,
            "model": draft.model.name,
        }
        return await self.inspector.ask("inspect", arguments, seconds=INSPECT_SECONDS)

    async def _bring_element(
        self, caller: Caller, draft: Draft, folder: Path
    ) -> dict[str, list[str]]:
        """The paths of its pictures and clips, by kind."""
        try:
            element = await find_element(self.database, self.checks.storage, caller, draft)
        except ParameterInvalid as error:
            raise InputRefused(
                "element_list", found="", allowed="", message=error.message
            ) from error
        if element is None:
            return {}
        brought: dict[str, list[str]] = {}
        for kind, sources in (("images", element.images), ("videos", element.videos)):
            brought[kind] = [
                str(
                    await have_at_hand(
                        source,
                        folder / f"element-{kind}-{place}",
                        field="element_list",
                        storage=self.checks.storage,
                        fetcher=self.checks.fetcher,
                        seconds=self.fetch_seconds,
                    )
                )
                for place, source in enumerate(sources)
            ]
        return brought

    async def _bring(
        self, caller: Caller, given: str, field: str, max_bytes: int, path: Path
    ) -> Path:
        wish = Wish(given, caller.account_id, field, "", 0.0)
        try:
            upload = await self.checks.find_upload(
                wish, "picture" if path.name == "picture" else "clip"
            )
            if upload is None and not is_web_url(given):
                path.write_bytes(await asyncio.to_thread(decode_base64, given))
                return path
        except ParameterInvalid as error:
            raise InputRefused(field, found="", allowed="", message=error.message) from error
        source = Source(
            url=None if upload else given,
            key=upload.key if upload else None,
            max_bytes=max_bytes,
        )
        return await have_at_hand(
            source,
            path,
            field=field,
            storage=self.checks.storage,
            fetcher=self.checks.fetcher,
            seconds=self.fetch_seconds,
        )


def _unusable(refusal: InputRefused) -> Inspected:
    problem: Problem = {
        "field": refusal.field,
        "found": refusal.found,
        "allowed": refusal.allowed,
        "message": refusal.message,
    }
    return {"usable": False, "plan": None, "problems": [problem], "picture": None, "clip": None}
