"""Colours as a picture's own profile means them, brought to sRGB."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_SPACE_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An image of mode L, RGB or CMYK as RGB in sRGB; same size.

    profile: the embedded ICC profile, or None. A profile that is broken, or made for another
    colour space than the image's, is left out of account, as viewers do.
    """
    if profile and image.mode in _SPACE_OF_MODE:
        converted = _convert(image, profile)
        if converted is not None:
            return converted
    return image.convert("RGB")


def _convert(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACE_OF_MODE[image.mode]:
            return None
        if image.mode == "RGB" and "srgb" in (source.profile.profile_description or "").lower():
            return image.convert("RGB")
        return ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
