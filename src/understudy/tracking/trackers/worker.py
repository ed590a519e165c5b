"""The program of a tracker's process: `python -m understudy.tracking.trackers.worker PARENT`.

Requests: `picture` (landmarks and mask of a picture), `sample` (cheap samples of a part of a clip,
`sampling`), `chunk` (landmarks in the frames of a part of a clip, `chunks`). What looks at pictures
alone loads no PyAV.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2

from understudy.processes.memory import trim_memory
from understudy.processes.messages import Message
from understudy.processes.serving import Answer, serve
from understudy.tracking.trackers.mediapipe import MediaPipeTracker
from understudy.tracking.trackers.picture_message import picture_message
from understudy.tracking.trackers.tracker import Region, Tracker


def main() -> None:
    """Serve the parent until it closes our input."""
    serve(_load)


def _load() -> Answer:
    # One thread each: the processes share the cores.
    cv2.setNumThreads(1)
    return partial(_answer, MediaPipeTracker())


def _answer(tracker: Tracker, request: Message) -> Iterator[Message]:
    match request.kind:
        case "picture":
            yield _track_picture(tracker, request)
        case "chunk":
            from understudy.tracking.trackers.chunks import track_chunk

            tracker.unload_detector()
            trim_memory()
            yield from track_chunk(tracker, request)
            # Where the process stays for another take it shall take little meanwhile.
            trim_memory()
        case "sample":
            from understudy.tracking.trackers.sampling import sample_chunk

            yield from sample_chunk(tracker, request)
        case kind:
            raise ValueError(f"unknown request {kind!r}")


def _track_picture(tracker: Tracker, request: Message) -> Message:
    region = request.arrays.get("region")
    heavy = request.values.get("heavy")
    track = tracker.track_picture(
        request.arrays["rgb"],
        None if region is None else Region(*(float(v) for v in region)),
        None if heavy is None else Path(heavy),
    )
    return picture_message(track)


if __name__ == "__main__":
    main()
