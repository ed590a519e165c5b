"""A giant progressive JPEG at an eighth of its size, from its first scans alone.

The first scans hold the mean of every 8 x 8 block (its DC coefficient) but for the last bit or two;
nothing else is read. (ITU-T T.81, F.2.2.1 and G.1.2.1.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.media.picture.jpeg import BrokenJpeg, JpegHeader, next_segment, sampling

_DAMAGED = "the JPEG is damaged or cut off"


@dataclass(slots=True, eq=False)
class _Component:
    """One component.

    factors: horizontal and vertical sampling. quantizer: its table's number.
    blocks: (rows, columns) int16 DC values; None until its scan was read.
    """

    name: int
    factors: tuple[int, int]
    quantizer: int
    blocks: NDArray[np.int16] | None = None


def decode_eighth(data: bytes, header: JpegHeader) -> Image.Image:
    """The picture at 1/8, mode L or RGB, colours as stored, not turned by EXIF.

    Returns an image of ceil(W / 8) x ceil(H / 8) pixels. Raises BrokenJpeg, also for files of four
    components.
    """
    factors = sampling(header.frame)
    if len(factors) not in (1, 3):
        raise BrokenJpeg("progressive CMYK JPEGs of this size are not supported")
    components = [
        _Component(header.frame[6 + 3 * i], factors[i], header.frame[8 + 3 * i])
        for i in range(len(factors))
    ]
    quantizers, transformed = _read_first_scans(data, header, components)
    size = -(-header.width // 8), -(-header.height // 8)
    planes = [_plane(c, quantizers, components, size) for c in components]
    if len(planes) == 1:
        return planes[0]
    return Image.merge("YCbCr" if transformed else "RGB", planes).convert("RGB")


def _read_first_scans(
    data: bytes, header: JpegHeader, components: list[_Component]
) -> tuple[dict[int, int], bool]:
    """Fill the components' blocks; returns DC quantizers by table, whether colours are YCbCr."""
    if b"\xff\xd9" not in data[-65536:]:
        raise BrokenJpeg(_DAMAGED)
    tables: dict[int, NDArray[np.uint16]] = {}
    quantizers: dict[int, int] = {}
    transformed, restart, position = True, 0, 2
    while any(c.blocks is None for c in components):
        position, marker, body = next_segment(data, position)
        if marker == 0xC4:
            _read_huffman_tables(body, tables)
        elif marker == 0xDB:
            _read_quantizers(body, quantizers)
        elif marker == 0xDD and len(body) >= 2:
            restart = int.from_bytes(body[:2], "big")
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= 12:
            transformed = body[11] != 0
        elif marker == 0xD9:
            raise BrokenJpeg(_DAMAGED)
        elif marker == 0xDA and _is_first_dc_scan(body):
            _read_scan(data, position, body, header, components, tables, restart)
    return quantizers, transformed


def _is_first_dc_scan(body: bytes) -> bool:
    return len(body) >= 4 and body[-3] == 0 and body[-2] == 0 and body[-1] >> 4 == 0


def _read_scan(  # noqa: PLR0913 - the decoder state is explicit
    data: bytes,
    position: int,
    body: bytes,
    header: JpegHeader,
    components: list[_Component],
    tables: dict[int, NDArray[np.uint16]],
    restart: int,
) -> None:
    by_name = {c.name: c for c in components}
    chosen = body[1 : 1 + 2 * body[0]]
    if not chosen:
        raise BrokenJpeg(_DAMAGED)
    try:
        scan = [by_name[name] for name in chosen[::2]]
        lookups = np.stack([tables[table >> 4] for table in chosen[1::2]])
    except (KeyError, ValueError) as error:
        raise BrokenJpeg(_DAMAGED) from error
    most = _most_factors(components)
    if len(scan) == 1:
        # Block by block, without the padding of whole MCUs.
        layout = np.ones((1, 2), np.int64)
        h, v = scan[0].factors
        across = math.ceil(math.ceil(header.width * h / most[0]) / 8)
        down = math.ceil(math.ceil(header.height * v / most[1]) / 8)
    else:
        layout = np.array([c.factors for c in scan], np.int64)
        across, down = -(-header.width // (8 * most[0])), -(-header.height // (8 * most[1]))
    widest, highest = layout.max(axis=0)
    planes = np.zeros((len(scan), down * highest, across * widest), np.int16)
    samples = np.frombuffer(data, np.uint8)[position:]
    if not _decode_dc(samples, lookups, layout, across, down, restart, body[-1] & 15, planes):
        raise BrokenJpeg(_DAMAGED)
    for component, plane, used in zip(scan, planes, layout, strict=True):
        component.blocks = plane[: down * used[1], : across * used[0]]


def _most_factors(components: list[_Component]) -> tuple[int, int]:
    return max(c.factors[0] for c in components), max(c.factors[1] for c in components)


def _plane(
    component: _Component,
    quantizers: dict[int, int],
    components: list[_Component],
    size: tuple[int, int],
) -> Image.Image:
    """A component's values, 0..255, at the picture's eighth."""
    if component.blocks is None or component.quantizer not in quantizers:
        raise BrokenJpeg(_DAMAGED)
    # The DC coefficient is eight times the block's mean.
    values = component.blocks.astype(np.float32)
    values *= np.float32(quantizers[component.quantizer] / 8)
    values += np.float32(128.5)
    image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    most = _most_factors(components)
    used = [s * f / m for s, f, m in zip(size, component.factors, most, strict=True)]
    box = (0, 0, min(used[0], image.width), min(used[1], image.height))
    return image.resize(size, Image.Resampling.BILINEAR, box=box)


def _read_huffman_tables(body: bytes, tables: dict[int, NDArray[np.uint16]]) -> None:
    """Fill DC tables: by the next 16 bits, 256 x the code's length + the value's; 0 for no code."""
    at = 0
    while at + 17 <= len(body):
        kind, lengths = body[at], body[at + 1 : at + 17]
        values = body[at + 17 : at + 17 + sum(lengths)]
        at += 17 + sum(lengths)
        if kind >> 4:
            continue
        table = np.zeros(65536, np.uint16)
        code, used = 0, 0
        for length, count in enumerate(lengths, start=1):
            for value in values[used : used + count]:
                first = code << (16 - length)
                if first >= 65536 or value > 15:
                    raise BrokenJpeg(_DAMAGED)
                table[first : first + (1 << (16 - length))] = length << 8 | value
                code += 1
            used += count
            code <<= 1
        tables[kind & 15] = table


def _read_quantizers(body: bytes, quantizers: dict[int, int]) -> None:
    at = 0
    while at < len(body):
        wide = body[at] >> 4
        quantizers[body[at] & 15] = int.from_bytes(body[at + 1 : at + 2 + wide], "big")
        at += 1 + 64 * (1 + wide)


@numba.njit(nogil=True, cache=True)
def _decode_dc(data, tables, layout, across, down, restart, shift, planes):  # type: ignore[no-untyped-def]  # noqa: PLR0913 - a compiled kernel takes plain values
    """Decode a scan of DC coefficients into planes (components, rows, columns); False if broken.

    data: from the scan's first byte on. tables: (components, 65536) by the next 16 bits.
    layout: (components, 2), blocks of each component across and down an MCU.
    """
    position = 0
    held = np.uint64(0)
    bits = 0
    padded = 0
    predicted = np.zeros(len(layout), np.int64)
    for unit in range(across * down):
        if restart > 0 and unit > 0 and unit % restart == 0:
            # What is left of the last byte goes; the marker comes next.
            if position + 1 >= len(data) or data[position] != 0xFF:
                return False
            if not 0xD0 <= data[position + 1] <= 0xD7:
                return False
            position += 2
            held = np.uint64(0)
            bits = 0
            padded = 0
            predicted[:] = 0
        for c in range(len(layout)):
            for block in range(layout[c, 0] * layout[c, 1]):
                while bits <= 48:
                    byte = np.uint64(0)
                    if position < len(data) and data[position] != 0xFF:
                        byte = np.uint64(data[position])
                        position += 1
                    elif position + 1 < len(data) and data[position + 1] == 0:
                        byte = np.uint64(0xFF)
                        position += 2
                    else:
                        # Past a marker there are only zeros, which must not be needed.
                        padded += 8
                    held = held << np.uint64(8) | byte
                    bits += 8
                entry = np.int64(tables[c, (held >> np.uint64(bits - 16)) & np.uint64(0xFFFF)])
                size = entry & 255
                bits -= int((entry >> 8) + size)
                if entry == 0 or bits < padded:
                    return False
                if size > 0:
                    value = np.int64((held >> np.uint64(bits)) & np.uint64((1 << size) - 1))
                    negative = value < 1 << (size - 1)
                    predicted[c] += value - ((1 << size) - 1 if negative else 0)
                row = (unit // across) * layout[c, 1] + block // layout[c, 0]
                column = (unit % across) * layout[c, 0] + block % layout[c, 0]
                planes[c, row, column] = predicted[c] << shift
    return True
