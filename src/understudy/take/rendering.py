"""Drawing a take's frames, and writing each to every output."""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy.engines import (
    Cancelled,
    DrawsAlone,
    Engine,
    EngineJob,
    OnProgress,
    OnReport,
)
from understudy.media.clip import read_frames
from understudy.media.output.compare import CompareWriter, driver_size
from understudy.media.output.content_credentials import sign_in_place
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.media.output.encodings import ENCODINGS, SEQUENCE
from understudy.media.output.provenance import Provenance
from understudy.media.output.sequence import SequenceWriter
from understudy.media.output.transparency import over
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import YuvConverter
from understudy.processes.sharing import Board
from understudy.take.backgrounds import running
from understudy.take.outputs import Finishing, copies, provenance_of
from understudy.take.progress import ProgressLine
from understudy.take.shared_rendering import Frame, shared_frames
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.formats.openpose_video import skeleton_frames

# Seconds between two previews: often enough to look alive, too rare to slow down the rendering.
_PREVIEW_SECONDS = 0.5
# What a transparent take stands on where transparency cannot be shown: cover, preview, comparison.
_PAPER = np.array([236, 236, 236], np.uint8)


def render(  # noqa: PLR0913 - a job, what becomes of it, and whom to tell
    engine: Engine,
    job: EngineJob,
    finishing: Finishing,
    progress: ProgressLine,
    cancelled: Cancelled,
    on_report: OnReport,
    board: Board | None = None,
) -> str:
    """Draw the frames of a job and write each to every output.

    board: shares the segments of a long take with other workers.

    Returns what became of the sound (`Report.sound`). The files appear when all frames are written,
    or not at all. Raises TakeCancelled, CannotWrite.
    """
    provenance = provenance_of(engine.info)
    converter = YuvConverter()
    previewed = time.monotonic()
    first: NDArray[np.uint8] | None = None
    with ExitStack() as stack:
        written = _video_writers(stack, finishing, provenance)
        compare = _compare_writer(stack, finishing, provenance)
        telling = _Telling(progress.tell, cancelled, on_report)
        frames = (
            _frames(engine, job, finishing, converter, telling)
            if board is None or not finishing.is_shared(engine)
            else shared_frames(
                engine, job, finishing, board, written, telling.on_progress, telling.cancelled
            )
        )
        for index, planes, rgba in frames:
            for writer in written:
                if rgba is None:
                    writer.write_yuv420(planes)
                else:
                    writer.write_rgba(rgba)
            if compare is not None:
                compare.write_yuv420(planes)
            if first is None:
                first = planes.copy()
            if time.monotonic() - previewed > _PREVIEW_SECONDS:
                previewed = time.monotonic()
                preview = encode_preview(converter.rgb(planes))
                progress.tell("render", (index + 1) / job.frames, preview)
        progress.tell("finish")
        cover = finishing.outputs.cover
        if cover is not None and first is not None:
            write_cover(cover, converter.rgb(first), provenance)
            if finishing.identity is not None:
                sign_in_place(cover, provenance, finishing.identity)
    return written[0].sound_outcome


@dataclass(frozen=True, slots=True)
class _Telling:
    """Whom an engine tells of its work, and who may stop it."""

    on_progress: OnProgress
    cancelled: Cancelled
    on_report: OnReport


def _frames(
    engine: Engine, job: EngineJob, finishing: Finishing, converter: YuvConverter, telling: _Telling
) -> Iterator[Frame]:
    """Every frame, drawn here."""
    background = finishing.background
    if background is None or not background.drawn_alone:
        drawn = engine.frames(
            job,
            on_progress=telling.on_progress,
            cancelled=telling.cancelled,
            on_report=telling.on_report,
        )
        for index, frame in enumerate(drawn):
            yield index, frame if engine.info.pixels == "i420" else converter.planes(frame), None
        return
    assert isinstance(engine, DrawsAlone)
    size = finishing.format.size
    behind: Iterator[NDArray[np.uint8]] = itertools.repeat(
        np.broadcast_to(_PAPER, (size[1], size[0], 3))
    )
    if background.clip is not None:
        behind = running(background.clip, size, finishing.format.fps)
    figures = engine.frames_alone(
        job,
        on_progress=telling.on_progress,
        cancelled=telling.cancelled,
        on_report=telling.on_report,
    )
    for index, (rgba, below) in enumerate(zip(figures, behind, strict=False)):
        alpha = rgba if background.is_transparent else None
        yield index, converter.planes(over(rgba, below)), alpha


def _video_writers(
    stack: ExitStack, finishing: Finishing, provenance: Provenance
) -> list[VideoWriter | SequenceWriter]:
    """The writer of the video and, if asked for, that of its watermarked copy, entered into the
    stack."""
    writers: list[VideoWriter | SequenceWriter] = []
    for path, watermark in copies(finishing):
        writer = _video_writer(path, watermark, finishing, provenance)
        stack.enter_context(writer)
        writers.append(writer)
    return writers


def _video_writer(
    path: Path, watermark: Watermark | None, finishing: Finishing, provenance: Provenance
) -> VideoWriter | SequenceWriter:
    if path.suffix == SEQUENCE:
        return SequenceWriter(path, provenance=provenance, watermark=watermark)
    return VideoWriter(
        path,
        finishing.format.size,
        finishing.format.fps,
        sound=_sound(finishing),
        provenance=provenance,
        identity=finishing.identity,
        watermark=watermark,
        encoding=ENCODINGS[path.suffix.lower()],
        transparent=finishing.is_transparent,
        segment=finishing.segment,
    )


def _sound(finishing: Finishing) -> SoundSource | None:
    clip, plan = finishing.clip, finishing.plan
    if not plan.sound or isinstance(clip, MotionFile):
        return None
    return SoundSource(clip.path, plan.start, plan.end)


def _driver_frames(finishing: Finishing, size: tuple[int, int]) -> Generator[NDArray[np.uint8]]:
    """The driver's frames (H, W, 3) RGB for the comparison, one for each of the result."""
    clip, plan, fps = finishing.clip, finishing.plan, finishing.format.fps
    if isinstance(clip, MotionFile):
        yield from skeleton_frames(clip.at_rate(fps, plan.frames), size)
    else:
        frames = read_frames(clip, size=size, start=plan.start, end=plan.end, fps=fps, threads=1)
        with closing(frames):
            for frame in frames:
                yield frame.rgb


def _compare_writer(
    stack: ExitStack, finishing: Finishing, provenance: Provenance
) -> CompareWriter | None:
    """The writer of the comparison, entered into the stack, if one is asked for."""
    outputs = finishing.outputs
    if outputs.compare is None:
        return None
    driver = driver_size(finishing.format.size, finishing.clip.size)
    compare = CompareWriter(
        outputs.compare,
        finishing.format.size,
        finishing.format.fps,
        driver_size=driver,
        driver_frames=_driver_frames(finishing, driver),
        sound=_sound(finishing),
        provenance=provenance,
        identity=finishing.identity,
    )
    return stack.enter_context(compare)
