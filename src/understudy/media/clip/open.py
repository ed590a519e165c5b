"""Opening a clip: what it is by content, its limits, its timeline."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from understudy.errors import InputRefused
from understudy.media import boxes, file_types, limits
from understudy.media.clip.container import READABLE_CODECS, open_container, video_stream
from understudy.media.clip.display_transform import DisplayTransform, transform_of_matrix
from understudy.media.limits import Orientation

_HASH_BLOCK = 1024 * 1024  # bytes read at a time
_MAX_FPS = 1000  # frames a second: a file that claims more is broken
_SAMPLES = 3  # frames tried, at as many places of the clip, before it is believed to be readable
_SAMPLE_PACKETS = 60  # packets after a keyframe within which a frame has to come
_ASPECT = (Fraction(1, 8), Fraction(8))  # a pixel more stretched than this is a broken header
_HDR_TRANSFERS = (16, 18)  # PQ and HLG in ITU-T H.273
_TIME_BASE = Fraction(1, 90000)  # seconds, where a stream does not tell: MPEG's clock
_USUAL_STEP = 4  # a step is usual that is off the median by at most a part in this many
_NOMINAL = Fraction(1, 20)  # share by which the rate of the usual steps may differ from the average
_COMMON = Fraction(1, 5000)  # share by which a rate may differ from a common one
_MAX_RATE_DENOMINATOR = 1001  # of a rate that is not a common one
_COMMON_RATES = tuple(
    Fraction(n, d)
    for n, d in (
        (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1),
        (48, 1), (50, 1), (60000, 1001), (60, 1), (120, 1), (240, 1),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip that was opened and found within the limits.

    width, height: as shown: after rotation, in square pixels.
    fps: the source's average rate, or the nominal one where frames come at a steady rate with few
        missing. duration: seconds from the first frame's time to the last one's end.
    times: (frame_count,) float64, seconds from the first frame, rising: when each is shown.
    keyframes: (n,) float64, the times in `times` at which decoding can begin.
    start: seconds in the container's own time at which the first frame is shown.
    transform: the rotation and mirroring that make frames upright. rotation: its clockwise angle in
        degrees.
    digest: SHA-256 of the file, hexadecimal. field: the input's name, for refusals.
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    duration: float
    frame_count: int
    has_sound: bool
    rotation: int
    digest: str
    times: NDArray[np.float64]
    keyframes: NDArray[np.float64]
    start: float
    transform: DisplayTransform
    codec: str
    is_hdr: bool
    field: str

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


@dataclass(frozen=True, slots=True, eq=False)
class _Timeline:
    times: NDArray[np.float64]
    keyframes: NDArray[np.float64]
    start: float
    duration: float
    fps: Fraction


def open_clip(
    path: Path,
    *,
    orientation: Orientation = "video",
    field: str = limits.CLIP_FIELD,
    bounds: limits.ClipLimits | None = None,
) -> Clip:
    """Open a clip within limits: the contract's for the orientation, unless others are given.

    The file is read once for its digest and once for its timeline, and a frame is decoded at a few
    places. bounds: other limits than the orientation's.

    Raises InputRefused naming `field`: another format than MP4 and QuickTime, limits exceeded, a
    file that is cut off, damaged, encrypted or holds no readable video.
    """
    bounds = bounds or limits.clip_limits(orientation)
    digest = _check_file(path, bounds, field)
    try:
        with open_container(path) as container:
            return _read_clip(container, path, digest, bounds, field)
    except av.error.FFmpegError as error:
        raise _refused(field, "the video is damaged or cut off") from error


def _check_file(path: Path, bounds: limits.ClipLimits, field: str) -> str:
    """Check what the bytes tell without a demuxer; returns the digest."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            limits.check_bytes(size, max_bytes=bounds.max_bytes, field=field)
            name = file_types.name_format(file.read(file_types.HEAD_BYTES))
            if name not in limits.CLIP_FORMATS:
                raise _refused(field, f"the file is {file_types.is_or_a(name)}")
            boxes.check_boxes(file, size)
            file.seek(0)
            digest = hashlib.sha256()
            while block := file.read(_HASH_BLOCK):
                digest.update(block)
            return digest.hexdigest()
    except OSError as error:
        raise InputRefused(
            field, found="the file cannot be read", allowed="use a readable file"
        ) from error
    except boxes.BrokenBoxes as error:
        raise _refused(field, str(error)) from error


def _read_clip(
    container: InputContainer, path: Path, digest: str, bounds: limits.ClipLimits, field: str
) -> Clip:
    stream = video_stream(container)
    if stream is None:
        raise _refused(field, "the file has no video, only sound or other data")
    codec = stream.codec_context
    if codec is None or codec.name not in READABLE_CODECS:
        name = "an unknown" if codec is None else f"the {codec.name}"
        raise _refused(field, f"the video uses {name} codec")
    # Before anything is decoded: a header can claim any size.
    limits.check_clip_size(*_shown_size(stream, DisplayTransform()), field=field)
    timeline = _read_timeline(container, stream, field)
    limits.check_clip_duration(timeline.duration, max_seconds=bounds.max_seconds, field=field)
    frame = _sample_frames(container, stream, timeline, field)
    transform = _transform_of(frame)
    width, height = _shown_size(stream, transform)
    return Clip(
        path=path,
        width=width,
        height=height,
        fps=timeline.fps,
        duration=timeline.duration,
        frame_count=len(timeline.times),
        has_sound=len(container.streams.audio) > 0,
        rotation=transform.degrees,
        digest=digest,
        times=timeline.times,
        keyframes=timeline.keyframes,
        start=timeline.start,
        transform=transform,
        codec=codec.name,
        is_hdr=frame.color_trc in _HDR_TRANSFERS,
        field=field,
    )


def _shown_size(stream: VideoStream, transform: DisplayTransform) -> tuple[int, int]:
    """(w, h) in square pixels, the longer way of a stretched pixel kept."""
    width, height = stream.codec_context.width, stream.codec_context.height
    aspect = stream.sample_aspect_ratio
    if aspect and _ASPECT[0] <= aspect <= _ASPECT[1] and aspect != 1:
        if aspect > 1:
            width = round(width * aspect)
        else:
            height = round(height / aspect)
    return transform.size(width, height)


def _read_timeline(container: InputContainer, stream: VideoStream, field: str) -> _Timeline:
    """When each frame is shown, from the packets, without decoding."""
    stamps: list[int] = []
    keys: list[int] = []
    ends: list[int] = []
    time_base = stream.time_base or _TIME_BASE
    try:
        for packet in container.demux(stream):
            if packet.has_sidedata("encryption_info"):
                raise _refused(field, "the video is encrypted")
            if packet.pts is None or packet.size == 0:
                continue
            if packet.is_keyframe:
                keys.append(packet.pts)
            if not packet.is_discard:
                stamps.append(packet.pts)
                ends.append(packet.pts + (packet.duration or 0))
    except av.error.FFmpegError:
        # What was read until here stands; the limits judge whether it is enough.
        pass
    if not stamps:
        raise _refused(field, "the video has no frames")
    pts = np.unique(np.array(stamps, np.int64))
    steps = np.diff(pts)
    last = max(ends)
    if last <= pts[-1]:
        last = int(pts[-1]) + (int(np.median(steps)) if len(steps) else 0)
    ticks = int(last - pts[0])
    if ticks <= 0:
        raise _refused(field, "the video has a single frame")
    average = Fraction(len(pts)) / (ticks * time_base)
    if average > _MAX_FPS:
        raise _refused(field, f"the video claims {round(average)} frames per second")
    begin = pts[0]
    return _Timeline(
        times=(pts - begin) * float(time_base),
        keyframes=(np.unique(np.array(keys or [begin], np.int64)) - begin) * float(time_base),
        start=float(begin * time_base),
        duration=float(ticks * time_base),
        fps=_tidy_rate(average, steps, time_base),
    )


def _tidy_rate(average: Fraction, steps: NDArray[np.int64], time_base: Fraction) -> Fraction:
    """The average rate, snapped to the nominal or a common one where it is all but that."""
    if len(steps):
        # A phone that drops a frame now and then still films at its nominal rate.
        median = np.sort(steps)[len(steps) // 2]
        usual = steps[np.abs(steps - median) <= median / _USUAL_STEP]
        nominal = Fraction(len(usual)) / (int(usual.sum()) * time_base)
        if abs(nominal / average - 1) < _NOMINAL:
            average = nominal
    rounding = time_base * average
    for rate in _COMMON_RATES:
        if abs(rate / average - 1) <= max(rounding / 2, _COMMON):
            return rate
    return average.limit_denominator(_MAX_RATE_DENOMINATOR) or Fraction(1, _MAX_RATE_DENOMINATOR)


def _sample_frames(
    container: InputContainer, stream: VideoStream, timeline: _Timeline, field: str
) -> VideoFrame:
    """Decode a frame at a few places; returns the first that could be."""
    time_base = stream.time_base or _TIME_BASE
    found: list[VideoFrame] = []
    places = np.linspace(0, len(timeline.keyframes) - 1, _SAMPLES).round().astype(int)
    for place in np.unique(places):
        seconds = timeline.keyframes[place] + timeline.start
        try:
            container.seek(round(seconds / time_base), stream=stream)
            frame = _decode_one(container, stream)
        except av.error.FFmpegError:
            continue
        if frame is not None:
            found.append(frame)
    if not found:
        raise _refused(field, "no frame of the video can be decoded")
    return found[0]


def _decode_one(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    for tried, packet in enumerate(container.demux(stream)):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            frames = []
        if frames:
            return frames[0]
        if tried > _SAMPLE_PACKETS:
            break
    return None


def _transform_of(frame: VideoFrame) -> DisplayTransform:
    # A mapping by its base class, yet iterated by value.
    for data in cast("Iterable[SideData]", frame.side_data):
        if data.type == Type.DISPLAYMATRIX:
            return transform_of_matrix(bytes(data))
    return DisplayTransform()


def _refused(field: str, found: str) -> InputRefused:
    return InputRefused(field, found=found, allowed=limits.CLIP_FORMATS_ALLOWED)
