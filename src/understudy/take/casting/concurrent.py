"""Casting in a separate thread, while the clip is analysed and tracked.

What casts is imported there as well: it loads numba and SciPy, and the tracker's processes need not
wait for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Protocol, TypeVar

from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.character import Character
from understudy.character.folder import OpenCharacter, cast_open_character
from understudy.character.serialization import character_of, character_record
from understudy.elements.assignment import (
    Assignment,
    JudgedViews,
    assign_views,
    cast_primary,
    cast_views,
    judge_views,
    other_views,
)
from understudy.elements.element import Element
from understudy.engines import Cancelled, Engine, ViewChoosing, load_engine
from understudy.geometry.framing import Framing
from understudy.geometry.skeleton import Side
from understudy.media import limits
from understudy.media.limits import Mode
from understudy.media.picture import Picture
from understudy.processes.sharing import Board, never
from understudy.take.casting.judging import judged
from understudy.take.casting.thread import CastFor, CastingThread
from understudy.take.open import gives_open_character, open_take_picture
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tracking.performance import Performance

T = TypeVar("T")
_PIECE = "cast"


class Measured(Protocol):
    """Runs a function and may record how long it took."""

    def __call__(self, function: Callable[[], T], /) -> T: ...


def cast_ahead(thread: CastingThread, media: TakeMedia, request: TakeRequest) -> None:
    """Begin to cast the picture of a take that will come, so that this finds it ready.

    A take without a picture of its own, or of an engine that casts none, is left as it is.
    """
    if media.picture is None or media.element or gives_open_character(media):
        return

    def work() -> tuple[CastFor, Callable[[], Character]]:
        engine = load_engine(request.engine)
        picture = open_take_picture(media, request)
        assert picture is not None
        wanted = CastFor(engine.info.name, request.mode, picture.digest)
        return wanted, lambda: _judged(engine, request.mode, picture, thread)

    if "cast" in load_engine(request.engine).info.stages:
        thread.begin_ahead(work)


def _judged(engine: Engine, mode: Mode, picture: Picture, thread: CastingThread) -> Character:
    """A picture's character, looked at by the engine."""
    from understudy.character.cast import cast

    size = limits.output_size(*picture.source_size, mode)
    character = cast(picture, size, cache=user_cache(), processes=thread.processes())
    return judged(engine, character, user_cache(), corrections_of(picture).free_arms)


def _at_once(function: Callable[[], T], /) -> T:
    return function()


class ConcurrentCasting:
    """Begins to cast a picture at once. The pictures of an element are judged first; its views are
    assigned in `settle`, when it is known how much of the driver the clip shows."""

    def __init__(  # noqa: PLR0913 - what is cast, for whom, and where the work is done
        self,
        engine: Engine,
        mode: Mode,
        picture: Picture | None,
        element: Element | None,
        thread: CastingThread,
        measured: Measured = _at_once,
        folder: OpenCharacter | None = None,
        board: Board | None = None,
        cancelled: Cancelled = never,
    ) -> None:
        """Begin with a picture, an element or both.

        mode: the output's. thread: where the work is done. measured: runs each part of it.
        folder: the open character that the picture belongs to. board: shares the work on a
        picture alone with other workers.
        """
        self._engine = engine
        self._casts = "cast" in engine.info.stages
        self._mode = mode
        self._given = picture
        self._thread = thread
        self._measured = measured
        self._cancelled = cancelled
        self._board = board if element is None and folder is None else None
        self._assignment: Assignment | None = None
        self._judging: Future[JudgedViews] | None = None
        self._casting: Future[Character] | None = None
        if element is not None:
            self._judging = self._begin(lambda: judge_views(element, picture, user_cache()))
        elif picture is not None and self._casts:
            if folder is None:
                self._casting = self._begin(lambda: self._shared(lambda: self._made(picture)))
            else:
                size, chosen = self._output_size(picture), folder.corrections.free_arms
                self._casting = self._cast(
                    lambda: cast_open_character(folder, size, cache=user_cache()), chosen
                )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the element's pictures are used for, sentences for a person."""
        return () if self._assignment is None else self._assignment.notes

    @property
    def has_failed(self) -> bool:
        """Whether the work ended in a refusal or a fault, which `raise_failure` raises."""
        return any(
            work is not None and work.done() and work.exception() is not None
            for work in (self._judging, self._casting)
        )

    def raise_failure(self) -> None:
        """Raise the refusal or fault that the work ended in, if it did."""
        for work in (self._judging, self._casting):
            if work is not None and work.done():
                work.result()

    def settle(self, driver: Framing) -> Picture:
        """The picture that the take is made from; casting goes on.

        driver: how much of the driver the clip shows. Raises InputRefused.
        """
        if self._judging is None:
            assert self._given is not None
            return self._given
        assignment = self._assignment = assign_views(self._judging.result(), self._given, driver)
        primary = assignment.selection.primary
        if self._casts:
            size = self._output_size(assignment.picture)
            chosen = () if primary is None else corrections_of(primary.picture).free_arms
            self._casting = self._cast(lambda: cast_primary(assignment, size, user_cache()), chosen)
        return assignment.picture

    def result(self, performance: Performance | None = None) -> Character | None:
        """The character, if the engine needs one; with its back and sides, if the driver turns and
        the element shows them. Raises InputRefused."""
        if self._casting is None:
            return None
        character = self._casting.result()
        assignment = self._assignment
        engine = self._engine
        if assignment is None or performance is None or not isinstance(engine, ViewChoosing):
            return character
        views = other_views(assignment.selection)
        wanted = engine.views_wanted(performance, views) if views else frozenset()
        if not wanted:
            return character
        front = character
        return self._measured(lambda: cast_views(assignment, front, wanted, user_cache()))

    def _output_size(self, picture: Picture) -> limits.Size:
        return limits.output_size(*picture.source_size, self._mode)

    def _cast(
        self, work: Callable[[], Character], kept: Collection[Side] = ()
    ) -> Future[Character]:
        """Begin to cast, and to judge what comes of it. kept: see `judged`."""
        return self._begin(lambda: judged(self._engine, work(), user_cache(), kept))

    def _made(self, picture: Picture) -> Character:
        """The character of a picture alone, unless it was cast ahead."""
        ahead = self._thread.cast_ahead(CastFor(self._engine.info.name, self._mode, picture.digest))
        return ahead or _judged(self._engine, self._mode, picture, self._thread)

    def _shared(self, work: Callable[[], Character]) -> Character:
        """The character, cast here or by another worker."""
        board = self._board
        if board is None:
            return work()
        if not board.claim(_PIECE):
            made = board.wait_for(_PIECE, self._cancelled)
            return work() if made is None else character_of(made)
        character = work()
        board.put(_PIECE, character_record(character))
        return character

    def _begin(self, work: Callable[[], T]) -> Future[T]:
        return self._thread.begin(lambda: self._measured(work))
