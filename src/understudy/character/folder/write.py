"""Writing an open character: a folder of files that any paint program and text editor opens."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.character.corrections import NONE, Corrections
from understudy.character.figure.placed_joints import joints_of
from understudy.character.folder import description, landmark_file
from understudy.character.folder.description import Description, Written, digest_of
from understudy.character.image.png_files import encode_png, straight_from_premultiplied
from understudy.character.serialization import casting_version
from understudy.errors import InputRefused
from understudy.media.picture import Picture

PICTURE, MATTE, BACKGROUND = "picture.png", "matte.png", "background.png"
OPTION = "--output"
MATTE_GIVEN = "matte"
"""Stands in `written.given` for a matte that casting was given."""


def check_new_folder(folder: Path) -> None:
    """Refuse a folder that holds something, or that cannot be made; raises InputRefused."""
    if folder.exists() and not folder.is_dir():
        raise InputRefused(OPTION, found=f"'{folder}' is a file", allowed="name a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputRefused(
            OPTION, found=f"the folder '{folder}' is not empty", allowed="name a new folder"
        )
    check_parent(folder)


def check_parent(path: Path) -> None:
    """Refuse a path in a folder that does not exist; raises InputRefused."""
    if not path.parent.is_dir():
        raise InputRefused(
            OPTION, found=f"no such folder: '{path.parent}'", allowed="create it or name another"
        )


def write_folder(
    folder: Path,
    picture: Picture,
    character: Character,
    corrections: Corrections = NONE,
    *,
    version: str,
) -> None:
    """Write the character, complete or not at all.

    picture: of which the character was cast, with which corrections. version: the program's. Raises
    InputRefused where the folder holds something already.
    """
    check_new_folder(folder)
    files = _files(picture, character)
    described = _described(picture, character, corrections, files, version)
    text = json.dumps(described.to_json(), indent=1, ensure_ascii=False)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, data in files.items():
            (made / name).write_bytes(data)
        (made / description.FILE).write_text(_compact(text) + "\n", "utf-8")
        made.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _files(picture: Picture, character: Character) -> dict[str, bytes]:
    width, height = picture.rgb.shape[1], picture.rgb.shape[0]
    x, y = width / character.size[0], height / character.size[1]
    content = {
        PICTURE: encode_png(_picture_pixels(picture)),
        MATTE: encode_png(np.round(character.alpha * 255).astype(np.uint8)),
        BACKGROUND: encode_png(character.background),
        landmark_file.FILE: landmark_file.encode_landmarks(
            landmark_file.resized(character.landmarks, x, y)
        ),
    }
    for layer in character.layers:
        content[f"{layer.name}.png"] = encode_png(straight_from_premultiplied(layer.rgba))
    return content


def _picture_pixels(picture: Picture) -> NDArray[np.uint8]:
    """The picture as a file: without the backdrop that lies behind a transparent ground."""
    if picture.alpha is None or picture.backdrop is None:
        return picture.rgb
    alpha = picture.alpha[..., None].astype(np.float32) / 255
    behind = (1 - alpha) * np.array(picture.backdrop, np.float32)
    straight = np.where(alpha > 0, (picture.rgb - behind) / np.maximum(alpha, 1 / 255), 0)
    rgb = np.clip(np.round(straight), 0, 255).astype(np.uint8)
    return np.dstack([rgb, picture.alpha])


def _described(
    picture: Picture,
    character: Character,
    corrections: Corrections,
    files: Mapping[str, bytes],
    version: str,
) -> Description:
    height, width = picture.rgb.shape[:2]
    marks = landmark_file.resized(
        character.landmarks, width / character.size[0], height / character.size[1]
    )
    joints = {name: (round(x, 1), round(y, 1)) for name, (x, y) in joints_of(marks).items()}
    choices = corrections.left_arm, corrections.right_arm, corrections.legs
    return Description(
        canvas=character.size,
        joints=joints,
        left_arm=choices[0],
        right_arm=choices[1],
        legs=choices[2],
        layers=tuple(layer.name for layer in character.layers),
        traits=character.traits,
        warnings=character.warnings,
        written=Written(
            understudy=version,
            casting=casting_version(),
            files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
            edited_keys=digest_of(joints, *choices),
            given=(*corrections.joints, *(() if corrections.matte is None else (MATTE_GIVEN,))),
        ),
    )


def _compact(text: str) -> str:
    """JSON with each point on one line."""
    return re.sub(r"\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]", r"[\1, \2]", text)
