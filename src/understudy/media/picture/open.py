"""Opening a picture: what it is by content, its limits, its pixels upright in sRGB."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.media.picture import backdrop, embedded, exif, jpeg, png
from understudy.media.picture.colour_profile import to_srgb

PictureSource = Path | bytes
PictureFormat = Literal["jpeg", "png"]

# A PNG above this many pixels is decoded row by row into its reduced size, and no picture is handed
# on larger than this.
MAX_WHOLE_PIXELS = 24_000_000
# A JPEG whose coefficients take more than this in libjpeg is decoded at an eighth without it.
_MAX_COEFFICIENT_BYTES = 800 * 1024 * 1024


class HeadTooShort(Exception):  # noqa: N818 - not an error of the picture's
    """The bytes given are the beginning of a picture and end before its header does."""


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What a picture's header tells.

    width, height: pixels as stored (an EXIF quarter turn exchanges them on opening).
    format: by content. bytes: of the whole file. has_alpha: pixels can be transparent.
    """

    width: int
    height: int
    format: PictureFormat
    bytes: int
    has_alpha: bool


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture opened: upright, sRGB, possibly reduced.

    rgb: (H, W, 3) uint8; where the ground is transparent it lies on `backdrop`.
    alpha: (H, W) uint8, the matte that came with the picture; None where it is opaque.
    source_size: (w, h) of the file, upright, before any reduction.
    digest: SHA-256 of the file, hexadecimal.
    backdrop: the sRGB colour put behind a transparent ground; None where alpha is None.
    carried: the data that travels in its file, see `embedded`; None where there is none.
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    source_size: tuple[int, int]
    digest: str
    backdrop: tuple[int, int, int] | None = None
    carried: bytes | None = None


def probe_picture(
    source: PictureSource,
    *,
    field: str = limits.PICTURE_FIELD,
    max_bytes: int = limits.PICTURE_MAX_BYTES,
    total_bytes: int | None = None,
) -> PictureInfo:
    """Check a picture's format, size in bytes, sides and aspect by its header alone.

    source: a file, or the picture's bytes, or only their beginning when `total_bytes` says how many
    there are in all. Raises InputRefused naming `field`, or HeadTooShort when a beginning was given
    that ends inside the header.
    """
    data = _read(source, field=field, max_bytes=max_bytes)
    total = len(data) if total_bytes is None else total_bytes
    limits.check_bytes(total, max_bytes=max_bytes, field=field)
    name = file_types.name_format(data[: file_types.HEAD_BYTES])
    try:
        if name == "png":
            header, has_alpha = png.read_header(data)
            info = PictureInfo(header.width, header.height, "png", total, has_alpha)
        elif name == "jpeg":
            frame = jpeg.read_header(data)
            info = PictureInfo(frame.width, frame.height, "jpeg", total, False)
        else:
            raise _refused(field, f"the picture is {file_types.is_or_a(name)}")
    except (png.HeaderMissing, jpeg.HeaderMissing) as error:
        if len(data) < total:
            raise HeadTooShort from error
        raise _refused(field, str(error)) from error
    except (png.BrokenPng, jpeg.BrokenJpeg) as error:
        raise _refused(field, str(error)) from error
    limits.check_picture_size(info.width, info.height, field=field)
    return info


def open_picture(
    source: PictureSource,
    *,
    short_side: int | None = None,
    field: str = limits.PICTURE_FIELD,
    max_bytes: int = limits.PICTURE_MAX_BYTES,
) -> Picture:
    """Open a picture within the contract's limits, turned upright and in sRGB.

    short_side: how many pixels the short side has to have at least; the picture is decoded at the
    smallest whole fraction of its size that keeps them (never enlarged, and a giant PNG at no less
    than a 128th). None keeps the full size up to 24 megapixels. Memory stays within some hundred
    megabytes for any picture of the limits.

    Raises InputRefused naming `field`: another format than JPEG and PNG, limits exceeded, a file
    that is damaged or cut off.
    """
    data = _read(source, field=field, max_bytes=max_bytes)
    info = probe_picture(data, field=field, max_bytes=max_bytes)
    factor = _reduction(info.width, info.height, short_side)
    try:
        if info.format == "jpeg":
            rgb, alpha, orientation = _open_jpeg(data, info, factor)
            carried = embedded.read_jpeg(data)
        else:
            rgb, alpha, orientation = _open_png(data, factor)
            carried = embedded.read_png(data)
    except (png.BrokenPng, jpeg.BrokenJpeg) as error:
        raise _refused(field, str(error)) from error
    rgb = exif.apply_orientation(rgb, orientation)
    ground = None
    if alpha is not None:
        alpha = exif.apply_orientation(alpha, orientation)
        if int(alpha.max()) == 0:
            raise _refused(field, "the picture is transparent everywhere")
        ground = backdrop.choose_backdrop(rgb, alpha)
        rgb = backdrop.lay_on(rgb, alpha, ground)
    return Picture(
        rgb=rgb,
        alpha=alpha,
        source_size=(info.height, info.width)
        if exif.swaps_sides(orientation)
        else (info.width, info.height),
        digest=hashlib.sha256(data).hexdigest(),
        backdrop=ground,
        carried=carried,
    )


def carrying(
    source: PictureSource,
    carried: bytes | None,
    *,
    field: str = limits.PICTURE_FIELD,
    max_bytes: int = limits.PICTURE_MAX_BYTES,
) -> bytes:
    """A picture's file with other data in it, or with none; its pixels stay as they are.

    carried: at most `embedded.MAX_BYTES`. max_bytes: of the file, without the data and with it.
    Raises InputRefused naming `field` as `open_picture` does.
    """
    data = _read(source, field=field, max_bytes=max_bytes)
    info = probe_picture(data, field=field, max_bytes=max_bytes)
    put = embedded.with_jpeg if info.format == "jpeg" else embedded.with_png
    try:
        made = put(data, carried)
    except (png.BrokenPng, jpeg.BrokenJpeg) as error:
        raise _refused(field, str(error)) from error
    limits.check_bytes(len(made), max_bytes=max_bytes, field=field)
    return made


def _read(source: PictureSource, *, field: str, max_bytes: int) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with source.open("rb") as file:
                data = file.read(max_bytes + 1)
            found = source.stat().st_size if len(data) > max_bytes else len(data)
        except OSError as error:
            raise InputRefused(
                field, found="the file cannot be read", allowed="use a readable file"
            ) from error
        limits.check_bytes(found, max_bytes=max_bytes, field=field)
    limits.check_bytes(len(data), max_bytes=max_bytes, field=field)
    return data


def _reduction(width: int, height: int, short_side: int | None) -> int:
    """The whole number by which sides are divided on decoding."""
    factor = 1
    if short_side is not None:
        factor = max(1, min(width, height) // short_side)
    while (width // factor) * (height // factor) > MAX_WHOLE_PIXELS:
        factor += 1
    return factor


def _open_jpeg(data: bytes, info: PictureInfo, factor: int) -> tuple[NDArray[np.uint8], None, int]:
    header = jpeg.read_header(data)
    least = (-(-info.width // factor), -(-info.height // factor))
    if header.coefficient_bytes > _MAX_COEFFICIENT_BYTES:
        # Compiled code, and seldom needed.
        from understudy.media.picture.jpeg_dc import decode_eighth

        image = decode_eighth(data, header)
    else:
        image = jpeg.decode(data, least=least)
    rest = min(image.width // least[0], image.height // least[1])
    if rest > 1:
        image = image.reduce(rest)
    rgb = np.array(to_srgb(image, jpeg.read_profile(data)), np.uint8)
    return rgb, None, exif.read_orientation(jpeg.read_exif(data))


def _open_png(data: bytes, factor: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, int]:
    parts = png.parse(data)
    header = parts.header
    # Pillow knows a transparent colour by 8 bits only.
    keyed = header.colour_type in (0, 2) and header.depth != 8 and parts.transparency is not None
    if keyed or header.width * header.height > MAX_WHOLE_PIXELS:
        # Compiled code, and seldom needed.
        from understudy.media.picture.png_rows import MAX_FACTOR, decode_reduced

        rgba = decode_reduced(parts, min(factor, MAX_FACTOR))
        image = Image.fromarray(np.ascontiguousarray(rgba[:, :, :3]))
        alpha = rgba[:, :, 3] if parts.has_alpha else None
    else:
        image, alpha = png.decode(parts, reduce=factor)
    if alpha is not None and int(alpha.min()) == 255:
        alpha = None
    return (
        np.array(to_srgb(image, parts.profile), np.uint8),
        None if alpha is None else np.ascontiguousarray(alpha),
        exif.read_orientation(parts.exif),
    )


def _refused(field: str, found: str) -> InputRefused:
    return InputRefused(field, found=found, allowed=limits.PICTURE_FORMATS_ALLOWED)
