"""What the header of a remote MP4 or QuickTime file tells, by ranged reads (ISO/IEC 14496-12).

Only what is certain is concluded: seconds and sides of the first video track. The file as a whole
is opened by the task.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

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
        start = await read(position, 16)
        if len(start) < 16:
            return None
        kind, size, header = _box(start, 0)
        if size < header:
            return None
        if kind == b"moov":
            movie = await read(position, size) if size <= MAX_HEADER_BYTES else b""
            return _read_movie(movie[header:]) if len(movie) == size else None
        position += size
    return None


def _read_movie(movie: bytes) -> Header | None:
    boxes = list(_children(movie))
    kinds = dict(boxes)
    if b"mvex" in kinds or b"mvhd" not in kinds:
        # Of a fragmented file the header does not tell the length.
        return None
    try:
        scale, _ = _times(kinds[b"mvhd"])
        found = [_read_track(body, scale) for kind, body in boxes if kind == b"trak"]
    except (struct.error, IndexError, ZeroDivisionError):
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
    position = 0
    while position + 8 <= len(data):
        kind, size, header = _box(data, position)
        if size < header or position + size > len(data):
            return
        yield kind, data[position + header : position + size]
        position += size


def _box(data: bytes, position: int) -> tuple[bytes, int, int]:
    """Kind, whole size and header's size of the box at a position."""
    size, kind = struct.unpack_from(">I4s", data, position)
    if size == 1 and position + 16 <= len(data):
        (size,) = struct.unpack_from(">Q", data, position + 8)
        return kind, size, 16
    return kind, size, 8
