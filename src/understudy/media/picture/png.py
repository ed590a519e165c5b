"""Opening PNG bytes: chunks checked and weighed before any decoder sees them.

(Portable Network Graphics, third edition, W3C.)
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PROFILE_BYTES = 8 * 1024 * 1024

ColourType = Literal[0, 2, 3, 4, 6]
CHANNELS: dict[int, int] = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: dict[int, tuple[int, ...]] = {
    0: (1, 2, 4, 8, 16),
    2: (8, 16),
    3: (1, 2, 4, 8),
    4: (8, 16),
    6: (8, 16),
}
# The only ancillary chunks that change what the picture looks like here.
_KEPT = (b"tRNS", b"iCCP", b"eXIf")


class BrokenPng(Exception):  # noqa: N818 - a state of the file
    """The bytes are no readable PNG; the message says how, for a user."""


class HeaderMissing(BrokenPng):
    """The bytes end before the header is complete."""


@dataclass(frozen=True, slots=True)
class PngHeader:
    """IHDR: pixels, bits per sample, colour type, whether rows come interlaced (Adam7)."""

    width: int
    height: int
    depth: int
    colour_type: int
    interlaced: bool

    @property
    def bits_per_pixel(self) -> int:
        return self.depth * CHANNELS[self.colour_type]


@dataclass(frozen=True, slots=True, eq=False)
class Png:
    """A PNG's parts that matter here, all checked against their CRC.

    palette: (n, 3) uint8 or None. transparency: the bytes of tRNS. exif, profile: as embedded.
    data: the compressed rows, the bodies of IDAT in order.
    """

    header: PngHeader
    palette: NDArray[np.uint8] | None
    transparency: bytes | None
    exif: bytes | None
    profile: bytes | None
    data: tuple[memoryview, ...]

    @property
    def has_alpha(self) -> bool:
        return self.header.colour_type in (4, 6) or self.transparency is not None


def read_header(data: bytes) -> tuple[PngHeader, bool]:
    """IHDR, and whether pixels can be transparent, from the file's first bytes.

    Raises BrokenPng (HeaderMissing when the bytes end before IHDR does).
    """
    if len(data) < 33:
        raise HeaderMissing("the PNG is cut off inside its header")
    header = _parse_ihdr(data[12:16], data[16:29])
    keyed = header.colour_type in (4, 6)
    position = 33
    while not keyed and position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IDAT":
            break
        keyed = kind == b"tRNS"
        position += 12 + length
    return header, keyed


def parse(data: bytes) -> Png:
    """Walk the chunks, keep what matters and check its CRCs; raises BrokenPng."""
    view = memoryview(data)
    header: PngHeader | None = None
    bodies: list[memoryview] = []
    kept: dict[bytes, bytes] = {}
    position, ended = len(SIGNATURE), False
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = view[position + 8 : position + 8 + length]
        if position + 12 + length > len(data):
            break
        if kind in _KEPT or not kind[0] & 0x20:
            _check_crc(view, position, length, kind)
        position += 12 + length
        if header is None:
            header = _parse_ihdr(kind, bytes(body))
        elif kind == b"IEND":
            ended = True
            break
        elif kind == b"IDAT":
            bodies.append(body)
        elif kind == b"PLTE" or kind in _KEPT:
            kept.setdefault(kind, bytes(body))
        elif not kind[0] & 0x20:
            raise BrokenPng("the PNG contains an unknown critical chunk")
    if header is None or not bodies or not ended:
        raise BrokenPng("the PNG is cut off")
    return Png(
        header=header,
        palette=_parse_palette(header, kept.get(b"PLTE")),
        transparency=kept.get(b"tRNS"),
        exif=kept.get(b"eXIf"),
        profile=_parse_profile(kept.get(b"iCCP")),
        data=tuple(bodies),
    )


def decode(png: Png, *, reduce: int = 1) -> tuple[Image.Image, NDArray[np.uint8] | None]:
    """Decode whole, then average over boxes of `reduce` x `reduce` pixels.

    Returns an image of mode L or RGB, colours as stored, and alpha as (H, W) uint8, None where the
    file has none. A transparent colour (tRNS) is only understood in files of 8 bits a sample.
    Raises BrokenPng.
    """
    # A file of nothing but the parts that matter is handed to Pillow, so that no other chunk (text,
    # animation, unknown) can provoke anything.
    stream = io.BytesIO()
    h = png.header
    stream.write(SIGNATURE)
    ihdr = struct.pack(">IIBBBBB", h.width, h.height, h.depth, h.colour_type, 0, 0, h.interlaced)
    _write_chunk(stream, b"IHDR", ihdr)
    if png.palette is not None:
        _write_chunk(stream, b"PLTE", png.palette.tobytes())
    if png.transparency is not None:
        _write_chunk(stream, b"tRNS", png.transparency)
    for body in png.data:
        _write_chunk(stream, b"IDAT", body)
    _write_chunk(stream, b"IEND", b"")
    stream.seek(0)
    try:
        image: Image.Image = PngImageFile(stream)
        image.load()
    except (OSError, SyntaxError, ValueError, struct.error, zlib.error, MemoryError) as error:
        raise BrokenPng("the PNG is damaged or cut off") from error
    if png.has_alpha:
        return _split_alpha(image.convert("RGBA"), reduce)
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    image = image.convert("L" if image.mode in ("1", "L") else "RGB")
    return (image.reduce(reduce) if reduce > 1 else image), None


def _split_alpha(image: Image.Image, reduce: int) -> tuple[Image.Image, NDArray[np.uint8]]:
    if reduce > 1:
        # Averaged premultiplied, so that what lies unseen under alpha 0 does not bleed in.
        image = image.convert("RGBa").reduce(reduce).convert("RGBA")
    return image.convert("RGB"), np.array(image.getchannel("A"), np.uint8)


def _parse_ihdr(kind: bytes, body: bytes) -> PngHeader:
    if kind != b"IHDR" or len(body) != 13:
        raise BrokenPng("the PNG's header is damaged")
    width, height, depth, colour_type, compression, filtering, interlace = struct.unpack(
        ">IIBBBBB", body
    )
    if (
        not width
        or not height
        or depth not in _DEPTHS.get(colour_type, ())
        or compression
        or filtering
        or interlace > 1
    ):
        raise BrokenPng("the PNG's header is damaged")
    return PngHeader(width, height, depth, colour_type, interlace == 1)


def _check_crc(view: memoryview, position: int, length: int, kind: bytes) -> None:
    expected = int.from_bytes(view[position + 8 + length : position + 12 + length], "big")
    if zlib.crc32(view[position + 4 : position + 8 + length]) != expected:
        name = kind.decode("ascii", "replace")
        raise BrokenPng(f"the PNG is damaged (checksum of its {name!r} part is wrong)")


def _parse_palette(header: PngHeader, body: bytes | None) -> NDArray[np.uint8] | None:
    if header.colour_type != 3:
        return None
    if body is None or not body or len(body) % 3 or len(body) > 768:
        raise BrokenPng("the PNG's palette is missing or damaged")
    return np.frombuffer(body, np.uint8).reshape(-1, 3)


def _parse_profile(body: bytes | None) -> bytes | None:
    """The ICC profile of an iCCP chunk; None where it is absent, damaged or absurdly large."""
    if body is None:
        return None
    name, separator, rest = body.partition(b"\0")
    if not separator or len(name) > 79 or not rest or rest[0] != 0:
        return None
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(rest[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if inflater.eof else None


def _write_chunk(stream: io.BytesIO, kind: bytes, body: bytes | memoryview) -> None:
    stream.write(struct.pack(">I", len(body)))
    stream.write(kind)
    stream.write(body)
    stream.write(struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))))
