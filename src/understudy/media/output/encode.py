"""Writing the finished video: H.264 in MP4, with sound and marks; appears only when complete."""

from __future__ import annotations

import errno
import queue
import threading
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from understudy.errors import UnderstudyError
from understudy.media.output.atomic import UnfinishedFile
from understudy.media.output.content_credentials import SigningIdentity, sign
from understudy.media.output.provenance import Provenance, append_xmp
from understudy.media.output.sound import SoundOutcome, SoundSource, SoundTrack
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import YuvConverter, tag

__all__ = ["CannotWrite", "SoundSource", "VideoWriter"]

_QUEUED_FRAMES = 4  # frames that may wait for the encoder
# A player can jump to any of these; x264's own 250 frames are too far apart for short videos.
_KEYFRAME_SECONDS = 4
# Fixed, and not the machine's: the number of threads changes the bits that x264 writes.
_THREADS = 2
_CRF = 18  # x264's constant quality, 0 (lossless) to 51
_PRESET = "veryfast"  # x264's trade of time for size
# cv::CPU_AVX512_SKX, for which OpenCV's Python module has no name.
_CV_CPU_AVX512_SKX = 256


class CannotWrite(UnderstudyError):  # noqa: N818 - a state of the place, not of the code
    """The video cannot be written to where it was asked for."""


class VideoWriter:
    """A context manager that writes frames to an H.264 MP4.

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
        crf: int = _CRF,
        preset: str = _PRESET,
        threads: int = _THREADS,
    ) -> None:
        """size: (w, h), both even. fps: of the output.

        provenance: how the video came to be, as tags and XMP; with `identity` also signed.
        watermark: stamped on every frame. Raises CannotWrite where the folder cannot be written to,
        ValueError for an odd size.
        """
        if size[0] % 2 or size[1] % 2:
            raise ValueError("both sides of a 4:2:0 video are even")
        self.path = path
        self.size = size
        self.fps = fps
        self.frames_written = 0
        self.sound_outcome: SoundOutcome = "none"
        self._provenance = provenance
        self._identity = identity
        self._watermark = watermark
        self._sound: SoundTrack | None = None
        self._error: BaseException | None = None
        self._all_taken = False
        self._queue: queue.Queue[VideoFrame | None] = queue.Queue(_QUEUED_FRAMES)
        try:
            self._file = UnfinishedFile(path)
        except OSError as error:
            raise _cannot_write(error) from error
        try:
            self._container = self._open()
            self._stream = self._add_video(crf, preset, threads)
            if sound is not None:
                self._sound = SoundTrack(self._container, sound)
                self.sound_outcome = self._sound.outcome
        except BaseException:
            self._file.discard()
            raise
        self._thread = threading.Thread(target=self._encode, name="encoding", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

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
        self._put(VideoFrame.from_ndarray(np.ascontiguousarray(planes), format="yuv420p"))

    def close(self) -> None:
        """Finish the file and put it in its place; raises CannotWrite when the disk is full."""
        try:
            self._join()
            if self._error is not None:
                raise self._error
            self._seal()
            self._file.finish()
        except OSError as error:
            raise _cannot_write(error) from error
        finally:
            self._file.discard()

    def abort(self) -> None:
        """Stop and leave nothing; does nothing after `close`."""
        self._error = self._error or InterruptedError()
        self._join()
        self._file.discard()

    def _seal(self) -> None:
        """Add the marks that go into a finished file."""
        if self._provenance is None:
            return
        append_xmp(self._file.path, self._provenance.xmp())
        if self._identity is not None:
            with UnfinishedFile(self._file.path) as signed:
                sign(self._file.path, signed.path, self._provenance, self._identity)

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
            format="mp4",
            container_options={"movflags": "+faststart", "fflags": "+bitexact"},
        )
        if self._provenance is not None:
            container.metadata.update(self._provenance.tags())
        return container

    def _add_video(self, crf: int, preset: str, threads: int) -> VideoStream:
        keyframes = max(1, round(_KEYFRAME_SECONDS * self.fps))
        options = {"crf": str(crf), "preset": preset, "g": str(keyframes), **_same_bits()}
        stream = self._container.add_stream("libx264", rate=self.fps, options=options)
        context = stream.codec_context
        context.width, context.height = self.size
        context.pix_fmt = "yuv420p"
        context.time_base = 1 / self.fps
        context.thread_count = threads
        tag(context)
        return stream

    def _encode(self) -> None:
        """The thread: takes frames until None comes; keeps taking after a failure."""
        converter = YuvConverter()
        try:
            while (frame := self._queue.get()) is not None:
                if self._error is None:
                    self._encode_one(self._prepare(converter, frame))
            self._all_taken = True
            if self._error is None:
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

    def _prepare(self, converter: YuvConverter, frame: VideoFrame) -> VideoFrame:
        ready = converter.convert(frame) if frame.format.name == "rgb24" else frame
        if self._watermark is not None:
            self._watermark.stamp_yuv420(*(_plane(ready, i) for i in range(3)))
        tag(ready)
        return ready

    def _encode_one(self, frame: VideoFrame) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
            if self._sound is not None and packet.dts is not None:
                self._sound.write_until(float(packet.dts * packet.time_base))

    def _close_container(self) -> None:
        try:
            if self._sound is not None:
                self._sound.close()
            self._container.close()
        except BaseException as error:
            self._error = self._error or error


def _same_bits() -> dict[str, str]:
    """What keeps x264 from reading memory that nobody wrote, which makes its bits differ by chance.

    On CPUs with AVX-512 its macroblock tree does, where a row's blocks are no multiple of 16: 720
    pixels for one (x264 build 165, found with MALLOC_PERTURB_). AVX2 does not.
    """
    return {"x264-params": "asm=AVX2"} if cv2.checkHardwareSupport(_CV_CPU_AVX512_SKX) else {}


def _plane(frame: VideoFrame, index: int) -> NDArray[np.uint8]:
    """A view of one plane's samples, (rows, columns), that can be written to."""
    plane = frame.planes[index]
    samples: NDArray[np.uint8] = np.frombuffer(cast("memoryview", plane), np.uint8)
    return samples.reshape(plane.height, plane.line_size)[:, : plane.width]


def _cannot_write(error: OSError) -> CannotWrite:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotWrite("the disk is full: the video could not be written")
    reason = (error.strerror or "unknown reason").lower()
    return CannotWrite(f"the video could not be written: {reason}")
