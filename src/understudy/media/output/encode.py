"""Writing the finished video, with sound and marks; it appears only when it is complete."""

from __future__ import annotations

import errno
import queue
import threading
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from understudy.errors import UnderstudyError
from understudy.media.output.atomic import AllOrNothing, UnfinishedFile
from understudy.media.output.content_credentials import SigningIdentity, sign, signable
from understudy.media.output.encodings import H264_MP4, Encoding
from understudy.media.output.provenance import Provenance, mark
from understudy.media.output.segments import (
    THREADS,
    EncodedSegment,
    FrameEncoder,
    Marker,
    configure,
    encoder_options,
)
from understudy.media.output.sound import SoundOutcome, SoundSource, SoundTrack
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import frame_of

__all__ = ["CannotWrite", "SoundSource", "VideoWriter"]

_QUEUED_FRAMES = 4  # frames that may wait for the encoder


class CannotWrite(UnderstudyError):  # noqa: N818 - a state of the place, not of the code
    """The video cannot be written to where it was asked for."""


class VideoWriter(AllOrNothing):
    """A context manager that writes frames to a file, an H.264 MP4 unless told otherwise.

    Encoding runs in a thread of its own behind a short queue. Nothing stands at `path` until the
    block is left without an exception; otherwise nothing is left. The same frames and settings give
    the same bytes.

    sound_outcome: what became of the sound, known from the start.
    frames_written: how many frames were handed in.
    """

    def __init__(  # noqa: PLR0913 - independent keyword options
        self,
        path: Path,
        size: tuple[int, int],
        fps: Fraction,
        *,
        sound: SoundSource | None = None,
        provenance: Provenance | None = None,
        identity: SigningIdentity | None = None,
        watermark: Watermark | None = None,
        encoding: Encoding = H264_MP4,
        transparent: bool = False,
        segment: int | None = None,
        threads: int = THREADS,
    ) -> None:
        """size: (w, h), both even. fps: of the output.

        provenance: how the video came to be, as tags and XMP; with `identity` it is also signed,
        except WebM. watermark: stamped on every frame. encoding: of the file. transparent: frames
        come with alpha, by `write_rgba`. segment: frames of a segment, each of which is encoded by
        itself, so that it may also come encoded (`write_segment`). Raises CannotWrite where the
        folder cannot be written to, ValueError for an odd size.
        """
        if size[0] % 2 or size[1] % 2:
            raise ValueError("both sides of a 4:2:0 video are even")
        if transparent and encoding.alpha_pixels is None:
            raise ValueError(f"{encoding.container} cannot be transparent")
        self.path = path
        self.size = size
        self.fps = fps
        self.frames_written = 0
        self.sound_outcome: SoundOutcome = "none"
        self._provenance = provenance
        self._identity = identity
        self._watermark = watermark
        self._encoding = encoding
        self._transparent = transparent
        self._sound: SoundTrack | None = None
        self._error: BaseException | None = None
        self._all_taken = False
        self._segment = segment
        self._encoder: FrameEncoder | None = None
        self._queue: queue.Queue[VideoFrame | EncodedSegment | None] = queue.Queue(_QUEUED_FRAMES)
        try:
            self._file = UnfinishedFile(path)
        except OSError as error:
            raise cannot_write(error) from error
        try:
            self._container = self._open()
            self._stream = self._add_video(threads)
            if sound is not None and encoding.sound is not None:
                self._sound = SoundTrack(self._container, sound, encoding.sound)
                self.sound_outcome = self._sound.outcome
        except BaseException:
            self._file.abort()
            raise
        self._thread = threading.Thread(target=self._encode, name="encoding", daemon=True)
        self._thread.start()

    def write_rgb(self, rgb: NDArray[np.uint8]) -> None:
        """Add a frame, (h, w, 3) uint8 RGB in BT.709 primaries; it is copied."""
        width, height = self.size
        if rgb.shape != (height, width, 3):
            raise ValueError(f"a frame of {width} x {height} px is due, this one has {rgb.shape}")
        self._put(VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24"))

    def write_yuv420(self, planes: NDArray[np.uint8]) -> None:
        """Add a frame, (h * 3 / 2, w) uint8: Y, then U, then V (I420), BT.709 limited; copied.

        Nothing is converted: the stream is tagged as what is given here.
        """
        width, height = self.size
        if planes.shape != (height * 3 // 2, width):
            raise ValueError(f"planes of {width} x {height} px are due, not {planes.shape}")
        self._put(frame_of(planes))

    def write_rgba(self, rgba: NDArray[np.uint8]) -> None:
        """Add a frame with alpha, (h, w, 4) uint8 sRGB, colours not multiplied by it; copied.

        For writers that were made `transparent`.
        """
        width, height = self.size
        if rgba.shape != (height, width, 4):
            raise ValueError(f"a frame of {width} x {height} px is due, this one has {rgba.shape}")
        self._put(VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba"))

    def write_segment(self, segment: EncodedSegment) -> None:
        """Add a segment that was encoded elsewhere, with the same settings.

        Raises ValueError where the video is not at its first frame, or has another header.
        """
        if self._segment is None or segment.first != self.frames_written:
            raise ValueError(f"frame {self.frames_written} is due, not {segment.first}")
        if self._error is not None:
            self.close()
        self.frames_written += segment.count
        self._queue.put(segment)

    def close(self) -> None:
        """Finish the file and put it in its place; raises CannotWrite when the disk is full."""
        try:
            self._join()
            if self._error is not None:
                raise self._error
            self._seal()
            self._file.close()
        except OSError as error:
            raise cannot_write(error) from error
        finally:
            self._file.abort()

    def abort(self) -> None:
        """Stop and leave nothing; does nothing after `close`."""
        self._error = self._error or InterruptedError()
        self._join()
        self._file.abort()

    def _seal(self) -> None:
        """Add the marks that go into a finished file."""
        if self._provenance is None:
            return
        mark(self._file.path, self._provenance, self._encoding.container)
        if self._identity is not None and signable(self.path):
            with UnfinishedFile(self._file.path) as signed:
                unsigned = self._file.path
                sign(unsigned, signed.path, self._provenance, self._identity, self.path.suffix)

    def _put(self, frame: VideoFrame) -> None:
        if self._error is not None:
            self.close()
        frame.pts = self.frames_written
        frame.time_base = 1 / self.fps
        self.frames_written += 1
        self._queue.put(frame)

    def _join(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _open(self) -> OutputContainer:
        container = av.open(
            f"file:{self._file.path}",
            mode="w",
            format=self._encoding.container,
            container_options=dict(self._encoding.container_options),
        )
        if self._provenance is not None:
            container.metadata.update(self._provenance.tags())
        return container

    def _add_video(self, threads: int) -> VideoStream:
        encoding = self._encoding
        options = encoder_options(encoding, self.fps, transparent=self._transparent)
        stream = cast(
            "VideoStream",
            self._container.add_stream(encoding.codec, rate=self.fps, options=options),
        )
        configure(stream.codec_context, self.size, self.fps, encoding, self._pixels, threads)
        return stream

    @property
    def _pixels(self) -> str:
        alpha = self._encoding.alpha_pixels
        return alpha if self._transparent and alpha is not None else self._encoding.pixels

    def _encode(self) -> None:
        """The thread: takes frames until None comes; keeps taking after a failure."""
        mark_frame = Marker(self._pixels, self._watermark)
        try:
            while (item := self._queue.get()) is not None:
                if self._error is None:
                    self._take(item, mark_frame)
            self._all_taken = True
            if self._error is None:
                self._end_segment()
                self._container.mux(self._stream.encode(None))
                if self._sound is not None:
                    self._sound.finish()
        except BaseException as error:
            self._error = error
            while not self._all_taken and self._thread_is_fed():
                pass
        finally:
            self._close_container()

    def _thread_is_fed(self) -> bool:
        return self._queue.get() is not None

    def _take(self, item: VideoFrame | EncodedSegment, mark_frame: Marker) -> None:
        """Encode a frame, or put in what was encoded elsewhere."""
        if isinstance(item, EncodedSegment):
            self._end_segment()
            self._mux(item.unpacked(1 / self.fps))
        elif self._segment is None:
            self._mux(self._stream.encode(mark_frame(item)))
        else:
            assert item.pts is not None
            if item.pts % self._segment == 0:
                self._end_segment()
                self._encoder = FrameEncoder(self.size, self.fps, self._encoding, self._watermark)
            assert self._encoder is not None
            self._mux(self._encoder.encode(item))

    def _end_segment(self) -> None:
        if self._encoder is not None:
            self._mux(self._encoder.flush())
            self._encoder = None

    def _mux(self, packets: Iterable[Packet[Any]]) -> None:
        for packet in packets:
            packet.stream = self._stream
            dts = None if packet.dts is None else float(packet.dts * packet.time_base)
            self._container.mux(packet)
            if self._sound is not None and dts is not None:
                self._sound.write_until(dts)

    def _close_container(self) -> None:
        try:
            if self._sound is not None:
                self._sound.close()
            self._container.close()
        except BaseException as error:
            self._error = self._error or error


def cannot_write(error: OSError) -> CannotWrite:
    """The error in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotWrite("the disk is full: the video could not be written")
    reason = (error.strerror or "unknown reason").lower()
    return CannotWrite(f"the video could not be written: {reason}")
