"""Tracking the driver of a clip: chunks in parallel, then cleaned, filled and smoothed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from understudy.errors import ClipUnusable
from understudy.media.clip import Clip, count_frames
from understudy.media.limits import NO_BODY_IN_CLIP_MESSAGE, output_fps
from understudy.processes.messages import Array, Message
from understudy.processes.sharing import Board
from understudy.tracking.cleaning import RawTrack, clean
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.shared_chunks import is_long, run_shared
from understudy.tracking.smoothing import smooth
from understudy.tracking.trackers import TrackerPool
from understudy.tracking.trackers.chunks import SHAPES
from understudy.tracking.trackers.clip_message import clip_arrays, clip_values

VERSION = "tracking/4"


@dataclass(frozen=True, slots=True)
class TrackingNumbers:
    """In what size a clip is tracked, and how it is split among processes."""

    short_side: int = 720
    """Pixels: frames are tracked at this short side, never larger than the clip."""
    min_region_side: int = 1100
    """Pixels: larger than that where the driver's region would have a smaller side than this."""
    warm_up: int = 6
    """Frames tracked before a chunk that is not the first: the regions converge within these."""
    decoded_only: float = 0.12
    """Cost of a frame that is only decoded on the way to a chunk, in tracked frames."""
    chunk: int = 150
    """Frames of a long clip's chunk: more than four, the most processes, and few warm-ups."""


NUMBERS = TrackingNumbers()


def track_clip(  # noqa: PLR0913 - independent keyword options
    clip: Clip,
    *,
    scene: SceneAnalysis,
    start: float | None = None,
    end: float | None = None,
    fps: Fraction | None = None,
    pool: TrackerPool | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    board: Board | None = None,
) -> Performance:
    """Track the driver that the scene analysis found.

    scene: where the driver is. start, end: seconds; default: the scene's run. fps: of the
    performance; default: the output's for the clip. pool: tracker processes that already run.
    on_progress: called with the share done, 0 to 1. board: shares the chunks of a long clip with
    other workers. The same clip and scene give the same bits for the same number of processes, and
    for any number where the clip is long.

    Raises ClipUnusable where the driver is never seen; InputRefused where the clip cannot be
    decoded; TakeCancelled once `cancelled` says so; ChildFailed where a tracker's process fails.
    """
    start = scene.start if start is None else start
    end = scene.end if end is None else end
    rate = output_fps(clip.fps) if fps is None else fps
    total = count_frames(clip, start=start, end=end, fps=rate)
    size = tracking_size(clip, scene)
    scale = clip.width / size[0]
    with TrackerPool() if pool is None else nullcontext(pool) as trackers:
        chunks = split_frames(clip, start, rate, total, chunk_count(total, len(trackers)))
        requests = [
            _request(clip, scene, size, start=start, fps=rate, first=first, count=count)
            for first, count in chunks
        ]
        if board is None or not is_long(total):
            answers = trackers.run(requests, cancelled=cancelled)
        else:
            answers = run_shared(board, "track", requests, trackers, cancelled)
        raw = RawTrack.magnified(
            start + np.arange(total) / float(rate), _gather(answers, total, on_progress), scale
        )
    if not np.isfinite(raw.body[:, 0, 0]).any():
        raise ClipUnusable(
            clip.field,
            found=f"no body could be tracked from {start:.1f} to {end:.1f} s",
            allowed="use a clip in which a person is clearly visible",
            contract=NO_BODY_IN_CLIP_MESSAGE,
        )
    cleaned = clean(raw)
    # Of a long clip each of them takes a hundred megabytes.
    del raw
    return smooth(cleaned, float(rate), clip.size)


def _gather(
    answers: Iterable[tuple[int, Message]],
    total: int,
    on_progress: Callable[[float], None] | None,
) -> dict[str, NDArray[np.float32]]:
    """The landmarks of `total` frames, by name, from the batches that the processes send."""
    arrays = {name: np.full((total, *shape), np.nan, np.float32) for name, shape in SHAPES.items()}
    arrays["presence"][:] = 0
    done = 0
    for _, answer in answers:
        first = int(answer.values["first"])
        for name, array in answer.arrays.items():
            arrays[name][first : first + len(array)] = array
        done += len(answer.arrays["body"])
        if on_progress is not None:
            on_progress(done / total)
    return arrays


def chunk_count(total: int, processes: int) -> int:
    """Into how many chunks `total` frames are split, at most."""
    return total // NUMBERS.chunk if is_long(total) else processes


def tracking_size(clip: Clip, scene: SceneAnalysis) -> tuple[int, int]:
    """The (width, height) in which a clip's frames are tracked."""
    path = scene.driver.within(scene.start, scene.end)
    region = float(np.median(path.regions[:, 2]))
    scale = max(NUMBERS.short_side / min(clip.size), NUMBERS.min_region_side / region)
    if scale >= 1:
        return clip.size
    return 2 * round(clip.width * scale / 2), 2 * round(clip.height * scale / 2)


def split_frames(
    clip: Clip, start: float, fps: Fraction, total: int, count: int
) -> list[tuple[int, int]]:
    """Split `total` frames into at most `count` chunks, (first, number of frames), of equal cost.

    A chunk that is not the first costs its warm-up and the decoding since the keyframe before. The
    split depends on nothing but the arguments.
    """
    warm_up = NUMBERS.warm_up
    firsts = np.arange(total)
    begin = start + (firsts - warm_up) / float(fps)
    keys = clip.keyframes[np.maximum(np.searchsorted(clip.keyframes, begin, side="right") - 1, 0)]
    on_the_way = np.maximum(0, begin - keys) * float(clip.fps)
    overhead = np.where(firsts > 0, warm_up + NUMBERS.decoded_only * on_the_way, 0)

    def chunks(budget: float) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        first = 0
        while first < total:
            length = max(1, int(budget - overhead[first]))
            found.append((first, min(length, total - first)))
            first += length
        return found

    low, high = 1, total
    while low < high:
        middle = (low + high) // 2
        if len(chunks(middle)) <= count:
            high = middle
        else:
            low = middle + 1
    return chunks(high)


def _request(  # noqa: PLR0913 - independent keyword options
    clip: Clip,
    scene: SceneAnalysis,
    size: tuple[int, int],
    *,
    start: float,
    fps: Fraction,
    first: int,
    count: int,
) -> Message:
    scale = size[0] / clip.width
    # x, y and side are in pixels, time and angle are not.
    scales = np.array([1, scale, scale, scale, 1])
    guide = np.column_stack([scene.driver.times, scene.driver.regions]) * scales
    arrays: dict[str, Array] = {"guide": guide}
    for n, other in enumerate(scene.others):
        arrays[f"other_{n}"] = np.column_stack([other.times, other.regions]) * scales
    return Message(
        "chunk",
        {
            "clip": clip_values(clip),
            "size": list(size),
            "start": start,
            "fps": [fps.numerator, fps.denominator],
            "first": first,
            "count": count,
            "warm_up": NUMBERS.warm_up,
        },
        {**clip_arrays(clip), **arrays},
    )
