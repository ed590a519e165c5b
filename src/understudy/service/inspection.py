"""Inspecting a draft: its media are had and opened, and the plan of the take comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from typing_extensions import TypedDict

from understudy.errors import InputRefused
from understudy.media.limits import clip_limits
from understudy.service.drafts import Draft
from understudy.service.element_lookup import find_element
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.media_checks import MediaChecks, MediaRequest, decode_base64, is_web_url
from understudy.service.models import price, show_units
from understudy.service.probe_errors import looking
from understudy.tasks.db.database import Database
from understudy.tasks.files.localize import localize
from understudy.tasks.records import Source
from understudy.tasks.workers.prober import Prober

INSPECT_SECONDS = 120.0
_ELEMENT_FIELD = "element_list"


class Problem(TypedDict):
    """What is wrong with an input: what was found and what is allowed, and both as a sentence."""

    field: str
    found: str
    allowed: str
    message: str


class PictureFound(TypedDict):
    """A picture: its size in pixels, and the character's outline as polygons of (x, y) in shares of
    the size, null where none was cut out. warnings: those of the plan that are about the picture.
    """

    width: int
    height: int
    outline: list[list[tuple[float, float]]] | None
    warnings: list[str]


class DriverFound(TypedDict):
    """Who is followed: outlined in the frame at `time`, and the way as (time, left, top, width,
    height); seconds, and shares of the frame."""

    time: float
    outline: list[list[tuple[float, float]]]
    path: list[tuple[float, float, float, float, float]]


class Used(TypedDict):
    """The part of a clip that is used, in seconds."""

    start: float
    end: float


class LeftOut(TypedDict):
    """A part of a clip that is not used, in seconds, and why."""

    start: float
    end: float
    reason: str


class ClipFound(TypedDict):
    """A clip: its size in pixels, rate and seconds; what a take of it would use and leave out, who
    is followed. used, driver: null where nothing of it can be used. warnings: those of the plan
    that are about the clip."""

    width: int
    height: int
    fps: float
    duration: float
    people: int
    used: Used | None
    dropped: list[LeftOut]
    warnings: list[str]
    driver: DriverFound | None


class Inspected(TypedDict):
    """The plan of a take, or the problems that keep it from being made, a missing input among them.

    picture, clip: what was found in each by itself; null where it is missing or cannot be opened.
    """

    usable: bool
    plan: dict[str, Any] | None
    problems: list[Problem]
    picture: PictureFound | None
    clip: ClipFound | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Inspects drafts, one at a time.

    inspector: a child of its own, because inspecting takes seconds. seconds: how long one may take.
    """

    database: Database
    checks: MediaChecks
    inspector: Prober
    fetch_seconds: float
    seconds: float = INSPECT_SECONDS

    async def inspect(self, caller: Caller, draft: Draft) -> Inspected:
        """What a take of this draft would be made of. Raises InternalTimeout, InternalFault."""
        with looking("Inspecting took too long"):
            async with asyncio.timeout(self.seconds):
                with TemporaryDirectory(dir=self.checks.temporary) as folder:
                    found = await self._look(caller, draft, Path(folder))
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
        """What is found in all that can be had; what cannot is a problem beside it."""
        refused: dict[str, InputRefused] = {}
        clip_bytes = clip_limits(draft.orientation).max_bytes
        picture = clip = None
        element: dict[str, list[str]] = {}
        with _noting(refused):
            picture = await self._bring(
                caller,
                draft.picture,
                draft.picture_field,
                draft.picture_max_bytes,
                folder,
                "picture",
            )
        with _noting(refused):
            clip = await self._bring(
                caller, draft.clip, draft.clip_field, clip_bytes, folder, "clip"
            )
        with _noting(refused):
            element = await self._bring_element(caller, draft, folder)
        arguments = {
            "picture": picture,
            "picture_max_bytes": draft.picture_max_bytes,
            "clip": clip,
            "element": element,
            "orientation": draft.orientation,
            "mode": draft.mode,
            "prompt": draft.prompt,
            "sound": draft.sound,
            "watermark": draft.watermark,
            "engine": draft.model.engine,
            "model": draft.model.name,
        }
        found = await self.inspector.ask("inspect", arguments, seconds=self.seconds)
        # What could not be had is not missing as well.
        told = {*refused, draft.picture_field} if _ELEMENT_FIELD in refused else set(refused)
        found["problems"] = [
            *map(_problem, refused.values()),
            *(problem for problem in found["problems"] if problem["field"] not in told),
        ]
        return found

    async def _bring_element(
        self, caller: Caller, draft: Draft, folder: Path
    ) -> dict[str, list[str]]:
        """The paths of its pictures and clips, by kind."""
        try:
            element = await find_element(self.database, self.checks.storage, caller, draft)
        except ParameterInvalid as error:
            raise InputRefused(
                _ELEMENT_FIELD, found="", allowed="", message=error.message
            ) from error
        if element is None:
            return {}
        brought: dict[str, list[str]] = {}
        for kind, sources in (("images", element.images), ("videos", element.videos)):
            brought[kind] = [
                str(
                    await localize(
                        source,
                        folder / f"element-{kind}-{place}",
                        field=_ELEMENT_FIELD,
                        storage=self.checks.storage,
                        fetcher=self.checks.fetcher,
                        seconds=self.fetch_seconds,
                    )
                )
                for place, source in enumerate(sources)
            ]
        return brought

    async def _bring(
        self,
        caller: Caller,
        given: str | None,
        field: str,
        max_bytes: int,
        folder: Path,
        kind: Literal["picture", "clip"],
    ) -> str | None:
        """The path of what was given, None of nothing. Raises InputRefused."""
        if given is None:
            return None
        media, path = MediaRequest(given, caller.account_id, field, "", 0.0), folder / kind
        try:
            upload = await self.checks.find_upload(media, kind)
            if upload is None and not is_web_url(given):
                path.write_bytes(await asyncio.to_thread(decode_base64, given))
                return str(path)
        except ParameterInvalid as error:
            raise InputRefused(field, found="", allowed="", message=error.message) from error
        source = Source(
            url=None if upload else given,
            key=upload.key if upload else None,
            max_bytes=max_bytes,
        )
        brought = await localize(
            source,
            path,
            field=field,
            storage=self.checks.storage,
            fetcher=self.checks.fetcher,
            seconds=self.fetch_seconds,
        )
        return str(brought)


@contextmanager
def _noting(refused: dict[str, InputRefused]) -> Iterator[None]:
    try:
        yield
    except InputRefused as refusal:
        refused[refusal.field] = refusal


def _problem(refusal: InputRefused) -> Problem:
    return {
        "field": refusal.field,
        "found": refusal.found,
        "allowed": refusal.allowed,
        "message": refusal.message,
    }
