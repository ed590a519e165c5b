"""Reading a remote clip's header tells what is certain and nothing else."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.media_maker import write_clip
from understudy.service.media.remote_header import Header, read_header


def header_of(data: bytes, reads: list[tuple[int, int]] | None = None) -> Header | None:
    async def read(start: int, length: int) -> bytes:
        if reads is not None:
            reads.append((start, length))
        return data[start : start + length]

    return asyncio.run(read_header(read))


@pytest.mark.parametrize("options", [{"movflags": "faststart"}, {}], ids=["front", "back"])
@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_length_and_sides_are_read_wherever_the_header_stands(
    tmp_path: Path, options: dict[str, str], container: str
) -> None:
    path = write_clip(
        tmp_path / "clip", size=(640, 360), frames=40, container=container, muxer=options
    )
    data = path.read_bytes()
    reads: list[tuple[int, int]] = []
    header = header_of(data, reads)
    assert header is not None
    assert (header.width, header.height) == (640, 360)
    assert header.seconds == pytest.approx(1.6, abs=0.05)
    assert sum(length for _, length in reads) < 8000


def test_sound_that_comes_first_is_no_picture(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=30, sound="aac")
    header = header_of(path.read_bytes())
    assert header is not None
    assert header.seconds == pytest.approx(1.2, abs=0.1)


def test_of_a_fragmented_file_nothing_is_certain(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4", frames=30, muxer={"movflags": "frag_keyframe+empty_moov"}
    )
    assert header_of(path.read_bytes()) is None


def test_a_rate_that_is_no_whole_number_is_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=60, fps=Fraction(30000, 1001))
    header = header_of(path.read_bytes())
    assert header is not None
    assert header.seconds == pytest.approx(2.002, abs=0.05)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 64,
        b"\0\0\0\x10ftypisom\0\0\0\0",
        b"\0\0\0\x01moov" + b"\xff" * 8,
        b"\0\0\0\x10moov\0\0\0\x08trak",
        b"\x7f\xff\xff\xffmoov" + b"\0" * 100,
        b"\0\0\0\x08free" * 100,
    ],
)
def test_of_broken_headers_nothing_is_certain(data: bytes) -> None:
    assert header_of(data) is None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_makes_it_fail(data: st.DataObject) -> None:
    original = _clip_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=16))
    header_of(original[:at] + junk + original[at + len(junk) :])


def _clip_bytes(cache: list[bytes] = []) -> bytes:  # noqa: B006 - made once
    if not cache:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = write_clip(Path(folder) / "clip.mp4", frames=10, muxer={"movflags": "faststart"})
            cache.append(path.read_bytes()[:4000])
    return cache[0]
