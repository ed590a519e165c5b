"""The driving video: the clip's frames, read as they are needed."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import EngineJob
from understudy.engines.wan.segments import Segment, motion_of
from understudy.media.clip import Clip, read_frames

# Motion is looked for in frames of this height.
_MOTION_HEIGHT = 72


class Driving:
    """Frames of the clip at the job's rate."""

    def __init__(self, clip: Clip, job: EngineJob, frame: tuple[int, int]) -> None:
        """frame: (w, h) in pixels that the frames are fitted into."""
        self.size = fitted_size((clip.width, clip.height), frame)
        self._frames = read_frames(
            clip, size=self.size, start=job.start, end=_end(job), fps=job.fps
        )
        self._held: deque[NDArray[np.uint8]] = deque()
        self._begin = 0

    def of(self, segment: Segment) -> list[NDArray[np.uint8]]:
        """A segment's frames, (h, w, 3) RGB of `size`; the last one stands for those past the end.
        Segments come in order, and one may come again."""
        while self._begin < segment.start:
            self._held.popleft()
            self._begin += 1
        while len(self._held) < segment.length:
            following = next(self._frames, None)
            if following is None:
                break
            self._held.append(following.rgb)
        frames = list(self._held)[: segment.length]
        return frames + [frames[-1]] * (segment.length - len(frames))

    def close(self) -> None:
        """Close the file."""
        self._frames.close()


def fitted_size(size: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """The largest (w, h) of the shape of `size` that fits into a `frame`."""
    scale = min(frame[0] / size[0], frame[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def first_frame(clip: Clip, job: EngineJob) -> NDArray[np.uint8]:
    """The driving video's first frame, (H, W, 3) RGB at the clip's size."""
    frames = read_frames(clip, start=job.start, end=_end(job), fps=job.fps)
    try:
        return next(frames).rgb
    finally:
        frames.close()


def motion(clip: Clip, job: EngineJob) -> NDArray[np.float64]:
    """(frames,) how much the clip moves at each frame of the job."""
    size = max(1, round(clip.width * _MOTION_HEIGHT / clip.height)), _MOTION_HEIGHT
    frames = read_frames(clip, size=size, start=job.start, end=_end(job), fps=job.fps)
    return motion_of([frame.rgb.mean(axis=2).astype(np.uint8) for frame in frames])


def _end(job: EngineJob) -> float:
    return job.start + float(job.frames / job.fps)
