"""Opening a character that somebody made or edited, and casting it: files are used as they are.

It is a folder, or a layered PSD. What was not edited in a folder follows from what was:

- layers follow from picture, matte, joints and options, unless one of them, or their list, was
  edited: then all are used as they are, on the joints of `character.json`;
- the background follows from picture and matte;
- the matte follows from picture and joints, unless it was given to casting.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.character import Character
from understudy.character.corrections import Corrections
from understudy.character.figure.placed_joints import Joints, joints_of, move_joints
from understudy.character.folder import animated_drawings, description, landmark_file
from understudy.character.folder.description import read_description
from understudy.character.folder.kept_layers import (
    KeptLayers,
    Size,
    assembled,
    kept_layers,
    resized,
    written_layers,
)
from understudy.character.folder.layered_psd import LayeredPsd, is_psd, read_psd
from understudy.character.folder.write import BACKGROUND, MATTE, MATTE_GIVEN, PICTURE
from understudy.character.image.png_files import (
    ASPECT_TOLERANCE,
    decode_png,
    encode_png,
    matte_from_png,
)
from understudy.errors import InputRefused
from understudy.geometry.joint_names import JointName
from understudy.geometry.landmarks import Landmarks
from understudy.media.limits import PICTURE_FIELD
from understudy.media.picture import Picture, open_picture

if TYPE_CHECKING:
    from understudy.character.figure.find import Track

MAX_BYTES = 256 << 20
"""Of one file: a PNG of 24 megapixels has at most a third."""
JOINT_TOLERANCE = 0.06
"""Pixels: joints are written with one decimal."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenCharacter:
    """A character's files, opened and checked.

    picture: the one that it was made of. corrections: what casting takes as given wherever it has
    to cast. layers: None where they are cut anew. background: (h, w, 3) uint8, None where it
    is made anew. painted: the PSD whose layers take the place of those that casting cuts.
    """

    picture: Picture
    corrections: Corrections
    layers: KeptLayers | None = None
    background: NDArray[np.uint8] | None = None
    painted: LayeredPsd | None = None


def is_open_character(path: Path) -> bool:
    """Whether a path is a folder or a PSD, to be opened as a character, and no picture."""
    return path.is_dir() or is_psd(path)


def open_character(path: Path) -> OpenCharacter:
    """Open a folder that `write_folder` wrote, an AnimatedDrawings folder or a layered PSD.

    Raises InputRefused naming the file, the key or the layer that cannot be used, what was found
    and what is allowed.
    """
    return _open_psd(path) if is_psd(path) else _open_folder(path)


def _open_psd(path: Path) -> OpenCharacter:
    painted = read_psd(path)
    picture = open_picture(encode_png(painted.picture), field=path.name, max_bytes=MAX_BYTES)
    corrections = Corrections(
        joints=painted.joints,
        # Without a background the picture is transparent, and its transparency the matte.
        matte=None if painted.background is None else encode_png(painted.figure[..., 3]),
        left_arm="free" if "left_arm" in painted.layers else "auto",
        right_arm="free" if "right_arm" in painted.layers else "auto",
    )
    return OpenCharacter(picture, corrections, painted=painted)


def _open_folder(folder: Path) -> OpenCharacter:
    if (folder / description.FILE).is_file():
        return _open_written(folder)
    if (folder / animated_drawings.CONFIG).is_file():
        drawing = animated_drawings.read(folder)
        picture = open_picture(drawing.texture, field=animated_drawings.TEXTURE)
        matte_from_png(drawing.mask, picture.source_size, animated_drawings.MASK)
        return OpenCharacter(picture, Corrections(joints=drawing.joints, matte=drawing.mask))
    raise InputRefused(
        PICTURE_FIELD,
        found=f"the folder holds neither {description.FILE} nor {animated_drawings.CONFIG}",
        allowed="name a picture, a folder or a PSD that `understudy cast` wrote, or an "
        "AnimatedDrawings folder",
    )


def cast_open_character(
    opened: OpenCharacter,
    size: Size,
    *,
    cache: Cache | None = None,
    track: Track | None = None,
) -> Character:
    """The character on a canvas of `size` (w, h). Raises InputRefused as `cast` does."""
    kept = opened.layers
    if kept is not None and opened.background is not None:
        background = opened.background
    else:
        # Casting loads numba and SciPy, which a folder is opened without.
        from understudy.character.cast import cast

        made = cast(opened.picture, size, corrections=opened.corrections, cache=cache, track=track)
        if opened.painted is not None:
            from understudy.character.folder.painted_layers import with_painted_layers

            return with_painted_layers(made, opened.painted)
        background = made.background if opened.background is None else opened.background
        if kept is None:
            return replace(made, background=resized(background, size))
    return assembled(opened.picture, kept, background, size)


def _open_written(folder: Path) -> OpenCharacter:
    # 1. The files, and which of them were edited.
    described = read_description(_read(folder, description.FILE))
    names = [PICTURE, MATTE, BACKGROUND, landmark_file.FILE]
    names += [f"{layer}.png" for layer in described.layers]
    files = {name: _read(folder, name) for name in names}
    edited = {
        name
        for name, data in files.items()
        if described.written.files.get(name) != hashlib.sha256(data).hexdigest()
    }

    # 2. What was corrected.
    picture = open_picture(files[PICTURE], field=PICTURE, max_bytes=MAX_BYTES)
    alpha = matte_from_png(files[MATTE], described.canvas, MATTE)
    marks = landmark_file.decode_landmarks(files[landmark_file.FILE])
    moved = _moved_joints(described.joints, marks)
    given = described.written.given
    corrections = Corrections(
        joints=moved | {name: at for name, at in described.joints.items() if name in given},
        matte=files[MATTE] if MATTE in edited or MATTE_GIVEN in given else None,
        left_arm=described.left_arm,
        right_arm=described.right_arm,
        legs=described.legs,
    )

    # 3. What is used as it is.
    names_edited = set(described.layers) != written_layers(described)
    layers_edited = names_edited or any(f"{layer}.png" in edited for layer in described.layers)
    keys_edited = described.digest_of_edited_keys != described.written.edited_keys
    source_edited = bool({PICTURE, MATTE} & edited)
    layers = None
    if layers_edited or not (keys_edited or source_edited):
        marks = move_joints(marks, moved, picture.source_size)
        layers = kept_layers(described, files, alpha, marks, picture)
    background = None
    if BACKGROUND in edited or not source_edited:
        background = decode_png(files[BACKGROUND], BACKGROUND)[..., :3]
        _check_aspect(background, described.canvas)
    return OpenCharacter(picture, corrections, layers, background)


def _read(folder: Path, name: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        allowed = "put it back"
        if name.removesuffix(".png") in description.LAYER_NAMES:
            allowed += f", or take it out of 'layers' in {description.FILE}"
        raise InputRefused(name, found="the file is missing", allowed=allowed) from None
    except OSError as error:
        raise InputRefused(name, found="the file cannot be read", allowed="make it readable") from (
            error
        )
    if len(data) > MAX_BYTES:
        raise InputRefused(
            name, found="the file is too large", allowed=f"use at most {MAX_BYTES >> 20} MB"
        )
    return data


def _moved_joints(joints: Joints, marks: Landmarks) -> dict[JointName, tuple[float, float]]:
    """The joints that are elsewhere than the landmarks that were written."""
    before = joints_of(marks)
    return {
        name: place
        for name, place in joints.items()
        if max(abs(place[0] - before[name][0]), abs(place[1] - before[name][1])) > JOINT_TOLERANCE
    }


def _check_aspect(background: NDArray[np.uint8], canvas: Size) -> None:
    height, width = background.shape[:2]
    if abs(width / height / (canvas[0] / canvas[1]) - 1) > ASPECT_TOLERANCE:
        raise InputRefused(
            BACKGROUND,
            found=f"the size is {width} x {height} px",
            allowed=f"use the picture's aspect, such as {canvas[0]} x {canvas[1]} px",
        )
