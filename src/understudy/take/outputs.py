"""What a take writes: the video, its watermarked copy, the comparison and the cover."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy import __version__
from understudy.engines import Cancelled, Engine, Job, OnReport
from understudy.media.clip import Clip, read_frames
from understudy.media.output.compare import CompareWriter, driver_size
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter
from understudy.take.plan import OutputFormat, Plan
from understudy.take.progress import ProgressLine
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.formats.openpose_video import skeleton_frames

# Seconds between two previews: often enough to look alive, too rare to slow down the rendering.
_PREVIEW_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Where a take's files go; all but the video are optional.

    video: the MP4; a watermarked copy goes to `watermarked_path(video)`. compare: an MP4 of driver
    and result side by side. cover: a JPEG of the first frame. performances: the driver's motion,
    each file in the format of its suffix; not written for engines that track nobody.
    """

    video: Path
    compare: Path | None = None
    cover: Path | None = None
    performances: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """What becomes of the frames.

    clip: for its sound and for the comparison, which shows motion as a skeleton. watermark: write
    a watermarked copy as well.
    """

    clip: Clip | MotionFile
    plan: Plan
    format: OutputFormat
    watermark: bool
    outputs: Outputs


def watermarked_path(video: Path) -> Path:
    """Where the watermarked copy of `video` goes."""
    return video.with_name(f"{video.stem}.watermarked{video.suffix}")


def render(  # noqa: PLR0913 - a job, what becomes of it, and whom to tell
    engine: Engine,
    job: Job,
    finishing: Finishing,
    progress: ProgressLine,
    cancelled: Cancelled,
    on_report: OnReport,
) -> str:
    """Draw the frames of a job and write each to every output.

    Returns what became of the sound (`Report.sound`). The files appear when all frames are written,
    or not at all. Raises TakeCancelled, CannotWrite.
    """
    provenance = Provenance(
        tool=f"Understudy {__version__}", engine=f"{engine.info.name} {engine.info.version}"
    )
    converter = YuvConverter()
    previewed = time.monotonic()
    first: NDArray[np.uint8] | None = None
    with ExitStack() as stack:
        video = stack.enter_context(_video_writer(finishing, provenance))
        others = _copy_writers(stack, finishing, provenance)
        frames = engine.frames(
            job, on_progress=progress.tell, cancelled=cancelled, on_report=on_report
        )
        for index, frame in enumerate(frames):
            planes = frame if engine.info.pixels == "i420" else converter.planes(frame)
            for writer in (video, *others):
                writer.write_yuv420(planes)
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
    return video.sound_outcome


def _video_writer(
    finishing: Finishing, provenance: Provenance, *, watermarked: bool = False
) -> VideoWriter:
    video, size = finishing.outputs.video, finishing.format.size
    return VideoWriter(
        watermarked_path(video) if watermarked else video,
        size,
        finishing.format.fps,
        sound=_sound(finishing),
        provenance=provenance,
        watermark=make_watermark(size) if watermarked else None,
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


def _copy_writers(
    stack: ExitStack, finishing: Finishing, provenance: Provenance
) -> list[VideoWriter | CompareWriter]:
    """The writers of what is written beside the video, entered into the stack."""
    outputs = finishing.outputs
    writers: list[VideoWriter | CompareWriter] = []
    if finishing.watermark:
        marked = _video_writer(finishing, provenance, watermarked=True)
        writers.append(stack.enter_context(marked))
    if outputs.compare is not None:
        driver = driver_size(finishing.format.size, finishing.clip.size)
        compare = CompareWriter(
            outputs.compare,
            finishing.format.size,
            finishing.format.fps,
            driver_size=driver,
            driver_frames=_driver_frames(finishing, driver),
            sound=_sound(finishing),
            provenance=provenance,
        )
        writers.append(stack.enter_context(compare))
    return writers
