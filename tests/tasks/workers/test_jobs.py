"""What the jobs pass on to the library."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from understudy.take import run
from understudy.take.options import TakeMedia, TakeRequest
from understudy.tasks.workers import jobs
from understudy.tasks.workers.questions import TakeArguments
from understudy.tracking.trackers import TrackerPool


@pytest.mark.parametrize("stays", [True, False])
def test_takes_of_a_process_that_stays_share_their_trackers_and_what_casts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: bool
) -> None:
    used: list[TrackerPool] = []
    cast_in: list[int] = []

    def run_take(
        *_: object, trackers: run.OpenTrackers, casting: run.OpenCasting, **__: object
    ) -> SimpleNamespace:
        with trackers() as pool, casting() as thread:
            used.append(pool)
            cast_in.append(thread.begin(threading.get_native_id).result())
        return SimpleNamespace(plan=SimpleNamespace(duration=3.0), to_json=dict)

    monkeypatch.setattr(run, "run_take", run_take)
    media = TakeMedia(picture=tmp_path / "picture.png", clip=tmp_path / "clip.mp4")
    asked = TakeArguments(request=TakeRequest(), media=media, workspace=tmp_path)
    arguments: dict[str, Any] = asked.to_json()
    for _ in range(2):
        jobs.take({**arguments, "stays": stays}, lambda *_: None)
    assert (used[0] is used[1]) == stays
    assert used[1].is_whole == stays
    assert (cast_in[0] == cast_in[1]) == stays
