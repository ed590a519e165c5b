from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.tracking.clip_maker import photo
from understudy import errors
from understudy.processes.child import Child, ChildFailed
from understudy.processes.messages import Message
from understudy.tracking.trackers import (
    Region,
    TrackerPool,
    start_tracker,
    track_picture,
)

GREY = np.full((64, 64, 3), 128, np.uint8)


def wait_for_end(pid: int, seconds: float = 20) -> bool:
    """Whether a process that is not ours ends within so many seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


@pytest.fixture(scope="module")
def process() -> Iterator[Child]:
    """A tracker process, for tests that leave it whole."""
    with start_tracker() as process:
        yield process


def test_a_process_answers_one_request_after_another(process: Child) -> None:
    first = track_picture(photo(), process=process)
    second = track_picture(photo(), process=process)
    assert first.landmarks is not None
    assert second.landmarks is not None
    np.testing.assert_array_equal(first.landmarks.body, second.landmarks.body)
    np.testing.assert_array_equal(first.mask, second.mask)


def test_a_person_is_found_with_mask_hands_and_face(process: Child) -> None:
    rgb = photo(900)
    track = track_picture(rgb, process=process)
    assert track.landmarks is not None
    height, width = rgb.shape[:2]
    assert track.mask.shape == (height, width)
    assert track.mask.dtype == np.float32
    assert 0.08 < track.mask.mean() < 0.5
    body = track.landmarks.body
    assert ((body[:, 0] > 0) & (body[:, 0] < width) & (body[:, 1] < height)).all()
    inside = body[11:29, :2].astype(int)
    assert (track.mask[inside[:, 1], inside[:, 0]] > 0.5).mean() > 0.8
    assert track.landmarks.face is not None
    assert track.landmarks.face.shape == (468, 3)
    assert track.landmarks.world.shape == (33, 3)
    assert track.presence > 0.9


def test_where_to_look_can_be_said(process: Child) -> None:
    rgb = photo()
    region = Region(rgb.shape[1] / 2, rgb.shape[0] / 2, rgb.shape[0] * 1.1)
    track = track_picture(rgb, region, process=process)
    assert track.landmarks is not None


def test_nobody_is_found_in_a_plain_picture(process: Child) -> None:
    track = track_picture(GREY, process=process)
    assert track.landmarks is None
    assert track.mask.shape == (64, 64)
    assert not track.mask.any()


def test_pictures_of_another_kind_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="uint8"):
        track_picture(GREY.astype(np.float32))  # type: ignore[arg-type]


def test_a_request_that_fails_says_what_the_process_printed() -> None:
    with start_tracker() as process:
        process.send(Message("dance"))
        with pytest.raises(ChildFailed, match="ValueError: unknown request 'dance'"):
            process.receive()


def test_a_pool_that_is_cancelled_leaves_no_process() -> None:
    with TrackerPool(2) as pool:
        pids = [process.pid for process in pool.processes]
        requests = [Message("picture", arrays={"rgb": photo()}) for _ in range(2)]
        with pytest.raises(errors.TakeCancelled):
            list(pool.run(requests, cancelled=lambda: True))
        assert all(wait_for_end(pid, 0) for pid in pids)


def test_scripts_without_a_main_guard_can_track(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "import numpy as np\n"
        "from understudy.tracking.trackers import track_picture\n"
        "print(track_picture(np.zeros((99, 64, 3), np.uint8)).mask.shape)\n"
        "print([name for name in sys.modules if name.split('.')[0] in\n"
        "       ('mediapipe', 'matplotlib', 'jax', 'google')])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["(99, 64)", "[]"]
    assert done.stderr == ""


def test_a_process_can_be_used_in_another_thread_than_the_main_one() -> None:
    shapes = []
    thread = threading.Thread(target=lambda: shapes.append(track_picture(GREY).mask.shape))
    thread.start()
    thread.join()
    assert shapes == [(64, 64)]
