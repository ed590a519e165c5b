"""Decoding a clip into frames at a constant rate."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import av.error
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.clip.container import open_container, video_stream
from understudy.media.clip.open import Clip
from understudy.media.clip.scale import FrameScaler

# A frame counts as on screen this much before its time, in parts of the source's frame interval:
# containers round times, and phones jitter. A last frame is not shown for less than this either.
_EARLY = Fraction(1, 4)
# Times in seconds are rational numbers with at most this denominator, so that 0.35 s is 7/20 s and
# a time base, at most 1/90000 s as a rule, is exact.
_MAX_DENOMINATOR = 1_000_000
# Seconds by which times that were kept as floats may be off.
_SLACK = 1e-6
# Frames that no other needs are passed over on the way from a keyframe up to so many frames before
# the first one wanted, by the decoders that heed this at every frame. That many more than any
# decoder holds back, and than it takes to learn how many that is.
_DECODED_BEFORE = 24
_SKIPPING_CODECS = frozenset(("h264", "hevc"))
# Below this share of decoded frames a clip is refused.
_LEAST_DECODED = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of the constant-rate sequence.

    index: from 0. time: seconds in the clip (from its first frame) that the frame stands for.
    rgb: (h, w, 3) uint8 RGB, upright; not to be written to (a frame held for several indices is the
        same array).
    """

    index: int
    time: float
    rgb: NDArray[np.uint8]


class Timed(Protocol):
    """What lasts for a while and has a frame rate: a clip, or motion in its place."""

    @property
    def fps(self) -> Fraction: ...

    @property
    def duration(self) -> float: ...


def count_frames(
    clip: Timed, *, start: float = 0.0, end: float | None = None, fps: Fraction | None = None
) -> int:
    """How many frames `read_frames` yields for the same arguments, of a clip."""
    rate = clip.fps if fps is None else fps
    last = clip.duration if end is None else min(end, clip.duration)
    return max(0, math.ceil((_exact(last) - _exact(start)) * rate - _EARLY))


def read_frames(  # noqa: PLR0913 - independent keyword options
    clip: Clip,
    *,
    size: tuple[int, int] | None = None,
    start: float = 0.0,
    end: float | None = None,
    fps: Fraction | None = None,
    threads: int = 2,
    quick: bool = False,
) -> Generator[Frame]:
    """Decode from `start` to `end` (seconds from the clip's first frame) at a constant rate.

    The k-th frame shows what is on screen at start + k / fps: frames are repeated or left out as
    needed. size: (w, h) of the frames, upright, scaled with area averaging (default: the clip's).
    fps: default the clip's. threads: for decoding. quick: see `FrameScaler`. The file is closed
    when the generator ends or is closed. A damaged frame is passed over, and what was last on
    screen stays.

    Raises InputRefused, naming the clip's field, when less than half of the frames can be decoded.
    """
    rate = clip.fps if fps is None else fps
    total = count_frames(clip, start=start, end=end, fps=rate)
    if total == 0:
        return
    scaler = FrameScaler(size or clip.size, clip.transform, quick=quick)
    # When the first frame is due, and up to when a frame still counts as on screen then.
    due = _exact(start) + _EARLY / max(clip.fps, rate)
    stop = due + (total - 1) / rate
    shown: VideoFrame | None = None
    rgb: NDArray[np.uint8] | None = None
    index = 0
    for time, frame in _decode_from(clip, due, stop, threads):
        while index < total and shown is not None and time > due + index / rate:
            if rgb is None:
                rgb = scaler.to_rgb(shown)
            yield Frame(index, start + float(index / rate), rgb)
            index += 1
        if index == total:
            return
        shown, rgb = frame, None
    if shown is None:
        raise _undecodable(clip, 0, total)
    if rgb is None:
        rgb = scaler.to_rgb(shown)
    for k in range(index, total):
        yield Frame(k, start + float(k / rate), rgb)


def _decode_from(
    clip: Clip, first: Fraction, stop: Fraction, threads: int
) -> Iterator[tuple[Fraction, VideoFrame]]:
    """Decoded frames with their times, beginning with the one on screen at `first`.

    Ends after the first frame later than `stop`. Raises InputRefused when little decodes.
    """
    begin = _last_at_or_before(clip.times, float(first) - _SLACK)
    key = _last_at_or_before(clip.keyframes, begin)
    expected = int(np.count_nonzero((clip.times >= begin) & (clip.times <= float(stop))))
    decoded = 0
    with open_container(clip.path) as container:
        stream = video_stream(container, threads=threads)
        if stream is None or stream.time_base is None:
            raise _undecodable(clip, 0, expected)
        base = stream.time_base
        origin = round(clip.start / base)
        if key > 0:
            container.seek(round((clip.start + key) / float(base)), stream=stream)
        whole_from = begin - _DECODED_BEFORE / float(clip.fps)
        skips = clip.codec in _SKIPPING_CODECS
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
                if skips and packet.pts is not None:
                    early = (packet.pts - origin) * base < whole_from
                    stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
                frames = packet.decode()
            except StopIteration:
                break
            except av.error.EOFError:
                break
            except av.error.FFmpegError:
                continue
            for frame in frames:
                if frame.pts is None:
                    continue
                time = (frame.pts - origin) * base
                if time < begin - _SLACK:
                    continue
                decoded += 1
                yield time, frame
                if time > stop:
                    return
    if decoded < _LEAST_DECODED * expected:
        raise _undecodable(clip, decoded, expected)


def _exact(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(_MAX_DENOMINATOR)


def _last_at_or_before(times: NDArray[np.float64], time: float) -> float:
    place = int(np.searchsorted(times, time, side="right")) - 1
    return float(times[max(place, 0)])


def _undecodable(clip: Clip, decoded: int, expected: int) -> InputRefused:
    return InputRefused(
        clip.field,
        found=f"only {decoded} of {expected} frames of the video can be decoded",
        allowed=limits.CLIP_FORMATS_ALLOWED,
    )
