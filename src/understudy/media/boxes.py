"""The boxes (atoms) that an MP4 or QuickTime file is made of (ISO/IEC 14496-12, 4.2).

Used to detect a file that was cut off, or whose header claims more than the file can hold or more
than is worth reading, before a demuxer opens it: libavformat reserves memory by what a sample table
claims, and looks at every track for every sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import BinaryIO

# The longest that a box's header is: a size of 32 bits, a kind, a size of 64 bits.
HEADER_BYTES = 16
_CONTAINERS = frozenset(
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"mvex")
)
# Where in a box the 32 bits stand that count samples, or chunks of them.
_COUNTS = {b"stsz": 8, b"stz2": 8, b"trun": 4, b"stco": 4, b"co64": 4}
_MEDIA_HANDLERS = frozenset((b"vide", b"soun", b"m1a ", b"subp"))
MAX_DEPTH = 8
MAX_HEADER_BYTES = 32 * 1024 * 1024
MAX_SAMPLES = 500_000
"""Of all tracks together: 30 s at 240 frames a second with four sounds are 13,000."""
MAX_WORK = 4_000_000
"""Samples times tracks. Cameras write up to some twenty tracks."""
MAX_CHILDREN = 256
"""Of one box; a header's boxes have about twenty."""
MAX_TOP_BOXES = 50_000
"""A fragment for every frame makes two boxes of each."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its four-letter kind, where it starts, its header's and its whole size in bytes."""

    kind: bytes
    start: int
    header: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


class BrokenBoxes(Exception):  # noqa: N818 - a state of the file
    """The file's boxes do not fit together; the message says how, for a user."""


def top_boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    """The boxes at the file's top level, in order; stops at bytes that are no box.

    size: of the file in bytes. The last box may claim to reach past the end.
    """
    position = 0
    while position + 8 <= size:
        box = _read_box(file, position, size)
        if box is None:
            return
        yield box
        position = box.end


def children(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that lie side by side in `data`, in order; stops at bytes that are no whole box.

    Raises BrokenBoxes when they are countless.
    """
    end = len(data) if end is None else end
    position = start
    for place in count():
        if position + 8 > end:
            return
        box = parse_header(data[position : position + HEADER_BYTES], position, end)
        if box is None or box.end > end:
            return
        if place >= MAX_CHILDREN:
            raise BrokenBoxes("the file's header has too many parts")
        yield box
        position = box.end


def parse_header(head: bytes, start: int, end: int) -> Box | None:
    """The box whose first HEADER_BYTES bytes are `head`; None where they are no box's.

    start: where the box lies. end: where a box ends that says it reaches to the end.
    """
    size, header = int.from_bytes(head[:4], "big"), 8
    if size == 1:
        size, header = int.from_bytes(head[8:16], "big"), 16
    elif size == 0:
        size = end - start
    if len(head) < header or size < header:
        return None
    return Box(head[4:8], start, header, size)


def check_boxes(file: BinaryIO, size: int) -> None:
    """Refuse a file that was cut off, lacks its header, or claims absurd amounts of samples.

    Raises BrokenBoxes.
    """
    kinds: set[bytes] = set()
    claims = _Claims()
    for place, box in enumerate(top_boxes(file, size)):
        if place >= MAX_TOP_BOXES:
            raise BrokenBoxes("the file has too many parts")
        kinds.add(box.kind)
        if box.end > size and box.kind in (b"mdat", b"moov", b"moof"):
            missing = 100 * (box.end - size) / max(box.end, 1)
            raise BrokenBoxes(f"the file is cut off (about {max(missing, 0.1):.1f} % is missing)")
        if box.kind in (b"moov", b"moof"):
            if box.size > MAX_HEADER_BYTES:
                raise BrokenBoxes("the file's header is too large for a short video")
            file.seek(box.start + box.header)
            data = file.read(box.size - box.header)
            claims.samples += _count_within(data, 0, len(data), 0, claims)
            claims.check()
    if b"moov" not in kinds:
        raise BrokenBoxes("the file has no header (moov): it was cut off or never finished")


@dataclass(slots=True)
class _Claims:
    """What a header says that there is.

    saved: samples of the track at hand that need not be read one by one if it is sound. handlers:
    what that track says it is.
    """

    samples: int = 0
    tracks: int = 0
    saved: int = 0
    handlers: set[bytes] = field(default_factory=set)

    def check(self) -> None:
        """Raise BrokenBoxes for more than is worth reading."""
        if self.samples > MAX_SAMPLES:
            raise BrokenBoxes(f"the file's header claims {self.samples} samples")
        if self.samples * self.tracks > MAX_WORK:
            raise BrokenBoxes(
                f"the file's header claims {self.samples} samples in {self.tracks} tracks"
            )


def _count_within(data: bytes, start: int, end: int, depth: int, claims: _Claims) -> int:
    """The samples that the boxes of a part of the header claim; counts tracks on the way."""
    if depth > MAX_DEPTH:
        raise BrokenBoxes("the file's header is nested too deeply")
    total = 0
    counts: dict[bytes, int] = {}
    bodies: dict[bytes, bytes] = {}
    for box in children(data, start, end):
        body = box.start + box.header
        if box.kind == b"cmov":
            raise BrokenBoxes("the file's header is compressed")
        if box.kind == b"trak":
            total += _count_track(data, body, box.end, depth + 1, claims)
            claims.check()
        elif box.kind in _CONTAINERS:
            total += _count_within(data, body, box.end, depth + 1, claims)
        elif box.kind in _COUNTS:
            at = body + _COUNTS[box.kind]
            counts[box.kind] = counts.get(box.kind, 0) + int.from_bytes(data[at : at + 4], "big")
        elif box.kind == b"hdlr":
            claims.handlers.add(data[body + 8 : body + 12])
        if box.kind in (b"stsz", b"stts"):
            bodies[box.kind] = data[body : min(body + 16, box.end)]
    samples = sum(counts.get(kind, 0) for kind in (b"stsz", b"stz2", b"trun"))
    if _is_plain(bodies):
        claims.saved += samples - min(samples, counts.get(b"stco", 0) + counts.get(b"co64", 0))
    return total + samples


def _count_track(data: bytes, start: int, end: int, depth: int, claims: _Claims) -> int:
    """The samples of a track, of plain sound the chunks."""
    claims.tracks += 1
    claims.saved = 0
    claims.handlers.clear()
    samples = _count_within(data, start, end, depth, claims)
    plain = claims.handlers & _MEDIA_HANDLERS == {b"soun"}
    return samples - claims.saved if plain else samples


def _is_plain(bodies: dict[bytes, bytes]) -> bool:
    """Whether every sample is one tick long and of the same size, as those of PCM are.

    A demuxer reads such sound by chunks, so that 30 s of it, a million samples, cost little.
    """
    size = int.from_bytes(bodies.get(b"stsz", b"")[4:8], "big")
    entries, _, ticks = (
        int.from_bytes(bodies.get(b"stts", b"")[at : at + 4], "big") for at in (4, 8, 12)
    )
    return size > 0 and entries == 1 and ticks == 1


def _read_box(file: BinaryIO, position: int, file_size: int) -> Box | None:
    file.seek(position)
    box = parse_header(file.read(HEADER_BYTES), position, file_size)
    # Kinds are printable; a copyright sign opens QuickTime's own.
    if box is None or not all(32 <= c < 127 or c == 0xA9 for c in box.kind):
        return None
    return box
