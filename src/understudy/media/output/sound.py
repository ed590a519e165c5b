"""The clip's sound, cut to the part of the clip that is used."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from understudy.errors import machine_fault
from understudy.media.clip.container import open_container, video_stream
from understudy.media.output.encodings import SoundCodec

SoundOutcome = Literal["copied", "transcoded", "none", "unreadable"]

_RATE = 48000  # Hz
_BIT_RATE = {1: 96_000, 2: 160_000}  # bit/s by channels
_BLOCKS = {"aac": 1024, "libopus": 960}  # samples in a coded block
_LONGEST_BLOCK_SECONDS = 0.3  # 2048 samples at 8 kHz, the longest block of AAC, last 0.26 s
_LONGEST_HOLE_SECONDS = 60
_SEEK_AHEAD = 1.0  # s: seeking lands on packets, and a block needs its predecessor


@dataclass(frozen=True, slots=True)
class SoundSource:
    """The sound of a clip from `start` to `end`, seconds from the clip's first video frame."""

    path: Path
    start: float = 0.0
    end: float | None = None


class SoundTrack:
    """A sound track in a container that is being written, filled as the pictures go on.

    Sound that is coded as AAC is copied where AAC is wanted, anything else is re-encoded. Where the
    source has no sound, or none that can be read, no track is made; `outcome` says which.
    """

    def __init__(
        self,
        output: OutputContainer,
        source: SoundSource,
        codec: SoundCodec = "aac",
        *,
        outcome: SoundOutcome | None = None,
    ) -> None:
        """outcome: what is to become of the sound, by default what `probe_sound` says; only AAC is
        copied."""
        known = probe_sound(source) if outcome is None else outcome
        self.outcome: SoundOutcome = "transcoded" if known == "copied" and codec != "aac" else known
        self._codec = codec
        self._output = output
        self._packets: Iterator[tuple[float, Packet[AudioStream]]] = iter(())
        self._next: tuple[float, Packet[AudioStream]] | None = None
        self._opened = open_container(source.path)
        container = self._opened.__enter__()
        if self.outcome in ("copied", "transcoded"):
            self._begin(container, source)

    def write_until(self, time: float) -> None:
        """Hand on the sound before `time`, seconds of the output."""
        while self._next is not None and self._next[0] < time:
            self._output.mux(self._next[1])
            self._next = self._advance()

    def finish(self) -> None:
        """Hand on the rest and close the source."""
        self.write_until(float("inf"))
        self.close()

    def close(self) -> None:
        self._packets = iter(())
        self._opened.__exit__(None, None, None)

    def _begin(self, container: InputContainer, source: SoundSource) -> None:
        stream = container.streams.audio[0]
        video = video_stream(container)
        origin = 0.0
        if video is not None and video.start_time is not None and video.time_base is not None:
            origin = float(video.start_time * video.time_base)
        start = origin + source.start
        end = float("inf") if source.end is None else origin + source.end
        if self.outcome == "copied":
            target = self._output.add_stream_from_template(stream)
            self._packets = _copied(container, stream, target, start, end)
        else:
            # The first block tells whether the codec can be read at all.
            blocks = _without_holes(_decoded(container, stream, start, end))
            first = next(blocks, None)
            if first is None:
                self.outcome = "unreadable"
                return
            target = self._output.add_stream(self._codec, rate=_RATE)
            target.codec_context.layout = first.layout.name
            target.codec_context.bit_rate = _BIT_RATE[first.layout.nb_channels]
            self._packets = _coded(first, blocks, target, _BLOCKS[self._codec])
        self._next = self._advance()

    def _advance(self) -> tuple[float, Packet[AudioStream]] | None:
        try:
            return next(self._packets, None)
        except av.error.FFmpegError:
            # What was read until here stands.
            return None


def probe_sound(source: SoundSource) -> SoundOutcome:
    """What can become of a clip's sound: it is read to its end, and written to nowhere.

    AAC with a hole, over which players disagree, or whose times go back, is re-encoded.
    """
    try:
        with open_container(source.path) as container:
            if not container.streams.audio:
                return "none"
            context = container.streams.audio[0].codec_context
            copies = context is not None and context.name == "aac" and bool(context.extradata)
    except av.error.FFmpegError:
        return "unreadable"
    if copies and not _has_hole(source) and _can_be_written(source, "copied"):
        return "copied"
    return "transcoded" if _can_be_written(source, "transcoded") else "unreadable"


def _has_hole(source: SoundSource) -> bool:
    """Whether blocks of coded sound lie further apart than any block is long."""
    with open_container(source.path) as container:
        stream = container.streams.audio[0]
        longest = _LONGEST_BLOCK_SECONDS / (stream.time_base or Fraction(1, _RATE))
        times = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
    return any(after - before > longest for before, after in pairwise(times))


def _can_be_written(source: SoundSource, outcome: SoundOutcome) -> bool:
    try:
        with av.open(io.BytesIO(), "w", format="mp4") as output:
            track = SoundTrack(output, source, outcome=outcome)
            try:
                track.write_until(float("inf"))
            finally:
                track.close()
        return track.outcome == outcome
    except Exception as error:
        # Whatever a stranger's sound provokes, no take is lost to it.
        if machine_fault(error) is not None:
            raise
        return False


def _copied(
    container: InputContainer,
    stream: AudioStream,
    target: AudioStream,
    start: float,
    end: float,
) -> Iterator[tuple[float, Packet[AudioStream]]]:
    """Packets as they are, from one before `start`: a block of AAC needs its predecessor.

    What lies before `start` gets a negative time, which the container turns into an edit list, so
    that players decode it and begin at `start`.
    """
    base = stream.time_base or Fraction(1, _RATE)
    shift = round(start / base)
    stop = end / float(base)
    _seek(container, stream, start)
    held: Packet[AudioStream] | None = None
    for packet in container.demux(stream):
        if packet.pts is None or packet.size == 0:
            continue
        if packet.pts >= stop:
            break
        before = packet.pts + (packet.duration or 0) <= shift
        if before:
            held = packet
            continue
        for one in (held, packet) if held is not None else (packet,):
            yield _moved(one, target, shift, base)
        held = None


def _moved(
    packet: Packet[AudioStream], target: AudioStream, shift: int, base: Fraction
) -> tuple[float, Packet[AudioStream]]:
    pts = (packet.pts or 0) - shift
    packet.pts = packet.dts = pts
    packet.stream = target
    return float(pts * base), packet


def _decoded(
    container: InputContainer, stream: AudioStream, start: float, end: float
) -> Iterator[AudioFrame]:
    """Blocks of planar float at the output's rate, cut to the sample, times from `start`."""
    _seek(container, stream, start)
    first = round(start * _RATE)
    last = None if end == float("inf") else round(end * _RATE)
    resampler: AudioResampler | None = None
    kind: tuple[object, ...] = ()
    layout = ""
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            layout = layout or ("mono" if frame.layout.nb_channels == 1 else "stereo")
            found = (frame.format.name, frame.layout.name, frame.sample_rate)
            if resampler is None or found != kind:
                # A stream may change its kind on the way, a resampler may not.
                resampler, kind = AudioResampler(format="fltp", layout=layout, rate=_RATE), found
            for block in resampler.resample(frame):
                cut = _cut(block, first, last)
                if cut is not None:
                    yield cut
                if last is not None and block.pts is not None and block.pts >= last:
                    return


def _without_holes(blocks: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Blocks that follow one another to the sample: silence in holes, overlaps cut off.

    A hole longer than _LONGEST_HOLE_SECONDS is a broken time, and the sound ends before it.
    """
    due: int | None = None
    for block in blocks:
        begin = block.pts or 0
        due = begin if due is None else due
        if begin - due > _LONGEST_HOLE_SECONDS * _RATE:
            return
        channels = block.layout.nb_channels
        while due < begin:
            count = min(begin - due, _BLOCKS["aac"])
            yield _block(np.zeros((channels, count), np.float32), due)
            due += count
        samples = np.asarray(block.to_ndarray(), np.float32)[:, due - begin :]
        if samples.shape[1]:
            yield _block(samples, due)
            due += samples.shape[1]


def _block(samples: NDArray[np.float32], pts: int) -> AudioFrame:
    """A block of planar float, (channels, samples), at the output's rate."""
    layout = "mono" if len(samples) == 1 else "stereo"
    block = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    block.sample_rate = _RATE
    block.pts, block.time_base = pts, Fraction(1, _RATE)
    return block


def _cut(block: AudioFrame, first: int, last: int | None) -> AudioFrame | None:
    begin = block.pts or 0
    low = max(first - begin, 0)
    high = block.samples if last is None else min(block.samples, last - begin)
    if high <= low:
        return None
    samples = np.asarray(block.to_ndarray()[:, low:high], np.float32)
    return _block(samples, begin + low - first)


def _coded(
    first: AudioFrame, blocks: Iterator[AudioFrame], target: AudioStream, size: int
) -> Iterator[tuple[float, Packet[AudioStream]]]:
    fifo = av.AudioFifo()
    queue: Iterator[AudioFrame | None] = iter((first,))
    while True:
        block = next(queue, None) or next(blocks, None)
        if block is not None:
            fifo.write(block)
        while True:
            piece = fifo.read(size, partial=block is None)
            if piece is None:
                break
            for packet in target.encode(piece):
                yield _timed(packet)
        if block is None:
            break
    for packet in target.encode(None):
        yield _timed(packet)


def _timed(packet: Packet[AudioStream]) -> tuple[float, Packet[AudioStream]]:
    return float((packet.pts or 0) * packet.time_base), packet


def _seek(container: InputContainer, stream: AudioStream, start: float) -> None:
    base = stream.time_base or Fraction(1, _RATE)
    container.seek(max(round((start - _SEEK_AHEAD) / float(base)), 0), stream=stream)
