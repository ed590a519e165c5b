"""Writing the finished video, with sound and marks; it appears only when it is complete."""

from __future__ import annotations

import errno
import queue
import threading
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from understudy.errors import UnderstudyError
from understudy.media.output.atomic import AllOrNothing, UnfinishedFile
from understudy.media.output.conform import conformer
from understudy.media.output.content_credentials import SigningIdentity, sign, signable
from understudy.media.output.encodings import H264_MP4, Encoding
from understudy.media.output.provenance import Provenance, mark
from understudy.media.output.sound import SoundOutcome, SoundSource, SoundTrack
from understudy.media.output.watermark import Watermark
from understudy.media.output.yuv import YuvConverter, tag

__all__ = ["CannotWrite", "SoundSource", "VideoWriter"]

_QUEUED_FRAMES = 4  # frames that may wait for the encoder
# Fixed, and not the machine's: the number of threads changes the bits that x264 writes.
_THREADS = 2
# cv::CPU_AVX512_SKX, for which OpenCV's Python module has no name.
_CV_CPU_AVX512_SKX = 256


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
        threads: int = _THREADS,
    ) -> None:
        """size: (w, h), both even. fps: of the output.

        provenance: how the video came to be, as tags and XMP; with `identity` it is also signed,
        except WebM. watermark: stamped on every frame. encoding: of the file. transparent: frames
        come with alpha, by `write_rgba`. Raises CannotWrite where the folder cannot be written to,
        ValueError for an odd size.
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
        self._queue: queue.Queue[VideoFrame | None] = queue.Queue(_QUEUED_FRAMES)
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
        self._put(VideoFrame.from_ndarray(np.ascontiguousarray(planes), format="yuv420p"))

    def write_rgba(self, rgba: NDArray[np.uint8]) -> None:
        """Add a frame with alpha, (h, w, 4) uint8 sRGB, colours not multiplied by it; copied.

        For writers that were made `transparent`.
        """
        width, height = self.size
        if rgba.shape != (height, width, 4):
            raise ValueError(f"a frame of {width} x {height} px is due, this one has {rgba.shape}")
        self._put(VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba"))

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
        options = dict(encoding.options)
        if self._transparent:
            options |= encoding.alpha_options
        if encoding.seconds_between_keyframes is not None:
            options["g"] = str(max(1, round(encoding.seconds_between_keyframes * self.fps)))
        if encoding.codec == "libx264":
            options |= _same_bits()
        stream = cast(
            "VideoStream",
            self._container.add_stream(encoding.codec, rate=self.fps, options=options),
        )
        context = stream.codec_context
        context.width, context.height = self.size
        context.pix_fmt = self._pixels
        context.time_base = 1 / self.fps
        context.thread_count = threads
        if self._pixels.startswith("yuv"):
            tag(context)
        return stream

    @property
    def _pixels(self) -> str:
        alpha = self._encoding.alpha_pixels
        return alpha if self._transparent and alpha is not None else self._encoding.pixels

    def _encode(self) -> None:
        """The thread: takes frames until None comes; keeps taking after a failure."""
        converter, conform = YuvConverter(), conformer(self._pixels)
        try:
            while (frame := self._queue.get()) is not None:
                if self._error is None:
                    self._encode_one(conform(self._marked(converter, frame)))
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

    def _marked(self, converter: YuvConverter, frame: VideoFrame) -> VideoFrame:
        """A frame as yuv420p or rgba, with the watermark."""
        ready = converter.convert(frame) if frame.format.name == "rgb24" else frame
        if self._watermark is None:
            return ready
        if ready.format.name == "rgba":
            self._watermark.stamp_rgba(_plane(ready, 0))
        else:
            self._watermark.stamp_yuv420(*(_plane(ready, i) for i in range(3)))
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
    width = plane.width * (4 if frame.format.name == "rgba" else 1)
    return samples.reshape(plane.height, plane.line_size)[:, :width]


def cannot_write(error: OSError) -> CannotWrite:
    """The error in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotWrite("the disk is full: the video could not be written")
    reason = (error.strerror or "unknown reason").lower()
    return CannotWrite(f"the video could not be written: {reason}")
