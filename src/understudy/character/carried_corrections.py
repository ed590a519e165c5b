"""Corrections that travel in a picture's own file, so that every take of the picture uses them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from understudy.character.corrections import NONE, ROOT, Corrections
from understudy.character.image.png_files import encode_png, matte_from_png
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.picture import Picture, PictureSource, carrying, open_picture
from understudy.media.picture.embedded import MAX_BYTES

# A file is opened at its least size where nothing but its sides are asked for.
_LEAST_SIDE = 32


def corrections_of(picture: Picture) -> Corrections:
    """The corrections in a picture's file; `NONE` where there are none.

    Raises InputRefused("image_url") where they cannot be used.
    """
    if picture.carried is None:
        return NONE
    try:
        values = json.loads(picture.carried)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InputRefused(
            limits.PICTURE_FIELD,
            found="the corrections in the picture's file are damaged",
            allowed="correct the picture anew, or use the one without corrections",
        )
    return Corrections.from_json(values, root=f"{limits.PICTURE_FIELD}: {ROOT}")


def with_corrections(
    source: PictureSource,
    corrections: Corrections,
    *,
    field: str = limits.PICTURE_FIELD,
    max_bytes: int = limits.PICTURE_MAX_BYTES,
) -> bytes:
    """The picture's file with these corrections in it, in place of those that it had.

    The matte is kept at the size of a take in mode `pro` at most. Raises InputRefused naming
    `field` for the picture, and the correction that cannot be used.
    """
    if not corrections:
        return carrying(source, None, field=field, max_bytes=max_bytes)
    if corrections.matte is not None:
        size = open_picture(
            source, short_side=_LEAST_SIDE, field=field, max_bytes=max_bytes
        ).source_size
        pro = limits.output_size(size[0], size[1], "pro")
        matte = matte_from_png(
            corrections.matte, min(size, pro, key=lambda side: side[0]), f"{ROOT}.matte"
        )
        small = encode_png(np.round(matte * 255).astype(np.uint8))
        corrections = replace(corrections, matte=small)
    text = json.dumps(corrections.to_json(), separators=(",", ":"))
    if len(text) > MAX_BYTES:
        raise InputRefused(
            f"{ROOT}.matte",
            found=f"the matte has {len(text) >> 10} kB",
            allowed=f"use one of at most {MAX_BYTES >> 10} kB",
        )
    return carrying(source, text.encode(), field=field, max_bytes=max_bytes)
