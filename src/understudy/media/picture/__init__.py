"""Opening a picture: what it is by content, its limits, its pixels upright in sRGB."""

from understudy.media.picture.open import (
    Picture,
    PictureSource,
    carrying,
    open_picture,
    probe_picture,
)

__all__ = ["Picture", "PictureSource", "carrying", "open_picture", "probe_picture"]
