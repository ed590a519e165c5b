"""What a take writes: the video, its watermarked copy, the comparison and the cover."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy import __version__
from understudy.engines import Cancelled, Engine, Job, OnReport
from understudy.media.clip import Clip
from understudy.media.output.compare import CompareWriter
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter
from understudy.take.plan import OutputFormat, Plan
from understudy.take.progress import ProgressLine

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

    clip: for its sound and for the comparison. watermark: write a watermarked copy as well.
    """

    clip: Clip
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
    plan, video, size = finishing.plan, finishing.outputs.video, finishing.format.size
    return VideoWriter(
        watermarked_path(video) if watermarked else video,
        size,
        finishing.format.fps,
        sound=SoundSource(finishing.clip.path, plan.start, plan.end) if plan.sound else None,
        provenance=provenance,
        watermark=make_watermark(size) if watermarked else None,
    )


def _copy_writers(
    stack: ExitStack, finishing: Finishing, provenance: Provenance
) -> list[VideoWriter | CompareWriter]:
    """The writers of what is written beside the video, entered into the stack."""
    plan, outputs = finishing.plan, finishing.outputs
    writers: list[VideoWriter | CompareWriter] = []
    if finishing.watermark:
        marked = _video_writer(finishing, provenance, watermarked=True)
        writers.append(stack.enter_context(marked))
    if outputs.compare is not None:
        compare = CompareWriter(
            outputs.compare,
            finishing.format.size,
            finishing.format.fps,
            clip=finishing.clip,
            start=plan.start,
            end=plan.end,
            with_sound=plan.sound,
            provenance=provenance,
        )
        writers.append(stack.enter_context(compare))
    return writers
