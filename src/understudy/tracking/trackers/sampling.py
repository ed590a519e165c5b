"""Sampling a clip cheaply for the scene analysis, in a worker.

Frames that no other frame needs are not decoded at all, the others without the codec's deblocking,
and people are looked for a few times a second only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import av.error
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from understudy.geometry.landmarks import BODY_LANDMARKS, Float32
from understudy.media.clip import Clip
from understudy.media.clip.container import open_container, video_stream
from understudy.media.clip.scale import FrameScaler
from understudy.processes.messages import Array, Message
from understudy.tracking.trackers.clip_message import clip_of
from understudy.tracking.trackers.person_finder import APPEARANCE, PersonFinder
from understudy.tracking.trackers.tracker import Rgb, Tracker


@dataclass(frozen=True, slots=True)
class SamplingNumbers:
    """How densely a clip is sampled."""

    thumbnail_side: int = 240
    """Long side of the thumbnails for cuts and camera, in pixels."""
    people_side: int = 512
    """Long side of the frames in which people are searched for, in pixels."""
    thumbnail_seconds: float = 0.055
    """Between thumbnails."""
    people_seconds: float = 0.33
    """Between searches for people."""
    several_people_seconds: float = 0.19
    """The same while there are several people."""
    thumbnails_at_once: int = 256
    """In one message, so that no process holds those of a long clip twice."""
    pose_every: int = 4
    """Every n-th search also finds the landmarks of the people."""


NUMBERS = SamplingNumbers()


@dataclass(slots=True)
class _Samples:
    """What has been gathered of a chunk, row by row.

    people: time, then x, y, side in pixels of the upright clip, angle and score of somebody's
    region. poses: (33, 4) landmarks of those whose landmarks were looked at.
    """

    times: list[float] = field(default_factory=list)
    thumbnails: list[NDArray[np.uint8]] = field(default_factory=list)
    detection_times: list[float] = field(default_factory=list)
    people: list[list[float]] = field(default_factory=list)
    appearances: list[Float32] = field(default_factory=list)
    pose_times: list[float] = field(default_factory=list)
    poses: list[Float32] = field(default_factory=list)

    def arrays(self) -> dict[str, Array]:
        return {
            "times": np.array(self.times, np.float64),
            "detection_times": np.array(self.detection_times, np.float64),
            "people": np.array(self.people, np.float64).reshape(-1, 6),
            "appearances": np.array(self.appearances, np.float32).reshape(-1, APPEARANCE),
            "pose_times": np.array(self.pose_times, np.float64),
            "poses": np.array(self.poses, np.float32).reshape(-1, BODY_LANDMARKS, 4),
        }


def sample_chunk(tracker: Tracker, request: Message) -> Iterator[Message]:
    """Sample a clip from `start` to before `end` (values, in seconds, beside `clip`).

    The answers' arrays, of which those before the last hold thumbnails alone: `times` (n,) and
    `thumbnails` (n, h, w) uint8 grey; `detection_times` (m,): when people were searched for;
    `people` (p, 6) and `appearances` (p, APPEARANCE) of those found: time, x, y, side and angle of
    the region, score; `pose_times` (l,) and `poses` (l, 33, 4): landmarks of some of them. All
    upright, in the clip's pixels and in seconds from its first frame.
    """
    clip = clip_of(request)
    start, end = float(request.values["start"]), float(request.values["end"])
    sampler = _Sampler(tracker, clip)
    for time, frame in _cheap_frames(clip, start, end):
        sampler.take(time, frame)
        if len(sampler.found.thumbnails) == NUMBERS.thumbnails_at_once:
            yield Message("thumbnails", arrays={"thumbnails": sampler.take_thumbnails()})
    yield Message("samples", arrays=sampler.arrays())
    yield Message("done")


def _fitted(clip: Clip, side: int) -> tuple[int, int]:
    shrink = min(1.0, side / max(clip.size))
    return max(1, round(clip.width * shrink)), max(1, round(clip.height * shrink))


class _Sampler:
    def __init__(self, tracker: Tracker, clip: Clip) -> None:
        self.found = _Samples()
        self.thumbnail_size = _fitted(clip, NUMBERS.thumbnail_side)
        size = _fitted(clip, NUMBERS.people_side)
        self._scale = clip.width / size[0]
        self._people = PersonFinder(tracker)
        self._clip = clip
        self._grey = VideoReformatter()
        self._rgb = FrameScaler(size, clip.transform)
        self._several = False

    def take(self, time: float, frame: VideoFrame) -> None:
        found = self.found
        if not found.times or time - found.times[-1] >= NUMBERS.thumbnail_seconds:
            found.times.append(time)
            found.thumbnails.append(self._thumbnail(frame))
        step = NUMBERS.several_people_seconds if self._several else NUMBERS.people_seconds
        if not found.detection_times or time - found.detection_times[-1] >= step:
            self._detect(time, self._rgb.to_rgb(frame))

    def take_thumbnails(self) -> NDArray[np.uint8]:
        """The thumbnails (n, h, w) since the last call."""
        width, height = self.thumbnail_size
        taken = np.array(self.found.thumbnails, np.uint8).reshape(-1, height, width)
        self.found.thumbnails.clear()
        return taken

    def arrays(self) -> dict[str, Array]:
        """All that was found, with the thumbnails that were not taken yet."""
        return {**self.found.arrays(), "thumbnails": self.take_thumbnails()}

    def _thumbnail(self, frame: VideoFrame) -> NDArray[np.uint8]:
        width, height = self._clip.transform.size(*self.thumbnail_size)
        image = self._grey.reformat(
            frame, width, height, "gray", interpolation=Interpolation.AREA, threads=1
        )
        grey = cast("NDArray[np.uint8]", image.to_ndarray())
        return self._clip.transform.apply(grey[..., None])[..., 0]

    def _detect(self, time: float, rgb: Rgb) -> None:
        found = self.found
        people = self._people.step(rgb, pose=len(found.detection_times) % NUMBERS.pose_every == 0)
        found.detection_times.append(time)
        self._several = self._people.several
        for person in people:
            region = person.region
            place = (value * self._scale for value in (region.x, region.y, region.side))
            found.people.append([time, *place, region.angle, person.score])
            found.appearances.append(person.appearance)
            if person.body is not None:
                found.pose_times.append(time)
                pose = person.body.copy()
                pose[:, :3] *= np.float32(self._scale)
                found.poses.append(pose)


def _cheap_frames(clip: Clip, start: float, end: float) -> Iterator[tuple[float, VideoFrame]]:
    """Frames from `start` to before `end` with their times, those that are cheap to decode."""
    keys = clip.keyframes[clip.keyframes <= start + 1e-6]
    key = float(keys[-1]) if len(keys) else 0.0
    with open_container(clip.path) as container:
        stream = video_stream(container)
        if stream is None or stream.time_base is None:
            return
        stream.codec_context.skip_frame = "NONREF"
        stream.codec_context.options = {**stream.codec_context.options, "skip_loop_filter": "all"}
        base = float(stream.time_base)
        if key > 0:
            container.seek(round((clip.start + key) / base), stream=stream)
        packets = container.demux(stream)
        while True:
            try:
                frames = next(packets).decode()
            except (StopIteration, av.error.EOFError):
                return
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if frame.pts is None:
                    continue
                time = float(frame.pts) * base - clip.start
                if time >= end:
                    return
                if time >= start - 1e-6:
                    yield time, frame
