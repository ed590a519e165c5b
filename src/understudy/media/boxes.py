"""The boxes (atoms) that an MP4 or QuickTime file is made of (ISO/IEC 14496-12, 4.2).

Used to detect a file that was cut off, or whose header claims more than the file can hold, before a
demuxer opens it: libavformat reserves memory by what a sample table claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# The longest that a box's header is: a size of 32 bits, a kind, a size of 64 bits.
HEADER_BYTES = 16
_CONTAINERS = frozenset(
    (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"mvex")
)
# Boxes that claim samples which need no bytes of their own, and where in them the count stands.
_COUNTS = {b"stsz": 8, b"stz2": 8, b"trun": 4}
MAX_DEPTH = 8
MAX_HEADER_BYTES = 32 * 1024 * 1024
MAX_SAMPLES = 8_000_000


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
    """The boxes that lie side by side in `data`, in order; stops at bytes that are no whole box."""
    end = len(data) if end is None else end
    position = start
    while position + 8 <= end:
        box = parse_header(data[position : position + HEADER_BYTES], position, end)
        if box is None or box.end > end:
            return
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
    samples = 0
    for box in top_boxes(file, size):
        kinds.add(box.kind)
        if box.end > size and box.kind in (b"mdat", b"moov", b"moof"):
            missing = 100 * (box.end - size) / max(box.end, 1)
            raise BrokenBoxes(f"the file is cut off (about {max(missing, 0.1):.1f} % is missing)")
        if box.kind in (b"moov", b"moof"):
            if box.size > MAX_HEADER_BYTES:
                raise BrokenBoxes("the file's header is too large for a short video")
            samples += _claimed_samples(file, box)
            if samples > MAX_SAMPLES:
                raise BrokenBoxes(f"the file's header claims {samples} samples")
    if b"moov" not in kinds:
        raise BrokenBoxes("the file has no header (moov): it was cut off or never finished")


def _claimed_samples(file: BinaryIO, parent: Box) -> int:
    file.seek(parent.start + parent.header)
    data = file.read(parent.size - parent.header)
    return _count_within(data, 0, len(data), 0)


def _count_within(data: bytes, start: int, end: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise BrokenBoxes("the file's header is nested too deeply")
    total = 0
    for box in children(data, start, end):
        body = box.start + box.header
        if box.kind == b"cmov":
            raise BrokenBoxes("the file's header is compressed")
        if box.kind in _CONTAINERS:
            total += _count_within(data, body, box.end, depth + 1)
        elif box.kind in _COUNTS:
            at = body + _COUNTS[box.kind]
            total += int.from_bytes(data[at : at + 4], "big")
    return total


def _read_box(file: BinaryIO, position: int, file_size: int) -> Box | None:
    file.seek(position)
    box = parse_header(file.read(HEADER_BYTES), position, file_size)
    # Kinds are printable; a copyright sign opens QuickTime's own.
    if box is None or not all(32 <= c < 127 or c == 0xA9 for c in box.kind):
        return None
    return box
