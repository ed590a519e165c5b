"""Opening pictures."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from zlib_ng import zlib_ng

from tests.media.media_maker import ADAM7, linear_profile, png_chunk, write_clip, write_png
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.picture import open_picture, probe_picture
from understudy.media.picture.open import HeadTooShort

QUICK = Image.Quantize.FASTOCTREE


def shades(width: int = 420, height: int = 330) -> np.ndarray:
    """A smooth picture with a different colour in every corner."""
    y, x = np.mgrid[0:height, 0:width]
    planes = (x * 255 // width, y * 255 // height, 255 - (x + y) * 255 // (width + height))
    return np.dstack(planes).astype(np.uint8)


def saved(image: Image.Image | np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(
        stream, kind, **options
    )
    return stream.getvalue()


def with_alpha(rgb: np.ndarray) -> np.ndarray:
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    alpha[60:-60, 100:-100] = 255
    alpha[100:120, 150:170] = 128
    return np.dstack([rgb, alpha])


def test_a_png_comes_as_it_is() -> None:
    rgb = shades()
    data = saved(rgb)
    picture = open_picture(data)
    assert np.array_equal(picture.rgb, rgb)
    assert picture.alpha is None
    assert picture.backdrop is None
    assert picture.source_size == (420, 330)
    assert picture.digest == hashlib.sha256(data).hexdigest()


def test_a_file_and_its_bytes_are_the_same_picture(tmp_path: Path) -> None:
    path = tmp_path / "renamed.gif"
    path.write_bytes(saved(shades(), "JPEG"))
    assert np.array_equal(open_picture(path).rgb, open_picture(path.read_bytes()).rgb)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_all_eight_exif_orientations_are_turned_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
    data = saved(shades(), kind, exif=exif, **options)
    picture = open_picture(data)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    assert np.array_equal(picture.rgb, expected)
    assert picture.source_size == expected.shape[1::-1]


def test_a_broken_exif_block_turns_nothing() -> None:
    data = saved(shades(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff garbage")
    assert open_picture(data).source_size == (420, 330)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        pytest.param(Image.fromarray(shades()).convert("L"), "L", id="grey"),
        pytest.param(Image.fromarray(shades()).convert("1"), "1", id="two-levels"),
        pytest.param(Image.fromarray(shades()).quantize(64, method=QUICK), "P", id="palette"),
    ],
)
def test_grey_and_palette_become_rgb(image: Image.Image, expected: str) -> None:
    assert image.mode == expected
    assert np.array_equal(open_picture(saved(image)).rgb, np.asarray(image.convert("RGB")))


def test_sixteen_bit_samples_keep_their_high_byte() -> None:
    samples = np.arange(330 * 420, dtype=np.uint16).reshape(330, 420, 1)
    picture = open_picture(write_png(samples, 0, 16))
    assert np.array_equal(picture.rgb, np.repeat(samples >> 8, 3, axis=2))


def test_a_transparent_palette_entry_is_the_matte() -> None:
    index = np.zeros((330, 420, 1), np.uint16)
    index[50:-50, 50:-50] = 1
    chunks = [(b"PLTE", bytes([0, 0, 0, 200, 30, 40])), (b"tRNS", b"\x00")]
    picture = open_picture(write_png(index, 3, 8, chunks=chunks))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha > 0, index[:, :, 0] == 1)
    assert tuple(picture.rgb[165, 210]) == (200, 30, 40)


@pytest.mark.parametrize(("depth", "colour_type"), [(8, 0), (16, 0), (8, 2), (16, 2)])
def test_a_transparent_colour_is_the_matte(depth: int, colour_type: int) -> None:
    channels = 3 if colour_type == 2 else 1
    samples = np.full((330, 420, channels), 7, np.uint16)
    samples[50:-50, 50:-50] = 90 << (8 if depth == 16 else 0)
    key = (7).to_bytes(2, "big") * channels
    picture = open_picture(write_png(samples, colour_type, depth, chunks=[(b"tRNS", key)]))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha > 0, samples[:, :, 0] != 7)
    assert tuple(picture.rgb[165, 210]) == (90, 90, 90)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_the_matte_and_its_ground_a_plain_backdrop(mode: str) -> None:
    image = Image.fromarray(with_alpha(shades())).convert(mode)
    picture = open_picture(saved(image))
    assert picture.alpha is not None
    assert np.array_equal(picture.alpha, np.asarray(image.getchannel("A")))
    assert picture.backdrop is not None
    ground = picture.rgb[picture.alpha == 0]
    assert np.array_equal(ground, np.broadcast_to(picture.backdrop, ground.shape))
    inside = picture.alpha == 255
    assert np.array_equal(picture.rgb[inside], np.asarray(image.convert("RGB"))[inside])


def test_alpha_that_hides_nothing_is_none() -> None:
    opaque = np.dstack([shades(), np.full((330, 420), 255, np.uint8)])
    assert open_picture(saved(opaque)).alpha is None


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(InputRefused, match="transparent everywhere"):
        open_picture(saved(np.zeros((400, 400, 4), np.uint8)))


def test_what_lies_unseen_under_alpha_does_not_bleed_into_a_reduced_picture() -> None:
    image = np.zeros((800, 800, 4), np.uint8)
    image[:, :, 0] = 255
    image[101:700, 101:700] = (0, 200, 0, 255)
    picture = open_picture(saved(image), short_side=200)
    assert picture.rgb.shape[:2] == (200, 200)
    assert picture.alpha is not None
    edge = (picture.alpha > 0) & (picture.alpha < 255)
    assert edge.any()
    assert picture.backdrop is not None
    assert picture.rgb[edge][:, 0].max() <= max(picture.backdrop)


@pytest.mark.parametrize(("tone", "near"), [(250, "dark"), (10, "light"), (120, "light")])
def test_the_backdrop_stands_off_from_the_figure(tone: int, near: str) -> None:
    image = with_alpha(np.full((330, 420, 3), tone, np.uint8))
    backdrop = open_picture(saved(image)).backdrop
    assert backdrop is not None
    assert abs(np.mean(backdrop) - tone) > 60
    assert (np.mean(backdrop) > 200) == (near == "light")


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    rgb = shades()
    data = saved(Image.fromarray(rgb).convert("CMYK"), "JPEG", quality=95)
    assert np.abs(open_picture(data).rgb.astype(int) - rgb).mean() < 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_embedded_profile_is_brought_to_srgb(kind: str) -> None:
    grey = np.full((330, 420, 3), 55, np.uint8)
    options = {"quality": 100} if kind == "JPEG" else {}
    picture = open_picture(saved(grey, kind, icc_profile=linear_profile(), **options))
    linear = 55 / 255
    expected = 255 * (1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(picture.rgb.astype(float) - expected).max() < 2.5


def test_a_grey_profile_is_brought_to_srgb() -> None:
    grey = Image.new("L", (420, 330), 55)
    picture = open_picture(saved(grey, icc_profile=linear_profile(b"GRAY")))
    assert np.abs(picture.rgb.astype(float) - 128).max() < 3


@pytest.mark.parametrize("profile", [b"garbage", linear_profile(b"GRAY"), linear_profile()[:200]])
def test_a_profile_that_does_not_fit_is_left_out(profile: bytes) -> None:
    rgb = shades()
    assert np.array_equal(open_picture(saved(rgb, icc_profile=profile)).rgb, rgb)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_decoded_reduced_but_never_below_what_is_wanted(kind: str) -> None:
    data = saved(shades(2100, 1650), kind)
    picture = open_picture(data, short_side=330)
    assert picture.source_size == (2100, 1650)
    assert 330 <= min(picture.rgb.shape[:2]) < 2 * 330
    small = np.asarray(Image.fromarray(shades(2100, 1650)).resize(picture.rgb.shape[1::-1]))
    assert np.abs(picture.rgb.astype(int) - small).mean() < 2
    assert open_picture(data, short_side=5000).rgb.shape == (1650, 2100, 3)


def other_formats() -> list[tuple[bytes, str]]:
    image = Image.fromarray(shades())
    return [
        (saved(image, "WEBP"), "WebP"),
        (saved(image, "GIF"), "GIF"),
        (saved(image, "BMP"), "BMP"),
        (saved(image, "TIFF"), "TIFF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500), "HEIC"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>', "SVG"),
        (b"<html><body>404</body></html>", "an HTML page"),
        (bytes(1000), "an unknown format"),
    ]


@pytest.mark.parametrize(("data", "name"), other_formats())
def test_other_formats_are_refused_by_name_whatever_they_are_called(
    data: bytes, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    for look in (open_picture, probe_picture):
        with pytest.raises(InputRefused, match=name) as caught:
            look(path)
        assert caught.value.field == "image_url"
        assert caught.value.allowed == "allowed: jpg, jpeg and png"


def test_a_video_is_refused_as_one(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="mp4"):
        open_picture(write_clip(tmp_path / "clip.png", frames=2))


def test_empty_large_and_missing_files_are_refused(tmp_path: Path) -> None:
    empty, large = tmp_path / "empty.png", tmp_path / "large.png"
    empty.touch()
    with large.open("wb") as file:
        file.truncate(limits.PICTURE_MAX_BYTES + 1)
    with pytest.raises(InputRefused, match="the file is empty"):
        open_picture(empty)
    with pytest.raises(InputRefused, match=r"10\.01 MB; at most 10 MB is allowed"):
        open_picture(large)
    with pytest.raises(InputRefused, match="format"):
        open_picture(large, max_bytes=limits.PICTURE_MAX_BYTES_TASKS_DESIGN)
    with pytest.raises(InputRefused, match="cannot be read") as caught:
        open_picture(tmp_path / "none.png")
    assert str(tmp_path) not in str(caught.value)


def test_the_field_is_the_callers() -> None:
    with pytest.raises(InputRefused) as caught:
        open_picture(b"x", field="frontal_image")
    assert caught.value.field == "frontal_image"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_file_cut_off_anywhere_is_refused(kind: str) -> None:
    data = saved(shades(), kind)
    for part in (0.01, 0.1, 0.5, 0.9, 0.99):
        with pytest.raises(InputRefused, match=r"cut off|damaged"):
            open_picture(data[: int(len(data) * part)])


def test_a_wrong_checksum_is_named() -> None:
    data = bytearray(saved(shades()))
    at = data.index(b"IDAT") + 40
    data[at] ^= 1
    with pytest.raises(InputRefused, match=r"damaged \(checksum of its 'IDAT' part is wrong\)"):
        open_picture(bytes(data))


def test_garbage_rows_with_a_right_checksum_are_refused() -> None:
    head = write_png(np.zeros((400, 400, 3), np.uint16), 2, 8)
    at = head.index(b"IDAT") - 4
    for body in (b"\x00garbage", zlib.compress(bytes(50)), zlib.compress(b"\x09" * 480400)):
        data = head[:at] + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
        with pytest.raises(InputRefused, match="damaged"):
            open_picture(data)


def test_text_that_unpacks_to_a_gigabyte_is_never_unpacked() -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(64 << 20), 9)
    rgb = shades()
    data = saved(rgb)
    at = data.index(b"IDAT") - 4
    text = png_chunk(b"zTXt", bomb) + png_chunk(b"iCCP", b"x\0\0" + bomb[9:])
    assert np.array_equal(open_picture(data[:at] + text + data[at:]).rgb, rgb)


def test_a_header_that_claims_other_sides_is_refused() -> None:
    data = bytearray(saved(shades()))
    data[16:24] = (50000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    with pytest.raises(InputRefused, match="cut off"):
        open_picture(bytes(data))


def test_what_follows_the_end_of_a_picture_is_not_read() -> None:
    rgb = shades()
    assert np.array_equal(open_picture(saved(rgb) + b"PK\x03\x04 a zip behind it").rgb, rgb)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_damage_provokes_anything_but_a_refusal(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(DAMAGED)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(3, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    try:
        picture = open_picture(bytes(whole))
    except InputRefused:
        return
    assert picture.rgb.shape[2] == 3


DAMAGED = (
    saved(shades(), "JPEG"),
    saved(shades(), "JPEG", progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01"),
    saved(shades(), icc_profile=linear_profile()),
    saved(Image.fromarray(shades()).quantize(16, method=QUICK)),
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (saved(shades()), (420, 330, "png", False)),
        (saved(with_alpha(shades())), (420, 330, "png", True)),
        (
            saved(Image.fromarray(shades()).quantize(8, method=QUICK), transparency=0),
            (420, 330, "png", True),
        ),
        (saved(shades(), "JPEG"), (420, 330, "jpeg", False)),
    ],
)
def test_a_header_tells_what_a_picture_is(data: bytes, expected: tuple[object, ...]) -> None:
    info = probe_picture(data)
    assert (info.width, info.height, info.format, info.has_alpha) == expected
    assert info.bytes == len(data)
    assert probe_picture(data[:2000], total_bytes=len(data)) == info


def test_a_beginning_too_short_for_the_header_asks_for_more() -> None:
    data = saved(shades(), "JPEG", exif=b"Exif\0\0" + bytes(3000))
    with pytest.raises(HeadTooShort):
        probe_picture(data[:1000], total_bytes=len(data))
    with pytest.raises(InputRefused, match="cut off inside its header"):
        probe_picture(data[:1000])


def test_a_small_picture_is_refused_by_its_sides() -> None:
    with pytest.raises(InputRefused, match="the size is 100 x 420 px"):
        open_picture(saved(shades(100, 420)))


def giant_jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    """A grey JPEG of which every block takes two zero bits (progressive: one, nothing but DC)."""

    def segment(marker: int, body: bytes) -> bytes:
        return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body

    one_code = bytes([1]) + bytes(15) + b"\0"
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    blocks = -(-width // 8) * -(-height // 8)
    return (
        b"\xff\xd8"
        + segment(0xDB, b"\0" + b"\x08" * 64)
        + segment(0xC2 if progressive else 0xC0, frame)
        + segment(0xC4, b"\x00" + one_code)
        + segment(0xC4, b"\x10" + one_code)
        + segment(0xDA, b"\x01\x01\x00\x00" + (b"\x00" if progressive else b"\x3f") + b"\x00")
        + bytes(-(-(1 if progressive else 2) * blocks // 8))
        + b"\xff\xd9"
    )


def giant_png(width: int, height: int) -> bytes:
    """An RGB PNG of zeros with every filter, packed as one run of rows over and over."""
    rows = b"".join(bytes([kind]) + bytes(3 * width) for kind in range(5)) * 16
    times, rest = divmod(height * (1 + 3 * width), len(rows))
    packer = zlib_ng.compressobj(6, wbits=-15)
    # After a full flush nothing is remembered, so that every run is packed alike.
    packed = packer.compress(rows) + packer.flush(zlib_ng.Z_FULL_FLUSH)
    last = zlib_ng.compressobj(6, wbits=-15)
    body = b"\x78\x9c" + packed * times + last.compress(rows[:rest]) + last.flush()
    checksum, one = 1, zlib_ng.adler32(rows)
    for _ in range(times):
        checksum = joined_adler32(checksum, one, len(rows))
    checksum = zlib_ng.adler32(rows[:rest], checksum)
    return png_of(body + checksum.to_bytes(4, "big"), width, height, interlaced=False)


def joined_adler32(one: int, other: int, length: int) -> int:
    """The checksum of two runs of bytes, of theirs and the second's length (RFC 1950, 8.2)."""
    low = (one & 0xFFFF) + (other & 0xFFFF) - 1
    high = (one >> 16) + (other >> 16) + length * ((one & 0xFFFF) - 1)
    return high % 65521 << 16 | low % 65521


def interlaced_png(width: int, height: int) -> bytes:
    """An interlaced RGB PNG of zeros with every filter."""
    packer = zlib_ng.compressobj(6)
    parts = []
    for x0, y0, dx, dy in ADAM7:
        row = bytes(3 * -(-(width - x0) // dx))
        rows = range(-(-(height - y0) // dy))
        parts.extend(packer.compress(bytes([y % 5]) + row) for y in rows)
    parts.append(packer.flush())
    return png_of(b"".join(parts), width, height, interlaced=True)


def png_of(body: bytes, width: int, height: int, *, interlaced: bool) -> bytes:
    """The file of compressed RGB rows."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    parts = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)


MEASURE = """
import json, resource, sys
from pathlib import Path
from understudy.media.picture.open import open_picture
picture = open_picture(Path(sys.argv[1]), short_side=1080)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([picture.source_size, picture.rgb.shape, peak // 1024]))
"""


@pytest.mark.parametrize("kind", ["png", "jpeg", "progressive"])
def test_the_largest_pictures_open_in_little_memory(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "giant"
    # Decoded as a whole, half as much again as is allowed.
    size = (26000, 20000) if kind == "png" else (60000, 26200)
    if kind == "png":
        path.write_bytes(giant_png(*size))
    else:
        path.write_bytes(giant_jpeg(*size, progressive=kind == "progressive"))
    assert path.stat().st_size < limits.PICTURE_MAX_BYTES
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    source, shape, mebibytes = json.loads(done.stdout)
    assert tuple(source) == size
    assert 1080 <= min(shape[:2]) < 2 * 1080
    assert mebibytes < 1024


@pytest.mark.parametrize(("colour_type", "depth", "keyed"), [(2, 8, False), (0, 16, True)])
def test_a_giant_opens_at_the_smallest_size_that_it_is_asked_for(
    colour_type: int, depth: int, keyed: bool
) -> None:
    size = (330, 340) if keyed else (5000, 5000)
    samples = np.full((size[1], size[0], 3 if colour_type == 2 else 1), 200, np.uint16)
    samples[: size[1] // 2] = 100
    chunks = [(b"tRNS", b"\0\x07")] if keyed else []
    picture = open_picture(write_png(samples, colour_type, depth, chunks=chunks), short_side=2)
    assert min(picture.rgb.shape[:2]) >= 2
    assert picture.source_size == size


def test_pixels_of_one_bit_cost_no_more_than_pixels_of_eight() -> None:
    """Twice as long would do: without unpacking whole rows it was twenty times."""
    size = (9000, 9000)
    taken = {}
    for depth in (8, 1):
        row = bytes(1 + size[0] * depth // 8)
        body = zlib.compress(row * size[1], 1)
        header = struct.pack(">IIBBBBB", *size, depth, 0, 0, 0, 0)
        parts = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
        data = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)
        open_picture(data, short_side=200)
        began = time.process_time()
        open_picture(data, short_side=200)
        taken[depth] = time.process_time() - began
    assert taken[1] < 4 * taken[8]


def test_an_interlaced_giant_opens_too() -> None:
    picture = open_picture(interlaced_png(9000, 5000), short_side=1000)
    assert picture.rgb.shape == (1000, 1800, 3)


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    data = saved(shades(), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    scan = data[at:-2]
    with pytest.raises(InputRefused, match="too many scans"):
        open_picture(data[:-2] + scan * 200 + data[-2:])


def test_the_scans_of_a_large_jpeg_are_weighed_by_its_pixels() -> None:
    data = giant_jpeg(19000, 19000, progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(InputRefused, match="too many scans"):
        open_picture(data[:-2] + scan * 11 + data[-2:], max_bytes=10**9)
