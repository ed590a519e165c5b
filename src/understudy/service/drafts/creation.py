"""From a draft to a stored task, the same for both designs."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from understudy.engines.capabilities import DEFAULT_ENGINE
from understudy.service.drafts.draft import Draft
from understudy.service.drafts.element_lookup import find_element
from understudy.service.engines import Engines
from understudy.service.http.authentication import Caller
from understudy.service.http.contract_errors import (
    BalanceUsedUp,
    ParameterInvalid,
    TooManyTasks,
    Unavailable,
)
from understudy.service.http.fields import invalid
from understudy.service.media.checks import (
    BUDGET_SECONDS,
    CheckedMedia,
    MediaChecks,
    MediaRequest,
    all_of,
)
from understudy.service.media.files import media_request
from understudy.service.models import Catalogue, reservation
from understudy.take.backgrounds import CLIP, FIELD
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, tasks, uploads
from understudy.tasks.db.repository.callbacks import WritePayload
from understudy.tasks.files.addresses import host_problem
from understudy.tasks.files.links import upload_id
from understudy.tasks.files.localize import UNREACHABLE
from understudy.tasks.ids import TASK_BITS, IdMaker, task_time
from understudy.tasks.records import Design, StoredElement, Task, TaskRequest

_make_id = IdMaker(TASK_BITS)
_ANSWER_SECONDS = 3.4
"""Within which a task is stored or refused: clients in use give up after 5 s, and the contract says
4 s, of which a busy machine takes up to .7 s to come round to answering."""


@dataclass(frozen=True, slots=True)
class Creation:
    """Makes tasks.

    wake, wake_callbacks: called after each task, and after each that has a callback to send.
    concurrency_limit: of accounts without one of their own. catalogue, engines: the models, and
    which of them can run. allow_private: whether callbacks may go to private addresses.
    """

    database: Database
    checks: MediaChecks
    write_payload: WritePayload
    wake: Callable[[], None]
    wake_callbacks: Callable[[], None]
    concurrency_limit: int
    catalogue: Catalogue
    engines: Engines
    allow_private: bool

    async def create(self, caller: Caller, design: Design, draft: Draft) -> Task:
        """Check a draft's media and store the task. Raises ContractError's kinds."""
        until = asyncio.get_running_loop().time() + _ANSWER_SECONDS
        check_host("callback_url", draft.callback_url, allow_private=self.allow_private)
        if draft.background is not None and upload_id(draft.background) is None:
            check_host(FIELD, draft.background, allow_private=self.allow_private)
        await self._check_engine(draft)
        uploaded = self._is_uploaded(draft)
        if not uploaded:
            await self._check_room(caller, draft)
        element = await find_element(self.database, self.checks.storage, caller, draft)
        task_id = _make_id()
        # Another server might make the same id, in one of a hundred thousand shared milliseconds.
        prefix = f"inputs/{task_id}/{secrets.token_hex(8)}"
        picture: CheckedMedia | None = None
        try:
            picture, clip = await self._check_media(caller, draft, prefix, in_turn=uploaded)
            behind = await self._background(caller, draft)
            with _in_contract(draft):
                task = await self.database.write_before(
                    until,
                    tasks.insert,
                    self.write_payload,
                    _new_task(task_id, caller, design, draft, picture, clip, behind, element),
                    now=task_time(task_id),
                    concurrency_limit=self.concurrency_limit,
                )
        except BaseException:
            if picture is None or picture.source.file_id is None:
                await self.checks.storage.discard(prefix)
            raise
        self.wake()
        if draft.callback_url is not None:
            self.wake_callbacks()
        return task

    async def _check_engine(self, draft: Draft) -> None:
        """Refuse a model whose engine cannot run, or cannot replace the person where that is asked
        for, naming those that can."""
        wanted, replaces = draft.take.engine, draft.take.background == CLIP
        # It comes with the package, and asking takes a child's time.
        if wanted == DEFAULT_ENGINE and not replaces:
            return
        states = await self.engines.states(self.catalogue.engines)
        if states[wanted].reason:
            able = self._models_whose(lambda engine: not states[engine].reason)
            raise ParameterInvalid(
                f"model_name: '{draft.model.name}' cannot run here ({states[wanted].reason}); "
                f"{able} can be used"
            )
        if replaces and not states[wanted].replace:
            able = self._models_whose(
                lambda engine: states[engine].replace and not states[engine].reason
            )
            raise ParameterInvalid(
                f"{FIELD}: '{draft.model.name}' cannot draw the character in the clip's scene; "
                f"{able} can"
            )

    def _models_whose(self, is_able: Callable[[str], bool]) -> str:
        """The models all of whose engines are able to do something, for a message."""
        able = [
            f"'{model.name}'"
            for model in self.catalogue.by_name.values()
            if all(is_able(engine) for engine in model.engines.values())
        ]
        return " and ".join(able) or "none"

    def _is_uploaded(self, draft: Draft) -> bool:
        """Whether a draft's media look like uploads, of which nothing has to be fetched."""
        given = [media for media in (draft.picture, draft.clip) if media is not None]
        return all(upload_id(media) is not None for media in given)

    async def _check_room(self, caller: Caller, draft: Draft) -> None:
        """Refuse early what the account has no room for, before anything is fetched for it."""
        with _in_contract(draft):
            await self.database.read(
                accounts.check_room, caller.account_id, 0, self.concurrency_limit
            )

    async def _background(self, caller: Caller, draft: Draft) -> CheckedMedia | None:
        if draft.background is None:
            return None
        wanted = media_request(draft.background, caller, FIELD)
        return await self.checks.check_background(wanted)

    async def _check_media(
        self, caller: Caller, draft: Draft, prefix: str, *, in_turn: bool
    ) -> tuple[CheckedMedia | None, CheckedMedia]:
        """Check both media, at once unless in turn; the picture's fault comes before the clip's."""
        until = asyncio.get_running_loop().time() + BUDGET_SECONDS

        def requested(given: str, field: str, name: str) -> MediaRequest:
            return MediaRequest(given, caller.account_id, field, f"{prefix}/{name}", until)

        assert draft.clip is not None
        clip_check = self.checks.check_clip(
            requested(draft.clip, draft.clip_field, "clip"),
            bounds=draft.clip_limits,
        )
        if draft.picture is None:
            return None, await clip_check
        picture_check = self.checks.check_picture(
            requested(draft.picture, draft.picture_field, "picture"),
            max_bytes=draft.picture_max_bytes,
        )
        if in_turn:
            picture = await _before(clip_check, picture_check)
            return picture, await clip_check
        picture, clip = await all_of(picture_check, clip_check)
        return picture, clip


def check_host(field: str, url: str | None, *, allow_private: bool) -> None:
    """Refuse the URL of a field that can never be reached. Raises ParameterInvalid."""
    if url is None:
        return
    problem = host_problem(urlsplit(url).hostname or "", allow_private=allow_private)
    if problem is not None:
        raise ParameterInvalid(invalid(field, url, problem))


async def _before(
    later: Coroutine[None, None, CheckedMedia], first: Awaitable[CheckedMedia]
) -> CheckedMedia:
    """What comes first; when that fails, `later` is not begun."""
    try:
        return await first
    except BaseException:
        later.close()
        raise


def _stale_uploads(checked: Iterable[CheckedMedia | None], now: int) -> tuple[str, ...]:
    """The uploads whose use has to be noted: those used of late are safe."""
    return tuple(
        each.source.file_id
        for each in checked
        if each is not None
        and each.source.file_id is not None
        and each.used_at < now - uploads.NOTED_WITHIN_MS
    )


def _new_task(  # noqa: PLR0913 - what a task is made of
    task_id: int,
    caller: Caller,
    design: Design,
    draft: Draft,
    picture: CheckedMedia | None,
    clip: CheckedMedia,
    behind: CheckedMedia | None,
    element: StoredElement | None,
) -> tasks.NewTask:
    return tasks.NewTask(
        id=task_id,
        account_id=caller.account_id,
        design=design,
        request=TaskRequest(
            take=draft.take,
            clip=clip.source,
            picture=None if picture is None else picture.source,
            behind=None if behind is None else behind.source,
            element_id=draft.element_id,
            element_images=() if element is None else element.images,
            element_videos=() if element is None else element.videos,
            callback_url=draft.callback_url,
            base_url=None if draft.callback_url is None else caller.base_url,
            key_name=caller.key,
            notes=draft.notes,
            clip_max_seconds=draft.model.max_seconds,
        ),
        external_id=draft.external_id,
        units=reservation(draft.model, draft.take.mode, draft.orientation, clip.seconds),
        uploads=_stale_uploads((picture, clip, behind), task_time(task_id)),
    )


@contextmanager
def _in_contract(draft: Draft) -> Iterator[None]:
    """Raise the contract's errors in place of the store's."""
    try:
        yield
    except tasks.UploadGone as error:
        raise ParameterInvalid(UNREACHABLE) from error
    except tasks.ExternalIdTaken as error:
        raise ParameterInvalid(f"External_task_id {draft.external_id} already exists") from error
    except tasks.IdTaken as error:
        raise Unavailable("Another task was created at this moment; please try again") from error
    except accounts.ConcurrencyReached as error:
        raise TooManyTasks from error
    except accounts.UnitsUsedUp as error:
        raise BalanceUsedUp from error
