"""Opening JPEG bytes: header facts, and decoding at a reduced size by DCT scaling.

A decoder that reads only the low frequencies of every 8 x 8 block yields the picture at 1/2, 1/4 or
1/8 without ever holding it whole (ITU-T T.81; libjpeg's `scale_denom`, Pillow's `draft`). That
works while blocks are decoded as they come. For a file in several scans (progressive) libjpeg holds
all coefficients at once, two bytes each, however small the result; see `jpeg_dc` for giants.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

# Every scan costs a pass over the whole picture, however short it is; encoders write about ten.
_MOST_SCANS = 100
# Scans times pixels, for which libjpeg takes some ten seconds however little is coded. Ten scans of
# the largest picture that it is given whole, of 400 megapixels; one scan of any size is cheap.
_MOST_SCANNED_PIXELS = 4_300_000_000

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD9)))


class BrokenJpeg(Exception):  # noqa: N818 - a state of the file
    """The bytes are no readable JPEG; the message says how, for a user."""


class HeaderMissing(BrokenJpeg):
    """The bytes end before the frame header."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a JPEG's header tells.

    width, height: pixels as stored, before any EXIF turn.
    coefficient_bytes: what libjpeg has to hold for the whole picture; 0 when it need not.
    frame: the frame header's body; progressive: of that kind.
    """

    width: int
    height: int
    coefficient_bytes: int
    frame: bytes
    progressive: bool


def read_header(data: bytes) -> JpegHeader:
    """Find the frame header; raises BrokenJpeg (HeaderMissing when the bytes end before it)."""
    header: JpegHeader | None = None
    body = b""
    for marker, _, body in segments(data):
        if marker in _START_OF_FRAME:
            header = _read_frame_header(marker, body)
        elif marker == 0xD9:
            raise BrokenJpeg("the JPEG holds no picture")
    if header is None:
        raise BrokenJpeg("the JPEG has no frame header")
    if header.progressive or body[:1] < header.frame[5:6]:
        return header
    return replace(header, coefficient_bytes=0)


def decode(data: bytes, *, least: tuple[int, int]) -> Image.Image:
    """Decode at the smallest of 1, 1/2, 1/4, 1/8 that keeps at least `least` (w, h) pixels.

    Returns a Pillow image of mode L, RGB or CMYK, not turned by EXIF, colours as stored, with
    `icc_profile` in `info`. Raises BrokenJpeg.
    """
    clean = _without_metadata(data)
    header = read_header(data)
    scans = clean.count(b"\xff\xda")
    if scans > _MOST_SCANS or scans * header.width * header.height > _MOST_SCANNED_PIXELS:
        raise BrokenJpeg("the JPEG is coded in too many scans")
    with _as_broken():
        image = JpegImageFile(io.BytesIO(clean))
        image.draft(image.mode, least)
        image.load()
    return image


def read_profile(data: bytes) -> bytes | None:
    """The ICC profile of a JPEG, put together from its segments; None where there is none."""
    with _as_broken():
        profile = JpegImageFile(io.BytesIO(_without_metadata(data))).info.get("icc_profile")
    return profile if isinstance(profile, bytes) else None


def read_exif(data: bytes) -> bytes | None:
    """The EXIF block (from its TIFF header on) of a JPEG; None where there is none."""
    for marker, _, body in segments(data):
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            return body[6:]
    return None


@contextmanager
def _as_broken() -> Iterator[None]:
    """Whatever Pillow says of bytes that are no JPEG.

    Its class for JPEG is used, and not Image.open, whose limit on pixels holds for the whole
    process.
    """
    try:
        yield
    except (OSError, SyntaxError, ValueError, struct.error, MemoryError) as error:
        raise BrokenJpeg("the JPEG is damaged or cut off") from error


def _without_metadata(data: bytes) -> bytes:
    """The file with nothing before its first scan but what decoding takes.

    Comments, EXIF, XMP, thumbnails and the like are left out, so that none can provoke anything.
    """
    parts = [data[:2]]
    end = 2
    for marker, start, body in segments(data):
        end = start + 4 + len(body)
        is_profile = marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")
        is_adobe = marker == 0xEE and body.startswith(b"Adobe")
        if marker < 0xE0 or is_profile or is_adobe:
            parts.append(data[start:end])
    return b"".join((*parts, data[end:]))


def segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The header's segments up to the first scan's: (marker, where it starts, body)."""
    position, marker = 2, 0
    while marker not in (0xDA, 0xD9):
        position, marker, body = next_segment(data, position)
        yield marker, position - len(body) - 4, body


def next_segment(data: bytes, position: int) -> tuple[int, int, bytes]:
    """The next marker segment at or after `position`: (where it ends, marker, body)."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise HeaderMissing("the JPEG is cut off inside its header")
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker == 0x00 or marker in _STANDALONE:
            position += 2
        else:
            break
    if marker == 0xD9:
        return position + 2, marker, b""
    length = int.from_bytes(data[position + 2 : position + 4], "big")
    end = position + 2 + length
    if length < 2:
        raise BrokenJpeg("the JPEG's header is damaged")
    if end > len(data):
        raise HeaderMissing("the JPEG is cut off inside its header")
    return end, marker, data[position + 4 : end]


def _read_frame_header(marker: int, body: bytes) -> JpegHeader:
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise BrokenJpeg("the JPEG's frame header is damaged")
    if marker not in (0xC0, 0xC1, 0xC2):
        raise BrokenJpeg("this kind of JPEG (lossless or arithmetic coding) is not supported")
    if body[0] != 8:
        raise BrokenJpeg(f"the JPEG has {body[0]} bits per sample; only 8 are supported")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    factors = sampling(body)
    if not width or not height or not factors or any(not 1 <= n <= 4 for f in factors for n in f):
        raise BrokenJpeg("the JPEG's frame header is damaged")
    most_h, most_v = max(h for h, _ in factors), max(v for _, v in factors)
    samples = sum(-(-width * h // most_h) * -(-height * v // most_v) for h, v in factors)
    return JpegHeader(width, height, 2 * samples, body, marker == 0xC2)


def sampling(frame: bytes) -> list[tuple[int, int]]:
    """The horizontal and vertical sampling factor of each component of a frame header's body."""
    return [(frame[7 + 3 * i] >> 4, frame[7 + 3 * i] & 15) for i in range(frame[5])]
