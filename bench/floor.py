"""The parts that no take can do without, each alone: decoding, tracking and encoding.

What a take takes beyond them is starting, looking for the driver, casting and drawing.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from bench.takes import MeasuredTake
from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import VideoWriter
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.track import track_clip
from understudy.tracking.trackers import TrackerPool


@dataclass(frozen=True, slots=True)
class Floor:
    """CPU seconds, of all processes together.

    decode: the clip, at its own size. track: the driver once it is known where the driver is; the
    trackers decode what they see. encode: the video, as the take encodes it.
    """

    decode: float
    track: float
    encode: float

    @property
    def total(self) -> float:
        """What a take needs at least: tracking decodes the clip as well."""
        return self.track + self.encode

    def row(self, take: MeasuredTake) -> dict[str, str | float | None]:
        """A line of the table: the parts, the take, and how many times the parts it takes."""
        spent = take.usage.cpu_seconds
        return {
            "take": take.pair.name,
            "decode": self.decode,
            "track": self.track,
            "encode": self.encode,
            "take CPU s": spent,
            "take / floor": spent / self.total,
        }


def measure_floor(take: MeasuredTake) -> Floor:
    """Do the parts of a take that was made again, each alone. Raises InputRefused."""
    clip = open_clip(take.pair.clip)
    decode = cpu_seconds(lambda: _run_out(read_frames(clip)))
    # Trackers count from their end on, so each measurement has a pool of its own.
    with TrackerPool() as pool:
        scene = analyze_scene(clip, pool=pool)

    def track() -> None:
        with TrackerPool() as pool:
            track_clip(clip, scene=scene, pool=pool)

    read = cpu_seconds(lambda: _run_out(_planes_of(take.video)))
    both = cpu_seconds(lambda: _encode(take))
    return Floor(decode=decode, track=cpu_seconds(track), encode=both - read)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Of this process and of the children that ended meanwhile."""
    before = _spent()
    work()
    return _spent() - before


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _run_out(frames: Generator[object]) -> None:
    with closing(frames):
        for _ in frames:
            pass


def _planes_of(video: Path) -> Generator[av.VideoFrame]:
    with av.open(str(video)) as container:
        yield from container.decode(video=0)


def _encode(take: MeasuredTake) -> None:
    """Encode the finished video's frames once more, without sound and marks."""
    fps = open_clip(take.video).fps
    width, height = take.report["output"]["size"]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(_planes_of(take.video)) as frames,
        VideoWriter(Path(folder) / take.video.name, (width, height), fps) as writer,
    ):
        for frame in frames:
            writer.write_yuv420(np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8))
