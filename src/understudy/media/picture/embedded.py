"""Data that travels in a picture's own file, beside its pixels.

In a PNG it is one chunk of the private type `usDY`: ancillary, so that readers which do not know it
skip it, and unsafe to copy, so that editors which change the pixels leave it out (PNG, third
edition, W3C, 5.4 and 14.2). In a JPEG it is a run of APP15 segments, numbered like those of an ICC
profile (ICC.1:2022, B.4), because a segment has at most 65,533 bytes.
"""

from __future__ import annotations

import struct
import zlib

from understudy.media.picture import jpeg, png

MAX_BYTES = 4 * 1024 * 1024
"""A matte of a whole picture has some tens of kilobytes."""

_CHUNK = b"usDY"
_APP15 = 0xEF
_SIGNATURE = b"Understudy\0"
_PART_BYTES = 60_000
"""Of the data, in one segment; with signature and numbers it stays below the most."""


def read_png(data: bytes) -> bytes | None:
    """What a PNG carries, None where it carries nothing. Raises png.BrokenPng."""
    position = len(png.SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if kind == _CHUNK and end <= len(data):
            body = data[position + 8 : end - 4]
            if len(body) > MAX_BYTES or zlib.crc32(kind + body) != int.from_bytes(
                data[end - 4 : end], "big"
            ):
                raise png.BrokenPng("the PNG's corrections are damaged")
            return body
        position = end
    return None


def read_jpeg(data: bytes) -> bytes | None:
    """What a JPEG carries, None where it carries nothing. Raises jpeg.BrokenJpeg."""
    parts = [body for marker, _, body in jpeg.segments(data) if _is_ours(marker, body)]
    if not parts:
        return None
    start = len(_SIGNATURE)
    numbers = [tuple(part[start : start + 2]) for part in parts]
    whole = b"".join(part[start + 2 :] for part in parts)
    expected = [(number, len(parts)) for number in range(1, len(parts) + 1)]
    if numbers != expected or len(whole) > MAX_BYTES:
        raise jpeg.BrokenJpeg("the JPEG's corrections are damaged")
    return whole


def with_png(data: bytes, carried: bytes | None) -> bytes:
    """A PNG with other data, or with none; its pixels stay as they are. Raises png.BrokenPng."""
    png.parse(data)
    kept = [data[: len(png.SIGNATURE)]]
    position = len(png.SIGNATURE)
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if kind == b"IEND":
            break
        if kind != _CHUNK:
            kept.append(data[position:end])
        position = end
    if carried is not None:
        _check_size(carried)
        body = _CHUNK + carried
        kept.append(struct.pack(">I", len(carried)) + body + struct.pack(">I", zlib.crc32(body)))
    return b"".join((*kept, data[position:]))


def with_jpeg(data: bytes, carried: bytes | None) -> bytes:
    """A JPEG with other data, or with none; its pixels stay as they are. Raises jpeg.BrokenJpeg."""
    kept, end, place = [data[:2]], 2, 1
    for marker, start, body in jpeg.segments(data):
        end = start + 4 + len(body)
        if _is_ours(marker, body):
            continue
        if 0xE0 <= marker <= 0xEF and place == len(kept):
            # Behind the segments of this kind that a file begins with: JFIF wants to be the first.
            place += 1
        kept.append(data[start:end])
    if carried is not None:
        _check_size(carried)
        kept[place:place] = _segments(carried)
    return b"".join((*kept, data[end:]))


def _is_ours(marker: int, body: bytes) -> bool:
    return marker == _APP15 and body.startswith(_SIGNATURE) and len(body) > len(_SIGNATURE) + 2


def _segments(carried: bytes) -> list[bytes]:
    starts = range(0, len(carried), _PART_BYTES)
    made = []
    for number, start in enumerate(starts, 1):
        body = _SIGNATURE + bytes((number, len(starts))) + carried[start : start + _PART_BYTES]
        made.append(struct.pack(">BBH", 0xFF, _APP15, len(body) + 2) + body)
    return made


def _check_size(carried: bytes) -> None:
    assert 0 < len(carried) <= MAX_BYTES, "what a picture carries is checked before"
