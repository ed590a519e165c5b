"""PNG files of a character: mattes, layers and backgrounds, as paint programs write them."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from understudy.errors import InputRefused
from understudy.geometry.landmarks import Float32

MAX_PIXELS = 64_000_000
"""More is never decoded: a layer in `pro` has less than 6 million."""
ASPECT_TOLERANCE = 0.02
"""By how much a matte's aspect may differ from the picture's: sides are rounded to pixels."""


def decode_png(data: bytes, name: str) -> NDArray[np.uint8]:
    """A PNG of any kind as (h, w, 4) uint8 sRGB, not premultiplied.

    name: of the file, for messages. Raises InputRefused where the bytes are no PNG, are damaged or
    have more than `MAX_PIXELS`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise InputRefused(
                    name,
                    found=f"the size is {width} x {height} px",
                    allowed=f"use at most {MAX_PIXELS // 1_000_000} megapixels",
                )
            if image.mode.startswith("I"):
                grey = np.asarray(image, np.float32) / 257
                rgb = np.repeat(np.round(grey).astype(np.uint8)[..., None], 3, axis=2)
                return np.dstack([rgb, np.full(grey.shape, 255, np.uint8)])
            return np.array(image.convert("RGBA"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputRefused(
            name, found="the file is not a PNG, or it is damaged", allowed="save it as PNG"
        ) from error


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """(h, w), (h, w, 3) or (h, w, 4) uint8 as a PNG."""
    out = io.BytesIO()
    # Files are for a paint program: they may be a little larger and are written at once.
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "PNG", compress_level=3)
    return out.getvalue()


def matte_from_png(data: bytes, size: tuple[int, int], name: str) -> Float32:
    """A matte's (h, w) float32 in 0..1 at `size` (w, h).

    Where the file is transparent anywhere, its alpha is the matte, else its brightness. Raises
    InputRefused: no PNG, another aspect than `size`, or nothing in it.
    """
    rgba = decode_png(data, name)
    height, width = rgba.shape[:2]
    if abs(width / height / (size[0] / size[1]) - 1) > ASPECT_TOLERANCE:
        raise InputRefused(
            name,
            found=f"the size is {width} x {height} px",
            allowed=f"use the picture's aspect, such as {size[0]} x {size[1]} px",
        )
    alpha = rgba[..., 3]
    if int(alpha.min()) == 255:
        alpha = np.asarray(cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY), np.uint8)
    way = cv2.INTER_AREA if width > size[0] else cv2.INTER_LINEAR
    matte = cv2.resize(alpha.astype(np.float32) / 255, size, interpolation=way)
    if not (matte > 0.5).any():
        raise InputRefused(
            name, found="the matte is empty", allowed="paint the figure white, the rest black"
        )
    return np.clip(matte, 0, 1).astype(np.float32)


def straight_from_premultiplied(rgba: Float32) -> NDArray[np.uint8]:
    """(h, w, 4) float32 premultiplied as (h, w, 4) uint8 not premultiplied, as PNG has it."""
    alpha = rgba[..., 3:]
    colours = np.where(alpha > 1e-4, rgba[..., :3] / np.maximum(alpha, 1e-4), 0)
    straight = np.concatenate([np.clip(colours, 0, 1), np.clip(alpha, 0, 1)], axis=-1)
    return np.round(straight * 255).astype(np.uint8)


def premultiplied_from_straight(rgba: NDArray[np.uint8]) -> Float32:
    """The inverse of `straight_from_premultiplied`, but for rounding."""
    values = np.asarray(rgba / np.float32(255), np.float32)
    values[..., :3] *= values[..., 3:]
    return values
