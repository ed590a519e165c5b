"""A watcher may be a function, a bar, or True."""

from __future__ import annotations

from understudy_client import Progress
from understudy_client.progress import watching

RENDERING = Progress("processing", "render", 42.5)


class RecordingBar:
    """What a tqdm-like bar was told."""

    def __init__(self) -> None:
        self.n: float = 0
        self.total: float | None = None
        self.drawn: list[tuple[float, str | None]] = []
        self._text: str | None = None

    def set_description(self, desc: str | None = None) -> None:
        self._text = desc

    def refresh(self) -> None:
        self.drawn.append((self.n, self._text))


def test_a_function_is_called() -> None:
    told: list[Progress] = []
    with watching(told.append) as watch:
        assert watch is not None
        watch(RENDERING)
    assert told == [RENDERING]


def test_a_bar_shows_percent_and_stage_and_keeps_its_place_while_nothing_is_told() -> None:
    bar = RecordingBar()
    with watching(bar) as watch:
        assert watch is not None
        watch(Progress("uploading", "video_url"))
        watch(RENDERING)
        watch(Progress("processing"))
    assert bar.total == 100
    assert bar.drawn == [
        (0, "uploading: video_url"),
        (42.5, "processing: render"),
        (42.5, "processing"),
    ]


def test_true_draws_nothing_where_there_is_no_terminal(capsys: object) -> None:
    with watching(True) as watch:
        assert watch is not None
        watch(RENDERING)


def test_nothing_may_be_watched() -> None:
    for watcher in (None, False):
        with watching(watcher) as watch:
            assert watch is None
