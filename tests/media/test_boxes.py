"""Walking the boxes of an MP4."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.media.boxes import BrokenBoxes, check_boxes, top_boxes


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def checked(data: bytes) -> None:
    check_boxes(io.BytesIO(data), len(data))


def test_boxes_come_in_order_with_their_places() -> None:
    data = box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd" + box(b"moov")
    found = [(b.kind, b.start, b.header, b.size) for b in top_boxes(io.BytesIO(data), len(data))]
    assert found == [(b"ftyp", 0, 8, 12), (b"mdat", 12, 16, 20), (b"moov", 32, 8, 8)]


def test_a_box_of_size_nought_reaches_to_the_end() -> None:
    data = box(b"moov") + struct.pack(">I4s", 0, b"mdat") + bytes(50)
    assert [b.size for b in top_boxes(io.BytesIO(data), len(data))] == [8, 58]
    checked(data)


def test_rubbish_behind_the_last_box_is_passed_over() -> None:
    checked(box(b"moov") + box(b"mdat", bytes(10)) + bytes(40))


def test_samples_of_all_tracks_and_fragments_are_added_up() -> None:
    def track(samples: int) -> bytes:
        table = box(b"stsz", struct.pack(">III", 0, 1, samples))
        return box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", table))))

    checked(box(b"moov", track(400_000)))
    with pytest.raises(BrokenBoxes, match="claims 800000 samples"):
        checked(box(b"moov", track(400_000) + track(400_000)))
    checked(box(b"moov", track(400_000) + 9 * track(0)))
    with pytest.raises(BrokenBoxes, match="claims 400000 samples in 11 tracks"):
        checked(box(b"moov", track(400_000) + 10 * track(0)))
    run = box(b"moof", box(b"traf", box(b"trun", struct.pack(">II", 0, 9_000_000))))
    with pytest.raises(BrokenBoxes, match="claims 9000000 samples"):
        checked(box(b"moov") + run)


def plain_track(handler: bytes, *, ticks: int = 1) -> bytes:
    """A track of five million samples of four bytes, in ten chunks."""
    tables = (
        box(b"stts", struct.pack(">IIII", 0, 1, 5_000_000, ticks))
        + box(b"stsz", struct.pack(">III", 0, 4, 5_000_000))
        + box(b"stco", struct.pack(">II", 0, 10) + bytes(40))
    )
    told = box(b"hdlr", struct.pack(">II4s", 0, 0, handler))
    return box(b"trak", box(b"mdia", told + box(b"minf", box(b"stbl", tables))))


def test_plain_sound_counts_by_its_chunks_and_nothing_else_does() -> None:
    checked(box(b"moov", plain_track(b"soun")))
    for track in (plain_track(b"vide"), plain_track(b"soun", ticks=2)):
        with pytest.raises(BrokenBoxes, match="claims 5000000 samples"):
            checked(box(b"moov", track))
    # Which handler counts, when there are two, is up to the demuxer.
    both = box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide")) + plain_track(b"soun")[8:]
    with pytest.raises(BrokenBoxes, match="claims 5000000 samples"):
        checked(box(b"moov", box(b"trak", both)))


def test_countless_boxes_are_refused_before_they_are_walked() -> None:
    with pytest.raises(BrokenBoxes, match="too many parts"):
        checked(box(b"moov") + 60_000 * box(b"free"))
    with pytest.raises(BrokenBoxes, match="too many parts"):
        checked(box(b"moov", 300 * box(b"free")))


@given(st.binary(max_size=300))
def test_any_bytes_are_walked_to_an_end(data: bytes) -> None:
    boxes = list(top_boxes(io.BytesIO(data), len(data)))
    assert all(b.size >= 8 for b in boxes)
    try:
        checked(data)
    except BrokenBoxes:
        return
