"""Rendering a long take by several workers, segment by segment.

The worker that leads begins with the first segment and writes the video; the others begin with the
last, encode what they draw and leave it on the board.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from understudy.engines import Cancelled, DrawsRanges, Engine, EngineJob, OnProgress
from understudy.media.output.encode import VideoWriter
from understudy.media.output.encodings import ENCODINGS
from understudy.media.output.segments import EncodedSegment, FrameEncoder
from understudy.media.output.sequence import SequenceWriter
from understudy.processes.messages import Array, Message
from understudy.processes.sharing import Board
from understudy.take.outputs import Finishing, copies

Frame = tuple[int, NDArray[np.uint8], NDArray[np.uint8] | None]
"""A frame's number, I420 planes (H * 3 / 2, W) and, of a transparent take, (H, W, 4) as well, whose
planes then show it on paper."""


def shared_frames(  # noqa: PLR0913 - a job, its outputs, and whom to share with and to tell
    engine: Engine,
    job: EngineJob,
    finishing: Finishing,
    board: Board,
    written: Sequence[VideoWriter | SequenceWriter],
    on_progress: OnProgress,
    cancelled: Cancelled,
) -> Iterator[Frame]:
    """The frames of the segments that are drawn here; others are written as they come."""
    assert isinstance(engine, DrawsRanges)
    on_progress("retarget", 0.0)
    drawn = engine.ranges(job, cancelled=cancelled)
    for first, count in _segments(finishing):
        name = _piece_of(first)
        made = None if board.claim(name) else board.wait_for(name, cancelled)
        if made is None:
            for index, planes in enumerate(drawn(first, count), first):
                on_progress("render", (index + 1) / job.frames)
                yield index, planes, None
            continue
        for place, writer in enumerate(written):
            assert isinstance(writer, VideoWriter)
            writer.write_segment(EncodedSegment.of_message(made, str(place)))
        on_progress("render", (first + count) / job.frames)


def draw_shared(
    engine: Engine, job: EngineJob, finishing: Finishing, board: Board, cancelled: Cancelled
) -> None:
    """Draw and encode segments of a long take for the worker that leads, who begins with the first.

    Raises TakeCancelled.
    """
    if not finishing.is_shared(engine):
        return
    assert isinstance(engine, DrawsRanges)
    drawn = engine.ranges(job, cancelled=cancelled)
    encoding = ENCODINGS[finishing.outputs.video.suffix.lower()]
    for first, count in reversed(_segments(finishing)[1:]):
        if not board.claim(_piece_of(first)):
            continue
        encoders = [
            FrameEncoder(job.size, job.fps, encoding, watermark)
            for _, watermark in copies(finishing)
        ]
        for index, planes in enumerate(drawn(first, count), first):
            for encoder in encoders:
                encoder.add(planes, index)
        arrays: dict[str, Array] = {}
        for place, encoder in enumerate(encoders):
            arrays |= encoder.segment().to_message(str(place))
        board.put(_piece_of(first), Message("segment", {}, arrays))


def _segments(finishing: Finishing) -> list[tuple[int, int]]:
    """The segments of a long take: (first frame, number of frames)."""
    length, frames = finishing.segment, finishing.plan.frames
    assert length is not None
    return [(first, min(length, frames - first)) for first in range(0, frames, length)]


def _piece_of(first: int) -> str:
    """The name of a segment on the board."""
    return f"render-{first}"
