"""What a take shows behind the character: the picture's background, the clip's scene, nothing, a
colour, a file.

A colour or a picture takes the place of the character's own background, so that it moves with the
camera and the character casts its shadow on it. A clip runs behind a character that is drawn alone.
The clip that is followed is another matter: there the character takes the driver's place.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from understudy.errors import InputRefused
from understudy.media import file_types, limits
from understudy.media.output.encodings import ENCODINGS, OutputName

if TYPE_CHECKING:  # They load numpy and codecs, which reading options must not.
    import numpy as np
    from numpy.typing import NDArray

    from understudy.character.character import Character
    from understudy.engines import Engine
    from understudy.media.clip import Clip
    from understudy.take.options import TakeMedia, TakeRequest

KEEP, CLIP, TRANSPARENT, FILE = "keep", "clip", "transparent", "file"
FIELD = "background"

# A background's clip may be as long and as large as an element's; it is repeated where it ends.
_CLIP_LIMITS = limits.ClipLimits(max_bytes=limits.ELEMENT_CLIP_MAX_BYTES, max_seconds=600)


def check_background(value: str) -> None:
    """Refuse a background that is neither a word nor a colour; raises InputRefused."""
    if value not in (KEEP, CLIP, TRANSPARENT, FILE):
        read_colour(value)


def check_transparency(background: str, name: OutputName) -> None:
    """Refuse a transparent take in a format that cannot be transparent; raises InputRefused."""
    encoding = ENCODINGS.get(f".{name}")
    if background == TRANSPARENT and encoding is not None and encoding.alpha_pixels is None:
        able = [suffix for suffix, one in ENCODINGS.items() if one.alpha_pixels]
        raise InputRefused(
            FIELD,
            found=f"a .{name} file cannot be transparent",
            allowed=f"write {', '.join(able)} or a folder of PNG files",
        )


def read_colour(value: str) -> tuple[int, int, int]:
    """The R, G, B of a colour's name or number, as CSS writes them. Raises InputRefused."""
    from PIL import ImageColor

    try:
        red, green, blue, *alpha = ImageColor.getrgb(value)
    except ValueError:
        alpha = [0]
    if alpha:
        raise InputRefused(
            FIELD,
            found=f"the value is {value!r}",
            allowed="use 'keep', 'clip', 'transparent', a colour such as '#00b140' or 'white', or "
            "a file",
        )
    return red, green, blue


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What stands behind the character in place of its own background.

    rgb: (h, w, 3) uint8 sRGB picture of any size, None for nothing or a clip. clip: what runs
    there. Both are None where nothing is behind it.
    """

    rgb: NDArray[np.uint8] | None = None
    clip: Clip | None = None

    @property
    def is_transparent(self) -> bool:
        """Whether nothing is behind the character."""
        return self.rgb is None and self.clip is None

    @property
    def drawn_alone(self) -> bool:
        """Whether the engine draws the character alone."""
        return self.rgb is None


def open_background(media: TakeMedia, request: TakeRequest, engine: Engine) -> Background | None:
    """What takes the background's place; None where it is kept, and where the engine draws the
    character in the clip's scene.

    Raises InputRefused for a file that cannot be used, and where the engine cannot draw it.
    """
    if request.background == KEEP:
        return None
    if request.background == CLIP:
        if not engine.info.replaces:
            raise InputRefused(
                FIELD,
                found=f"the engine '{engine.info.name}' cannot replace the person in the clip",
                allowed="use 'keep', or an engine that can, such as 'wan-animate'",
            )
        return None
    background = _open(media, request)
    _check_engine(background, engine)
    return background


def on_background(character: Character, background: Background) -> Character:
    """A character, its views with it, before another background.

    It casts a contact shadow on a picture, a colour or a clip if its feet are seen, and none on
    nothing: who puts the character somewhere knows where the ground is.
    """
    rgb = background.rgb
    traits = replace(
        character.traits,
        casts_shadow=not background.is_transparent and character.traits.framing == "whole_body",
    )
    return replace(
        character,
        background=character.background if rgb is None else covering(rgb, character.size),
        traits=traits,
        views={aspect: on_background(view, background) for aspect, view in character.views.items()},
    )


def covering(rgb: NDArray[np.uint8], size: limits.Size) -> NDArray[np.uint8]:
    """A picture (h, w, 3) scaled and cut evenly so that it covers a frame of `size` (w, h)."""
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    larger = max(size[0], round(width * scale)), max(size[1], round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(rgb, larger, interpolation=way)
    left, top = (larger[0] - size[0]) // 2, (larger[1] - size[1]) // 2
    return np.ascontiguousarray(scaled[top : top + size[1], left : left + size[0]], np.uint8)


def running(clip: Clip, size: limits.Size, fps: Fraction) -> Iterator[NDArray[np.uint8]]:
    """The frames of a clip that cover a frame of `size` (w, h), from its beginning on, again and
    again."""
    from understudy.media.clip import read_frames
    from understudy.media.clip.decode import Frame

    while True:
        frames: Generator[Frame] = read_frames(clip, fps=fps, threads=1)
        try:
            for frame in frames:
                yield covering(frame.rgb, size)
        finally:
            frames.close()


def _open(media: TakeMedia, request: TakeRequest) -> Background:
    if request.background == TRANSPARENT:
        return Background()
    if request.background == FILE:
        return _open_file(media.background, limits.OUTPUT_SHORT_SIDE[request.mode])
    import numpy as np

    colour = np.array(read_colour(request.background), np.uint8)
    return Background(rgb=np.broadcast_to(colour, (2, 2, 3)).copy())


def _open_file(path: Path | None, short_side: int) -> Background:
    from understudy.media.clip import open_clip
    from understudy.media.picture import open_picture

    if path is None:
        raise InputRefused(FIELD, found="no file is given", allowed="give a picture or a clip")
    try:
        with path.open("rb") as file:
            kind = file_types.name_format(file.read(file_types.HEAD_BYTES))
    except OSError as error:
        raise InputRefused(
            FIELD, found="the file cannot be read", allowed="use a readable file"
        ) from error
    if kind in limits.CLIP_FORMATS:
        clip = open_clip(path, orientation="video", field=FIELD, bounds=_CLIP_LIMITS)
        return Background(clip=clip)
    most = limits.PICTURE_MAX_BYTES_TASKS_DESIGN
    picture = open_picture(path, short_side=short_side, max_bytes=most, field=FIELD)
    return Background(rgb=picture.rgb)


def _check_engine(background: Background, engine: Engine) -> None:
    from understudy.engines import DrawsAlone

    able = "character" in engine.info.inputs
    if background.drawn_alone:
        able = isinstance(engine, DrawsAlone)
    if able:
        return
    others = ", a colour or a picture" if "character" in engine.info.inputs else ""
    raise InputRefused(
        FIELD,
        found=f"the engine '{engine.info.name}' draws character and background as one",
        allowed=f"use 'keep'{others}, or an engine that draws the character alone, such as "
        "'puppet'",
    )
