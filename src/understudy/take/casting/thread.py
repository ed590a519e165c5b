"""The thread that casts, and what stays with it from one picture to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from understudy.errors import InputRefused
from understudy.media.limits import Mode

if TYPE_CHECKING:  # It loads numba and SciPy, which only the thread itself needs.
    from understudy.character.casting_processes import CastingProcesses
    from understudy.character.character import Character

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CastFor:
    """What a picture is cast for. picture: the digest of its file."""

    engine: str
    mode: Mode
    picture: str


class CastingThread:
    """Does one piece of work after the other.

    A context manager: leaving the block waits for the work that runs, drops what has not begun, and
    ends the processes.
    """

    def __init__(self, *, stay: bool = False) -> None:
        """stay: see `CastingProcesses`."""
        self._stay = stay
        self._thread = ThreadPoolExecutor(1, "casting")
        self._processes: CastingProcesses | None = None
        self._begun: list[Future[Any]] = []
        self._ahead: tuple[CastFor, Future[Character]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the work that runs, drop the rest and end the processes."""
        self._thread.shutdown(cancel_futures=True)
        self._end_processes()

    @contextmanager
    def lent(self) -> Iterator[Self]:
        """The thread for one take, whose work is done when the block is left."""
        try:
            yield self
        finally:
            wait(self._begun)
            self._begun.clear()

    def begin(self, work: Callable[[], T]) -> Future[T]:
        """Begin a take's work once what was begun before is done."""
        begun = self._thread.submit(self._guarded, work)
        self._begun.append(begun)
        return begun

    def begin_ahead(self, work: Callable[[], tuple[CastFor, Callable[[], Character]]]) -> None:
        """Begin to cast for a take that will come, in place of what was cast ahead before.

        work: says for what it casts, and then casts. What it raises while it casts is raised to
        whoever asks for the character.
        """

        def cast() -> None:
            self._ahead = None
            wanted, casting = work()
            made: Future[Character] = Future()
            try:
                made.set_result(casting())
            except BaseException as fault:
                made.set_exception(fault)
                raise
            finally:
                self._ahead = wanted, made

        self._thread.submit(self._guarded, cast)

    def cast_ahead(self, wanted: CastFor) -> Character | None:
        """What was cast for this, None where nothing was; called from work of this thread."""
        ahead, self._ahead = self._ahead, None
        return None if ahead is None or ahead[0] != wanted else ahead[1].result()

    def processes(self) -> CastingProcesses:
        """Those that look at pictures; called from work of this thread, to which they belong."""
        from understudy.character.casting_processes import CastingProcesses

        if self._processes is None:
            self._processes = CastingProcesses(stay=self._stay)
        return self._processes

    def _guarded(self, work: Callable[[], T]) -> T:
        """The work's result. Where it fails, what the processes still do is not known."""
        try:
            return work()
        except InputRefused:
            raise
        except BaseException:
            self._end_processes()
            raise

    def _end_processes(self) -> None:
        if self._processes is not None:
            self._processes.close()
