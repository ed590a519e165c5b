"""What is sampled of a clip for its scene analysis, in parts that processes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from understudy.geometry.landmarks import Float32
from understudy.media.clip import Clip
from understudy.processes.messages import Array, Message
from understudy.processes.sharing import Board
from understudy.tracking.scene.people import Detections
from understudy.tracking.shared_chunks import is_long, run_shared
from understudy.tracking.trackers import TrackerPool
from understudy.tracking.trackers.clip_message import clip_arrays, clip_values

PART_FRAMES = 150
"""Of a part of a long clip that one process samples: few enough to share them out evenly."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """What the processes saw of a clip; see `trackers.sampling.sample_chunk`.

    times: (n,) seconds of the thumbnails, (n, h, w) uint8 grey. detections: of people. pose_times:
    (l,) seconds of poses, (l, 33, 4) landmarks in the clip's pixels.
    """

    times: NDArray[np.float64]
    thumbnails: NDArray[np.uint8]
    detections: Detections
    pose_times: NDArray[np.float64]
    poses: Float32


def sample_clip(
    clip: Clip,
    pool: TrackerPool,
    *,
    cancelled: Callable[[], bool] | None = None,
    board: Board | None = None,
) -> Samples:
    """Sample a clip in parts, each in a process of its own.

    board: shares the parts of a long clip with other workers. Raises TakeCancelled, ChildFailed.
    """
    edges = part_edges(clip, len(pool))
    requests = [
        Message(
            "sample",
            {"clip": clip_values(clip), "start": start, "end": min(end, 1e9)},
            clip_arrays(clip),
        )
        for start, end in pairwise(edges)
    ]
    parts: list[dict[str, list[Array]]] = [{} for _ in requests]
    answers = (
        pool.run(requests, cancelled=cancelled)
        if board is None or not is_long(_frames(clip))
        else run_shared(board, "sample", requests, pool, cancelled)
    )
    for number, answer in answers:
        for name, array in answer.arrays.items():
            parts[number].setdefault(name, []).append(array)

    def joined(name: str) -> Array:
        return _joined([array for part in parts for array in part.pop(name)])

    return Samples(
        times=joined("times"),
        thumbnails=joined("thumbnails"),
        detections=Detections(joined("detection_times"), joined("people"), joined("appearances")),
        pose_times=joined("pose_times"),
        poses=joined("poses"),
    )


def part_edges(clip: Clip, processes: int) -> list[float]:
    """The seconds at which the parts of a clip begin, and at which the last ends.

    The parts of a long clip begin at keyframes, as far as it has any, so that nothing is decoded
    twice on the way to them.
    """
    frames = _frames(clip)
    if not is_long(frames):
        return [*np.linspace(0, clip.duration, processes + 1)[:-1].tolist(), np.inf]
    wanted = np.linspace(0, clip.duration, frames // PART_FRAMES + 1)[:-1]
    at = np.searchsorted(clip.keyframes, wanted, side="right") - 1
    keys = np.unique(clip.keyframes[np.maximum(at, 0)])
    begins = [0.0, *keys[keys > 0].tolist()]
    return [*(begins if len(begins) > 1 else [0.0, clip.duration / 2]), np.inf]


def _frames(clip: Clip) -> int:
    return round(clip.duration * float(clip.fps))


def _joined(arrays: list[Array]) -> Array:
    """The arrays as one. Each is let go once it has been copied: those of a long clip are large."""
    whole = np.empty((sum(map(len, arrays)), *arrays[0].shape[1:]), arrays[0].dtype)
    arrays.reverse()
    at = 0
    while arrays:
        part = arrays.pop()
        whole[at : at + len(part)] = part
        at += len(part)
    return whole
