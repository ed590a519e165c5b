"""What the header of a remote MP4 or QuickTime file tells, by ranged reads (ISO/IEC 14496-12).

Only what is certain is concluded: seconds and sides of the first video track. The file as a whole
is opened by the task.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from understudy.media import boxes

MAX_HEADER_BYTES = 16 * 1024 * 1024
_MAX_STEPS = 16

ReadFrom = Callable[[int, int], Awaitable[bytes]]
"""Start and length to that many bytes of the file, fewer where it ends."""


@dataclass(frozen=True, slots=True)
class Header:
    """A clip's header: seconds of the video track, and its sides in pixels."""

    seconds: float
    width: int
    height: int


async def read_header(read: ReadFrom) -> Header | None:
    """Find and read the movie header; None when nothing is certain."""
    position = 0
    for _ in range(_MAX_STEPS):
        # Where the file ends is unknown, so a box that reaches to the end is taken for none.
        box = boxes.parse_header(await read(position, boxes.HEADER_BYTES), position, position)
        if box is None:
            return None
        if box.kind == b"moov":
            movie = await read(position, box.size) if box.size <= MAX_HEADER_BYTES else b""
            return _read_movie(movie[box.header :]) if len(movie) == box.size else None
        position = box.end
    return None


def _read_movie(movie: bytes) -> Header | None:
    try:
        parts = list(_children(movie))
        kinds = dict(parts)
        if b"mvex" in kinds or b"mvhd" not in kinds:
            # Of a fragmented file the header does not tell the length.
            return None
        scale, _ = _times(kinds[b"mvhd"])
        found = [_read_track(body, scale) for kind, body in parts if kind == b"trak"]
    except (struct.error, IndexError, ZeroDivisionError, boxes.BrokenBoxes):
        return None
    return next((header for header in found if header is not None), None)


def _read_track(track: bytes, movie_scale: int) -> Header | None:
    parts = dict(_children(track))
    media = dict(_children(parts.get(b"mdia", b"")))
    if media.get(b"hdlr", b"")[8:12] != b"vide" or b"mdhd" not in media or b"tkhd" not in parts:
        return None
    scale, duration = _times(media[b"mdhd"])
    seconds = duration / scale
    edits = dict(_children(parts.get(b"edts", b""))).get(b"elst")
    if edits is not None:
        seconds = min(seconds, _edited_duration(edits) / movie_scale)
    width, height = (side >> 16 for side in struct.unpack(">II", parts[b"tkhd"][-8:]))
    return Header(seconds, width, height) if seconds > 0 and width and height else None


def _times(box: bytes) -> tuple[int, int]:
    """Time scale and duration of an mvhd or mdhd."""
    at, shape = (20, ">IQ") if box[0] == 1 else (12, ">II")
    scale, duration = struct.unpack_from(shape, box, at)
    return scale, duration


def _edited_duration(elst: bytes) -> int:
    """What an edit list shows of the track, on the movie's time scale; its pauses left out."""
    entry = struct.Struct(">QqI" if elst[0] == 1 else ">IiI")
    (count,) = struct.unpack_from(">I", elst, 4)
    entries = (entry.unpack_from(elst, 8 + i * entry.size) for i in range(min(count, 1000)))
    return sum(duration for duration, start, _ in entries if start >= 0)


def _children(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for box in boxes.children(data):
        yield box.kind, data[box.start + box.header : box.end]
