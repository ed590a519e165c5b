"""Progress on a stream that is no terminal is a few plain lines."""

from __future__ import annotations

import io

from understudy.cli.progress_bar import showing_progress
from understudy.take.progress import Progress, Stage


def lines(*steps: tuple[Stage, float]) -> list[str]:
    stream = io.StringIO()
    with showing_progress(stream) as show:
        for stage, fraction in steps:
            show(Progress(stage, fraction, None))
    return stream.getvalue().splitlines()


def test_every_stage_is_named_once() -> None:
    shown = lines(("open", 0.0), ("open", 0.01), ("track", 0.02), ("track", 0.1))
    assert shown == ["  0%  opening", "  2%  tracking the person"]


def test_a_long_stage_shows_every_quarter() -> None:
    shown = lines(("render", 0.1), *(("render", percent / 100) for percent in range(10, 100)))
    assert [line.split()[0] for line in shown] == ["10%", "25%", "50%", "75%"]


def test_stages_that_overlap_do_not_alternate() -> None:
    shown = lines(("track", 0.1), ("render", 0.12), ("track", 0.13), ("render", 0.14))
    assert len(shown) == 2
