"""Segments of a video: runs of frames that are encoded by themselves, anywhere, and then joined.

A segment begins with a keyframe and refers to no frame of another one. A video that is written in
segments has the same bytes whoever encoded each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import av
import cv2
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from understudy.media.output.conform import conformer
from understudy.media.output.encodings import Encoding
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import YuvConverter, frame_of, samples_of, tag
from understudy.processes.messages import Array, Message

THREADS = 2
"""Of an encoder. Fixed, and not the machine's: their number changes the bits that x264 writes."""
# cv::CPU_AVX512_SKX, for which OpenCV's Python module has no name.
_CV_CPU_AVX512_SKX = 256
_COLUMNS = ("pts", "dts", "duration", "is_keyframe", "size")


@dataclass(frozen=True, slots=True, eq=False)
class EncodedSegment:
    """Encoded frames. first, count: which of the video. header: the codec's, as the file has it.

    packets: (P, 5) int32, in the order of the file: pts, dts and duration in frames of the video,
    whether it is a keyframe, and its bytes in `data`.
    """

    first: int
    count: int
    header: bytes
    packets: NDArray[np.int32]
    data: bytes

    def to_message(self, name: str) -> dict[str, Array]:
        """The arrays of a message that carries it under a name."""
        numbers = np.array([self.first, self.count], np.int32)
        return {
            f"{name}.numbers": numbers,
            f"{name}.header": np.frombuffer(self.header, np.uint8),
            f"{name}.packets": self.packets,
            f"{name}.data": np.frombuffer(self.data, np.uint8),
        }

    @classmethod
    def of_message(cls, message: Message, name: str) -> EncodedSegment:
        """The inverse of `to_message`."""
        arrays: Mapping[str, Array] = message.arrays
        first, count = arrays[f"{name}.numbers"].tolist()
        return cls(
            first=first,
            count=count,
            header=arrays[f"{name}.header"].tobytes(),
            packets=arrays[f"{name}.packets"].reshape(-1, len(_COLUMNS)),
            data=arrays[f"{name}.data"].tobytes(),
        )

    def unpacked(self, time_base: Fraction) -> list[Packet[Any]]:
        """Its packets, ready to be muxed. time_base: seconds of a frame."""
        made, start = [], 0
        for pts, dts, duration, is_keyframe, size in self.packets.tolist():
            packet: Packet[Any] = Packet(self.data[start : start + size])
            start += size
            packet.pts, packet.dts, packet.duration = pts, dts, duration
            packet.is_keyframe = bool(is_keyframe)
            packet.time_base = time_base
            made.append(packet)
        return made


class FrameEncoder:
    """An encoder of its own for one segment.

    size: (w, h). watermark: stamped on every frame.
    """

    def __init__(
        self,
        size: tuple[int, int],
        fps: Fraction,
        encoding: Encoding,
        watermark: Watermark | None = None,
    ) -> None:
        context = cast("VideoCodecContext", av.CodecContext.create(encoding.codec, "w"))
        configure(context, size, fps, encoding, encoding.pixels, THREADS)
        context.options = encoder_options(encoding, fps)
        context.flags |= Flags.global_header
        context.open()
        self._context = context
        self._fps = fps
        self._marker = Marker(encoding.pixels, watermark)
        self._packets: list[Packet[Any]] = []
        self._count = 0
        self._first = 0

    def encode(self, frame: VideoFrame) -> list[Packet[Any]]:
        """The packets that are ready after a frame, whose time is set."""
        return list(self._context.encode(self._marker(frame)))

    def flush(self) -> list[Packet[Any]]:
        """The packets that are left after the last frame."""
        return list(self._context.encode(None))

    def add(self, planes: NDArray[np.uint8], index: int) -> None:
        """Encode a frame, I420 planes (h * 3 / 2, w) uint8, for `segment`. index: in the video."""
        frame = frame_of(planes)
        frame.pts, frame.time_base = index, 1 / self._fps
        if not self._count:
            self._first = index
        self._count += 1
        self._packets += self.encode(frame)

    def segment(self) -> EncodedSegment:
        """All frames that were added, finished."""
        packets = [*self._packets, *self.flush()]
        contents = [bytes(packet) for packet in packets]
        rows = [
            (packet.pts, packet.dts, packet.duration, packet.is_keyframe, len(content))
            for packet, content in zip(packets, contents, strict=True)
        ]
        return EncodedSegment(
            first=self._first,
            count=self._count,
            header=self.header,
            packets=np.array(rows, np.int32),
            data=b"".join(contents),
        )

    @property
    def header(self) -> bytes:
        """The codec's header, which a file holds once."""
        return bytes(self._context.extradata or b"")


class Marker:
    """Turns frames into those that are encoded: watermarked, in the pixels of the encoding."""

    def __init__(self, pixels: str, watermark: Watermark | None) -> None:
        self._converter = YuvConverter()
        self._conform = conformer(pixels)
        self._watermark = watermark

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """A frame of rgb24, yuv420p or rgba, marked and converted."""
        ready = self._converter.convert(frame) if frame.format.name == "rgb24" else frame
        if self._watermark is not None:
            if ready.format.name == "rgba":
                self._watermark.stamp_rgba(samples_of(ready, 0))
            else:
                self._watermark.stamp_yuv420(*(samples_of(ready, i) for i in range(3)))
        return self._conform(ready)


def configure(  # noqa: PLR0913 - an encoder's settings
    context: VideoCodecContext,
    size: tuple[int, int],
    fps: Fraction,
    encoding: Encoding,
    pixels: str,
    threads: int,
) -> None:
    """Set up an encoder that is not open yet."""
    context.width, context.height = size
    context.pix_fmt = pixels
    context.time_base = 1 / fps
    context.framerate = fps
    context.thread_count = threads
    if pixels.startswith("yuv"):
        tag(context)


def encoder_options(
    encoding: Encoding, fps: Fraction, *, transparent: bool = False
) -> dict[str, str]:
    """The codec's options."""
    options = dict(encoding.options)
    if transparent:
        options |= encoding.alpha_options
    if encoding.seconds_between_keyframes is not None:
        options["g"] = str(keyframe_distance(encoding, fps))
    if encoding.codec == "libx264":
        options |= _same_bits()
    return options


def keyframe_distance(encoding: Encoding, fps: Fraction) -> int:
    """Frames from one keyframe to the next, at most."""
    assert encoding.seconds_between_keyframes is not None
    return max(1, round(encoding.seconds_between_keyframes * fps))


def _same_bits() -> dict[str, str]:
    """What keeps x264 from reading memory that nobody wrote, which makes its bits differ by chance.

    On CPUs with AVX-512 its macroblock tree does, where a row's blocks are no multiple of 16: 720
    pixels for one (x264 build 165, found with MALLOC_PERTURB_). AVX2 does not.
    """
    return {"x264-params": "asm=AVX2"} if cv2.checkHardwareSupport(_CV_CPU_AVX512_SKX) else {}
