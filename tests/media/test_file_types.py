"""Formats by content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.media.file_types import HEAD_BYTES, name_format


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "AVI"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1", "AVIF"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ", "mov"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41", "mp4"),
        (b"\x00\x00\x00\x183gp\x00", "an unknown format"),
        (b"\x00\x00\x00\x14ftyp3gp4\x00\x00\x00\x003gp4", "3GP"),
        (b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp5isom", "mp4"),
        (b"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00M4A ", "M4A (sound only)"),
        (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "mov"),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1fB\x82\x84webm", "WebM"),
        (b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x23B\x82\x88matroska", "MKV"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b'\xef\xbb\xbf{"error": 1}', "JSON"),
        (b"hello", "text"),
        (b"GIF89a", "GIF"),
        (b"", "an unknown format"),
        (b"\x00\x01\x02", "an unknown format"),
    ],
)
def test_formats_are_told_by_their_first_bytes(head: bytes, name: str) -> None:
    assert name_format(head) == name


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_have_a_name(head: bytes) -> None:
    assert name_format(head)
