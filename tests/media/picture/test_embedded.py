"""Data that travels in a picture's own file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.picture import carrying, open_picture

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
KINDS = ("PNG", "JPEG")


def saved(kind: str, **options: object) -> bytes:
    y, x = np.mgrid[0:310, 0:320]
    rgb = np.dstack([x % 256, y % 256, (x + y) % 256]).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, kind, **options)
    return file.getvalue()


@settings(max_examples=20, deadline=None)
@given(carried=st.binary(min_size=1, max_size=200_000), kind=st.sampled_from(KINDS))
def test_what_a_file_carries_comes_back_and_its_pixels_stay(carried: bytes, kind: str) -> None:
    before = saved(kind)
    after = carrying(before, carried)
    picture = open_picture(after)
    assert picture.carried == carried
    assert np.array_equal(picture.rgb, open_picture(before).rgb)
    assert carrying(after, None) == before


@pytest.mark.parametrize("kind", KINDS)
def test_other_data_takes_the_place_of_what_was_there(kind: str) -> None:
    once = carrying(saved(kind), b"x" * 130_000)
    assert carrying(once, b"other") == carrying(saved(kind), b"other")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_carries_nothing_says_so(kind: str) -> None:
    assert open_picture(saved(kind)).carried is None


@pytest.mark.parametrize("kind", KINDS)
def test_other_programs_open_a_picture_that_carries_something(kind: str) -> None:
    data = saved(kind)
    with Image.open(io.BytesIO(carrying(data, b"x" * 130_000))) as image:
        assert np.array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(data))))
    # What a JPEG begins with has to stay first.
    assert carrying(data, b"x")[:11] == data[:11]


def test_exif_and_colour_profile_stay() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = carrying(saved("JPEG", exif=exif), b"note")
    picture = open_picture(data)
    assert (picture.source_size, picture.carried) == ((310, 320), b"note")


@pytest.mark.parametrize("kind", KINDS)
def test_data_that_was_damaged_on_the_way_is_refused(kind: str) -> None:
    data = carrying(saved(kind), b"begin" + b"x" * 130_000)
    at = data.index(b"begin")
    # In a PNG the checksum tells, in a JPEG the numbers of the parts.
    broken = data[:at] + b"b3gin" + data[at + 5 :] if kind == "PNG" else _renumbered(data)
    with pytest.raises(InputRefused, match="corrections are damaged"):
        open_picture(broken)


def _renumbered(data: bytes) -> bytes:
    return data.replace(b"Understudy\0\x02", b"Understudy\0\x03")


def test_a_file_that_gets_too_large_is_refused() -> None:
    data = saved("PNG")
    with pytest.raises(InputRefused, match="image_url"):
        carrying(data, bytes(1000), max_bytes=len(data) + 500)
    assert len(data) < limits.PICTURE_MAX_BYTES
