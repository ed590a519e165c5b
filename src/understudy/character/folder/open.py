"""Opening a character's folder and casting it: edited files are used as they are.

What was not edited follows from what was:

- layers follow from picture, matte, joints and options, unless one of them, or their list, was
  edited: then all are used as they are, on the joints of `character.json`;
- the background follows from picture and matte;
- the matte follows from picture and joints, unless it was given to casting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.character import Character, Layer, LayerName, Traits
from understudy.character.corrections import Corrections
from understudy.character.figure.placed_joints import Joints, joints_of, move_joints
from understudy.character.folder import animated_drawings, description, landmark_file
from understudy.character.folder.description import Description, read_description
from understudy.character.folder.write import BACKGROUND, MATTE, MATTE_GIVEN, PICTURE
from understudy.character.image.png_files import (
    ASPECT_TOLERANCE,
    decode_png,
    matte_from_png,
    premultiplied_from_straight,
)
from understudy.character.simpler import merged_into_body
from understudy.errors import InputRefused
from understudy.geometry.arm_states import ArmChoice, ArmState
from understudy.geometry.joint_names import JointName
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.media.limits import PICTURE_FIELD
from understudy.media.picture import Picture, open_picture

if TYPE_CHECKING:
    from understudy.character.figure.find import Track

MAX_BYTES = 256 << 20
"""Of one file: a PNG of 24 megapixels has at most a third."""
JOINT_TOLERANCE = 0.06
"""Pixels: joints are written with one decimal."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class KeptLayers:
    """The layers of a folder that are used as they are, and what else they stand for.

    size: (w, h) of their canvas. alpha: (h, w) float32. landmarks: in its pixels.
    """

    size: Size
    layers: tuple[Layer, ...]
    alpha: Float32
    landmarks: Landmarks
    traits: Traits
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CharacterFolder:
    """A character's folder, opened and checked.

    picture: the one that it was made of. corrections: what casting takes as given wherever it has
    to cast. layers: None where they are cut anew. background: (h, w, 3) uint8, None where it
    is made anew.
    """

    picture: Picture
    corrections: Corrections
    layers: KeptLayers | None = None
    background: NDArray[np.uint8] | None = None


def open_folder(folder: Path) -> CharacterFolder:
    """Open an open character or an AnimatedDrawings folder.

    Raises InputRefused naming the file or the key that cannot be used, what was found and what is
    allowed.
    """
    if (folder / description.FILE).is_file():
        return _open_character(folder)
    if (folder / animated_drawings.CONFIG).is_file():
        drawing = animated_drawings.read(folder)
        picture = open_picture(drawing.texture, field=animated_drawings.TEXTURE)
        matte_from_png(drawing.mask, picture.source_size, animated_drawings.MASK)
        return CharacterFolder(picture, Corrections(joints=drawing.joints, matte=drawing.mask))
    raise InputRefused(
        PICTURE_FIELD,
        found=f"the folder holds neither {description.FILE} nor {animated_drawings.CONFIG}",
        allowed="name a picture, a folder that `understudy cast` wrote, or an AnimatedDrawings "
        "folder",
    )


def cast_folder(
    folder: CharacterFolder,
    size: Size,
    *,
    cache: Cache | None = None,
    track: Track | None = None,
) -> Character:
    """The folder's character on a canvas of `size` (w, h). Raises InputRefused as `cast` does."""
    kept = folder.layers
    if kept is not None and folder.background is not None:
        background = folder.background
    else:
        # Casting loads numba and SciPy, which a folder is opened without.
        from understudy.character.cast import cast

        made = cast(folder.picture, size, corrections=folder.corrections, cache=cache, track=track)
        background = made.background if folder.background is None else folder.background
        if kept is None:
            return replace(made, background=_resized(background, size))
    return _assembled(folder.picture, kept, background, size)


def _open_character(folder: Path) -> CharacterFolder:
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
    )

    # 3. What is used as it is.
    names_edited = set(described.layers) != _written_layers(described)
    layers_edited = names_edited or any(f"{layer}.png" in edited for layer in described.layers)
    keys_edited = described.digest_of_edited_keys != described.written.edited_keys
    source_edited = bool({PICTURE, MATTE} & edited)
    layers = None
    if layers_edited or not (keys_edited or source_edited):
        marks = move_joints(marks, moved, picture.source_size)
        layers = _kept(described, files, alpha, marks, picture)
    background = None
    if BACKGROUND in edited or not source_edited:
        background = decode_png(files[BACKGROUND], BACKGROUND)[..., :3]
        _check_aspect(background, described.canvas)
    return CharacterFolder(picture, corrections, layers, background)


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


def _written_layers(described: Description) -> set[str]:
    return {name for name in description.LAYER_NAMES if f"{name}.png" in described.written.files}


def _moved_joints(joints: Joints, marks: Landmarks) -> dict[JointName, tuple[float, float]]:
    """The joints that are elsewhere than the landmarks that were written."""
    before = joints_of(marks)
    return {
        name: place
        for name, place in joints.items()
        if max(abs(place[0] - before[name][0]), abs(place[1] - before[name][1])) > JOINT_TOLERANCE
    }


def _kept(
    described: Description,
    files: Mapping[str, bytes],
    alpha: Float32,
    marks: Landmarks,
    picture: Picture,
) -> KeptLayers:
    size = described.canvas
    layers = tuple(_layer(name, files[f"{name}.png"], described) for name in described.layers)
    traits = described.traits
    states: list[ArmState] = []
    arms: tuple[tuple[LayerName, ArmChoice, ArmState], ...] = (
        ("left_arm", described.left_arm, traits.left_arm),
        ("right_arm", described.right_arm, traits.right_arm),
    )
    for name, choice, state in arms:
        # An arm that was never a layer of its own is a part of the body's and bends with it.
        grown = state == "free" and name not in _written_layers(described)
        there = grown or any(layer.name == name for layer in layers)
        if choice == "free" and not there:
            raise InputRefused(
                f"{description.FILE}: options.{name}",
                found=f"the arm is 'free', but there is no {name}.png among edited layers",
                allowed="add the layer, or use 'auto'",
            )
        if choice == "fixed" and there:
            layers = merged_into_body(layers, name)
        rest: ArmState = "fixed" if state == "free" else state
        states.append("free" if there and choice != "fixed" else rest)
    x, y = size[0] / picture.source_size[0], size[1] / picture.source_size[1]
    return KeptLayers(
        size=size,
        layers=layers,
        alpha=alpha,
        landmarks=landmark_file.resized(marks, x, y),
        traits=replace(traits, left_arm=states[0], right_arm=states[1]),
        warnings=described.warnings,
    )


def _layer(name: LayerName, data: bytes, described: Description) -> Layer:
    rgba = decode_png(data, f"{name}.png")
    width, height = described.canvas[0], described.canvas[1] + described.traits.pad
    if rgba.shape[:2] != (height, width):
        raise InputRefused(
            f"{name}.png",
            found=f"the size is {rgba.shape[1]} x {rgba.shape[0]} px",
            allowed=f"use {width} x {height} px",
        )
    return Layer(name, premultiplied_from_straight(rgba))


def _assembled(
    picture: Picture, kept: KeptLayers, background: NDArray[np.uint8], size: Size
) -> Character:
    x, y = size[0] / kept.size[0], size[1] / kept.size[1]
    traits = kept.traits
    pad = round(traits.pad * y)
    hem = None if traits.hem_y is None else traits.hem_y * y
    return Character(
        size=size,
        picture=_resized(picture.rgb, size),
        alpha=np.clip(_resized_values(kept.alpha, size), 0, 1),
        background=_resized(background, size),
        layers=tuple(
            Layer(layer.name, np.clip(_resized_values(layer.rgba, (size[0], size[1] + pad)), 0, 1))
            for layer in kept.layers
        ),
        landmarks=landmark_file.resized(kept.landmarks, x, y),
        traits=replace(traits, pad=pad, hem_y=hem),
        warnings=kept.warnings,
    )


def _check_aspect(background: NDArray[np.uint8], canvas: Size) -> None:
    height, width = background.shape[:2]
    if abs(width / height / (canvas[0] / canvas[1]) - 1) > ASPECT_TOLERANCE:
        raise InputRefused(
            BACKGROUND,
            found=f"the size is {width} x {height} px",
            allowed=f"use the picture's aspect, such as {canvas[0]} x {canvas[1]} px",
        )


def _resized(image: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    if image.shape[1::-1] == size:
        return np.ascontiguousarray(image)
    way = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)


def _resized_values(values: Float32, size: Size) -> Float32:
    """Premultiplied layers and mattes: without the rings that a sharper filter draws."""
    if values.shape[1::-1] == size:
        return values
    way = cv2.INTER_AREA if values.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, size, interpolation=way), np.float32)
