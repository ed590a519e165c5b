"""Files of the project's own, damaged by seed."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURES = ("photo.jpg", "cartoon.png", "drawing.jpg")
CLIPS = ("dance.mp4", "talk.mp4")
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0)

Mutation = Callable[[bytearray, random.Random], bytearray]


def mutated(name: str, seed: int) -> bytes:
    """The sample of this name, damaged in one to four ways that the seed decides."""
    chance = random.Random(f"{name} {seed}")
    data = bytearray((EXAMPLES / name).read_bytes())
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_MUTATIONS)(data, chance)
    # Where a PNG's checksums are right, the damage gets further.
    return _with_checksums(data) if name.endswith(".png") and seed % 2 else bytes(data)


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 10, 1000))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _flip_head(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(min(len(data), 2000))] = chance.randrange(256)
    return data


def _flip_tail(data: bytearray, chance: random.Random) -> bytearray:
    """A clip's tables stand at its end, unless it was made for fast start."""
    for _ in range(chance.randint(1, 50)):
        data[-1 - chance.randrange(min(len(data), 20_000))] = chance.randrange(256)
    return data


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: max(1, chance.randrange(len(data)))]


def _leave_out(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    return (data[:start] + data[start + chance.randrange(1, 5000) :]) or bytearray(b"\0")


def _repeat(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    part = data[start : start + chance.randrange(1, 20_000)]
    return data[:start] + part * chance.randint(2, 20) + data[start:]


def _put_number(data: bytearray, chance: random.Random) -> bytearray:
    """A number at the edge of what 32 bits hold, where a size or count may stand."""
    for _ in range(chance.randint(1, 8)):
        reach = chance.choice((len(data), min(len(data), 4000)))
        at = chance.randrange(max(1, reach - 4))
        data[at : at + 4] = struct.pack(">I", chance.choice(_NUMBERS))
    return data


_MUTATIONS: tuple[Mutation, ...] = (
    _flip,
    _flip_head,
    _flip_tail,
    _cut,
    _leave_out,
    _repeat,
    _put_number,
)


def _with_checksums(data: bytearray) -> bytes:
    """A PNG with every chunk's checksum made right, as far as chunks can be walked."""
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(data)
