"""The clip's sound, cut to the part of the clip that is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
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

from understudy.media.clip.container import open_container, video_stream

SoundOutcome = Literal["copied", "transcoded", "none", "unreadable"]

_RATE = 48000  # Hz
_BIT_RATE = {1: 96_000, 2: 160_000}  # bit/s by channels
_BLOCK = 1024  # samples in a block of AAC
_SEEK_AHEAD = 1.0  # s: seeking lands on packets, and a block needs its predecessor


@dataclass(frozen=True, slots=True)
class SoundSource:
    """The sound of a clip from `start` to `end`, seconds from the clip's first video frame."""

    path: Path
    start: float = 0.0
    end: float | None = None


class SoundTrack:
    """A sound track in a container that is being written, filled as the pictures go on.

    Sound coded as AAC is copied, anything else is re-encoded. Where the source has no sound, or
    none that can be read, no track is made; `outcome` says which.
    """

    def __init__(self, output: OutputContainer, source: SoundSource) -> None:
        self.outcome: SoundOutcome = "none"
        self._output = output
        self._packets: Iterator[tuple[float, Packet[AudioStream]]] = iter(())
        self._next: tuple[float, Packet[AudioStream]] | None = None
        self._opened = open_container(source.path)
        container = self._opened.__enter__()
        try:
            self._begin(container, source)
        except av.error.FFmpegError:
            self.outcome = "unreadable"

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
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            self.outcome = "unreadable"
            return
        video = video_stream(container)
        origin = 0.0
        if video is not None and video.start_time is not None and video.time_base is not None:
            origin = float(video.start_time * video.time_base)
        start = origin + source.start
        end = float("inf") if source.end is None else origin + source.end
        if stream.codec_context.name == "aac" and stream.codec_context.extradata:
            target = self._output.add_stream_from_template(stream)
            self._packets = _copied(container, stream, target, start, end)
            self.outcome = "copied"
        else:
            # The first block tells whether the codec can be read at all.
            blocks = _decoded(container, stream, start, end)
            first = next(blocks, None)
            if first is None:
                self.outcome = "unreadable"
                return
            channels = min(stream.codec_context.channels, 2)
            target = self._output.add_stream("aac", rate=_RATE)
            target.codec_context.layout = "mono" if channels == 1 else "stereo"
            target.codec_context.bit_rate = _BIT_RATE[channels]
            self._packets = _coded(first, blocks, target)
            self.outcome = "transcoded"
        self._next = self._advance()

    def _advance(self) -> tuple[float, Packet[AudioStream]] | None:
        try:
            return next(self._packets, None)
        except av.error.FFmpegError:
            # What was read until here stands.
            return None


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
    layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    resampler = AudioResampler(format="fltp", layout=layout, rate=_RATE)
    _seek(container, stream, start)
    first = round(start * _RATE)
    last = None if end == float("inf") else round(end * _RATE)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            for block in resampler.resample(frame):
                cut = _cut(block, first, last)
                if cut is not None:
                    yield cut
                if last is not None and block.pts is not None and block.pts >= last:
                    return


def _cut(block: AudioFrame, first: int, last: int | None) -> AudioFrame | None:
    begin = block.pts or 0
    low = max(first - begin, 0)
    high = block.samples if last is None else min(block.samples, last - begin)
    if high <= low:
        return None
    samples = np.ascontiguousarray(block.to_ndarray()[:, low:high], np.float32)
    piece = AudioFrame.from_ndarray(samples, format="fltp", layout=block.layout.name)
    piece.sample_rate = _RATE
    piece.pts = begin + low - first
    piece.time_base = Fraction(1, _RATE)
    return piece


def _coded(
    first: AudioFrame, blocks: Iterator[AudioFrame], target: AudioStream
) -> Iterator[tuple[float, Packet[AudioStream]]]:
    fifo = av.AudioFifo()
    queue: Iterator[AudioFrame | None] = iter((first,))
    while True:
        block = next(queue, None) or next(blocks, None)
        if block is not None:
            fifo.write(block)
        while True:
            piece = fifo.read(_BLOCK, partial=block is None)
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
