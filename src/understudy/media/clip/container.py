"""Opening a clip's container with libav, closed to everything but the one file.

A demuxer guesses formats and follows references inside files (playlists, external tracks); here the
format is given and no protocol but plain files is open, so that a clip cannot make this machine
read anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from understudy.media import limits

_OPTIONS = {"protocol_whitelist": "file", "enable_drefs": "0", "use_absolute_path": "0"}
# A stream may change its size on the way; beyond this no memory is given.
_MAX_PIXELS = (limits.CLIP_MAX_SIDE + 64) ** 2
# What cameras, phones and editors write into MP4 and QuickTime files.
READABLE_CODECS = frozenset(
    (
        "h264",
        "hevc",
        "av1",
        "libdav1d",
        "vp8",
        "vp9",
        "libvpx-vp9",
        "mpeg4",
        "mpeg1video",
        "mpeg2video",
        "h263",
        "mjpeg",
        "prores",
        "dnxhd",
        "cfhd",
        "qtrle",
        "png",
        "rawvideo",
    )
)


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """Open an MP4 or QuickTime file for reading; raises av.error.FFmpegError."""
    container = av.open(
        f"file:{path}",
        mode="r",
        format="mov",
        container_options=_OPTIONS,
        metadata_errors="replace",
    )
    try:
        yield container
    finally:
        container.close()


def video_stream(container: InputContainer, *, threads: int = 1) -> VideoStream | None:
    """The stream that shows moving pictures, set up for decoding; None where there is none.

    A cover picture (attached to a sound file) is not one. threads: how many decode.
    """
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        context = stream.codec_context
        if context is not None:
            context.options = {"max_pixels": str(_MAX_PIXELS)}
            context.thread_count = threads
            context.thread_type = "AUTO" if threads > 1 else "NONE"
        return stream
    return None
