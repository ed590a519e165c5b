"""Progress of a run: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from understudy.take.progress import Progress, Stage

WORDS: dict[Stage, str] = {
    "open": "opening",
    "inspect": "analyzing the clip",
    "track": "tracking the person",
    "cast": "preparing the character",
    "retarget": "fitting the motion",
    "render": "rendering",
    "finish": "finishing",
}
_STEP = 0.25


@contextmanager
def showing_progress(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that takes `Progress` and shows it on `stream`.

    On a terminal: one bar, gone when the run ends. Elsewhere: a line when a stage begins and at
    every quarter of the whole run.
    """
    if stream.isatty():
        with _bar(stream) as show:
            yield show
    else:
        yield _Lines(stream)


@contextmanager
def _bar(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(file=stream), transient=True) as bars:
        task = bars.add_task("starting", total=1.0)

        def show(progress: Progress) -> None:
            bars.update(task, completed=progress.fraction, description=WORDS[progress.stage])

        yield show


class _Lines:
    """Plain lines, few enough for a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stages: set[str] = set()
        self._quarter = 0

    def __call__(self, progress: Progress) -> None:
        quarter = int(progress.fraction / _STEP)
        if progress.stage in self._stages and quarter <= self._quarter:
            return
        self._stages.add(progress.stage)
        self._quarter = max(quarter, self._quarter)
        words = WORDS[progress.stage]
        print(f"{progress.fraction:4.0%}  {words}", file=self._stream, flush=True)
