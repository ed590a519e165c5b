"""What goes to a server, and reading what comes back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.engines.engine import EngineJob
from understudy.media.clip import Clip, read_frames
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.yuv import YuvConverter
from understudy.media.picture import Picture

# The short side of what is sent: servers scale it down to about this.
_SHORT_SIDE = 720


class BrokenVideo(RuntimeError):  # noqa: N818 - a state
    """What the server sent is no video"""


def driving_video(clip: Clip, job: EngineJob, fps: Fraction, path: Path) -> bytes:
    """The part of the clip that the job shows, at the job's frames, as an MP4 of `fps`."""
    scale = min(1.0, _SHORT_SIDE / min(clip.width, clip.height))
    size = 2 * max(1, round(clip.width * scale / 2)), 2 * max(1, round(clip.height * scale / 2))
    converter = YuvConverter()
    end = job.start + float(job.frames / job.fps)
    provenance = Provenance("Understudy", "driving video")
    with VideoWriter(path, size, fps, sound=None, provenance=provenance) as writer:
        for frame in read_frames(clip, size=size, start=job.start, end=end, fps=job.fps):
            writer.write_yuv420(converter.planes(frame.rgb))
    return path.read_bytes()


def picture_png(picture: Picture) -> bytes:
    """The picture as a PNG."""
    file = io.BytesIO()
    Image.fromarray(picture.rgb).save(file, "PNG")
    return file.getvalue()


def read_video(path: Path, size: tuple[int, int], frames: int) -> Iterator[NDArray[np.uint8]]:
    """Yield `frames` frames (h, w, 3) uint8 RGB of `size`; a video of another length is stretched
    over them. Raises BrokenVideo."""
    try:
        with av.open(str(path)) as container:
            found = sum(1 for _ in container.decode(video=0))
        if found == 0:
            raise BrokenVideo("the server's video has no frames")
        wanted = [min(found - 1, index * found // frames) for index in range(frames)]
        with av.open(str(path)) as container:
            place = 0
            for number, frame in enumerate(container.decode(video=0)):
                if place < frames and wanted[place] == number:
                    image = frame.to_ndarray(format="rgb24")
                    grows = size[0] >= image.shape[1]
                    how = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
                    sized = np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)
                    while place < frames and wanted[place] == number:
                        yield sized
                        place += 1
    except (av.error.FFmpegError, IndexError) as error:
        raise BrokenVideo(f"the server's video cannot be read: {error}") from error
