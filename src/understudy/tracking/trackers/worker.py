"""The process a tracker lives in: `python -m understudy.tracking.trackers.worker PARENT`.

It takes messages on its standard input and answers on what was its standard output; whatever the
libraries print goes to standard error. It ends when its input ends, and dies with its parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from typing import BinaryIO

import cv2

from understudy.errors import InputRefused
from understudy.geometry.landmarks import Landmarks
from understudy.processes.messages import Array, Message, read_message, write_message
from understudy.tracking.trackers.chunks import track_chunk
from understudy.tracking.trackers.mediapipe import MediaPipeTracker
from understudy.tracking.trackers.sampling import sample_chunk
from understudy.tracking.trackers.tracker import Region, Tracker

_PR_SET_PDEATHSIG = 1


def main(parent: int) -> None:
    """Serve the process `parent` until it closes our input."""
    _die_with(parent)
    answers = _take_over_stdout()
    tracker = _load_tracker()
    requests = sys.stdin.buffer
    while (request := read_message(requests)) is not None:
        for answer in _answers(tracker, request):
            write_message(answers, answer)
            answers.flush()


def _answers(tracker: Tracker, request: Message) -> Iterator[Message]:
    try:
        match request.kind:
            case "picture":
                yield _track_picture(tracker, request)
            case "chunk":
                tracker.unload_detector()
                _trim_memory()
                yield from track_chunk(tracker, request)
            case "sample":
                yield from sample_chunk(tracker, request)
            case kind:
                raise ValueError(f"a request of the kind {kind!r}")
    except InputRefused as refusal:
        yield Message(
            "refused",
            {"field": refusal.field, "found": refusal.found, "allowed": refusal.allowed},
        )


def _track_picture(tracker: Tracker, request: Message) -> Message:
    region = request.arrays.get("region")
    track = tracker.track_picture(
        request.arrays["rgb"], None if region is None else Region(*(float(v) for v in region))
    )
    arrays = {"mask": track.mask}
    if track.landmarks is not None:
        arrays |= _landmark_arrays(track.landmarks)
    return Message("picture", {"presence": track.presence}, arrays=arrays)


def _landmark_arrays(landmarks: Landmarks) -> dict[str, Array]:
    """The arrays of landmarks by name, without those that are None."""
    named = {
        "body": landmarks.body,
        "world": landmarks.world,
        "left_hand": landmarks.left_hand,
        "right_hand": landmarks.right_hand,
        "face": landmarks.face,
    }
    return {name: array for name, array in named.items() if array is not None}


def _load_tracker() -> Tracker:
    # One thread each: the processes share the cores.
    cv2.setNumThreads(1)
    return MediaPipeTracker()


def _trim_memory() -> None:
    """Hand freed memory back to the system, which glibc's allocator would keep."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _take_over_stdout() -> BinaryIO:
    """Keep standard output for our answers and send what others print to standard error."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the signal was asked for.
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
