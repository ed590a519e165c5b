"""Casting in a separate thread, while the clip is analysed and tracked.

What casts is imported there as well: it loads numba and SciPy, and the tracker's processes need not
wait for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from typing import Protocol, TypeVar

from understudy.cache import user_cache
from understudy.character.carried_corrections import corrections_of
from understudy.character.character import Character
from understudy.character.folder import CharacterFolder, cast_folder
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
from understudy.engines import Cancelled, Engine, ViewChoosing
from understudy.geometry.framing import Framing
from understudy.geometry.skeleton import Side
from understudy.media import limits
from understudy.media.limits import Mode
from understudy.media.picture import Picture
from understudy.processes.sharing import Board, never
from understudy.take.casting.judging import judged
from understudy.tracking.performance import Performance

T = TypeVar("T")
_PIECE = "cast"


class Measured(Protocol):
    """Runs a function and may record how long it took."""

    def __call__(self, function: Callable[[], T], /) -> T: ...


def _cast(picture: Picture, size: limits.Size) -> Character:
    from understudy.character.cast import cast

    return cast(picture, size, cache=user_cache())


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
        threads: Executor,
        measured: Measured = _at_once,
        folder: CharacterFolder | None = None,
        board: Board | None = None,
        cancelled: Cancelled = never,
    ) -> None:
        """Begin with a picture, an element or both.

        mode: the output's. threads: where the work is done. measured: runs each part of it.
        folder: the open character that the picture belongs to. board: shares the work on a
        picture alone with other workers.
        """
        self._engine = engine
        self._casts = "cast" in engine.info.stages
        self._mode = mode
        self._given = picture
        self._threads = threads
        self._measured = measured
        self._cancelled = cancelled
        self._board = board if element is None and folder is None else None
        self._assignment: Assignment | None = None
        self._judging: Future[JudgedViews] | None = None
        self._casting: Future[Character] | None = None
        if element is not None:
            self._judging = self._begin(lambda: judge_views(element, picture, user_cache()))
        elif picture is not None and self._casts:
            size = self._output_size(picture)
            if folder is None:
                chosen = corrections_of(picture).free_arms
                self._casting = self._cast(lambda: _cast(picture, size), chosen)
            else:
                chosen = folder.corrections.free_arms
                self._casting = self._cast(
                    lambda: cast_folder(folder, size, cache=user_cache()), chosen
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
        return self._begin(
            lambda: self._shared(lambda: judged(self._engine, work(), user_cache(), kept))
        )

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
        return self._threads.submit(lambda: self._measured(work))
