"""Ways to watch a task: a function, a tqdm-like bar, or a bar on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from understudy_client.records import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bar(Protocol):
    """What tqdm and its like have. The bar is set to a total of 100 percent."""

    n: float
    total: float | None

    def set_description(self, desc: str | None = ...) -> Any:
        """Show this text beside the bar."""
        ...

    def refresh(self) -> Any:
        """Draw the bar anew."""
        ...


# A function may be a coroutine function with `AsyncClient`.
Watcher = Callable[[Progress], object] | Bar | bool | None


def watching(watcher: Watcher) -> AbstractContextManager[Callable[[Progress], object] | None]:
    """What is called with every progress while the context is open, None for nothing.

    True draws a bar on the terminal, and nothing where standard error is no terminal.
    """
    if watcher is None or watcher is False:
        return nullcontext(None)
    if watcher is True:
        return _terminal_bar()
    if callable(watcher):
        return nullcontext(watcher)
    return nullcontext(_BarWatcher(watcher))


class _BarWatcher:
    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        bar.total = 100

    def __call__(self, progress: Progress) -> None:
        self._bar.set_description(_words(progress))
        if progress.percent is not None:
            self._bar.n = progress.percent
        self._bar.refresh()


@contextmanager
def _terminal_bar() -> Iterator[Callable[[Progress], object]]:
    # Imported here: who watches nothing should not wait for it.
    from rich.console import Console
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    with Bars(console=console, disable=not console.is_terminal) as bars:
        row = bars.add_task("starting", total=100)

        def show(progress: Progress) -> None:
            bars.update(row, description=_words(progress), completed=progress.percent)

        yield show


def _words(progress: Progress) -> str:
    if progress.status in ("uploading", "processing") and progress.stage:
        return f"{progress.status}: {progress.stage}"
    return progress.status
