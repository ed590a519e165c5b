"""What a take writes: the video, its watermarked copy, the comparison and the cover."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy import __version__
from understudy.engines import Engine, Job
from understudy.media.clip import Clip
from understudy.media.output.compare import CompareWriter
from understudy.media.output.cover import encode_preview, write_cover
from understudy.media.output.encode import SoundSource, VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.watermark import make_watermark
from understudy.media.output.yuv import YuvConverter
from understudy.take.plan import Plan
from understudy.take.progress import ProgressLine

_PREVIEW_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where a take's files go, and whether they carry the clip's sound.

    video: the MP4; watermark: with a marked copy beside it. compare: driver and result side by
    side, or None. cover: a JPEG of the first frame, or None.
    """

    video: Path
    watermark: bool
    compare: Path | None
    cover: Path | None
    sound: bool


def watermarked_path(video: Path) -> Path:
    """Where the watermarked copy of `video` goes."""
    return video.with_name(f"{video.stem}.watermarked{video.suffix}")


def render(
    engine: Engine,
    job: Job,
    plan: Plan,
    clip: Clip,
    outputs: Outputs,
    progress: ProgressLine,
    cancelled: Callable[[], bool],
) -> str:
    """Draw the frames of a job and write each to every output; what became of the sound.

    The files appear when all frames are written, or not at all. Raises TakeCancelled, CannotWrite.
    """
    provenance = Provenance(
        tool=f"Understudy {__version__}", engine=f"{engine.info.name} {engine.info.version}"
    )
    converter = YuvConverter()
    previewed = time.monotonic()
    first: NDArray[np.uint8] | None = None
    with ExitStack() as stack:
        video, *others = _open_writers(stack, plan, clip, outputs, provenance)
        frames = engine.frames(job, on_progress=progress.tell, cancelled=cancelled)
        for index, frame in enumerate(frames):
            planes = frame if engine.info.pixels == "i420" else converter.planes(frame)
            for writer in (video, *others):
                writer.write_yuv420(planes)
            if first is None:
                first = planes.copy()
            if time.monotonic() - previewed > _PREVIEW_SECONDS:
                previewed = time.monotonic()
                preview = encode_preview(converter.rgb(planes))
                progress.tell("render", (index + 1) / plan.frames, preview)
        progress.tell("finish")
        if outputs.cover is not None and first is not None:
            write_cover(outputs.cover, converter.rgb(first), provenance)
    return video.sound_outcome


def _open_writers(
    stack: ExitStack, plan: Plan, clip: Clip, outputs: Outputs, provenance: Provenance
) -> tuple[VideoWriter, *tuple[VideoWriter | CompareWriter, ...]]:
    sound = SoundSource(clip.path, plan.start, plan.end) if outputs.sound else None
    video = stack.enter_context(
        VideoWriter(outputs.video, plan.size, plan.fps, sound=sound, provenance=provenance)
    )
    others: list[VideoWriter | CompareWriter] = []
    if outputs.watermark:
        others.append(
            stack.enter_context(
                VideoWriter(
                    watermarked_path(outputs.video),
                    plan.size,
                    plan.fps,
                    sound=sound,
                    provenance=provenance,
                    watermark=make_watermark(plan.size),
                )
            )
        )
    if outputs.compare is not None:
        others.append(
            stack.enter_context(
                CompareWriter(
                    outputs.compare,
                    plan.size,
                    plan.fps,
                    clip=clip,
                    start=plan.start,
                    end=plan.end,
                    with_sound=outputs.sound,
                    provenance=provenance,
                )
            )
        )
    return video, *others
