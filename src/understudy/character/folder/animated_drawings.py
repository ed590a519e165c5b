"""Characters of AnimatedDrawings: `char_cfg.yaml`, `texture.png` and `mask.png` in one folder.

The format is that project's (https://github.com/facebookresearch/AnimatedDrawings): a skeleton of
named joints in pixels of the texture, left and right being the figure's own. Its `neck` lies where
the nose is, its `torso` between the shoulders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from understudy.character.corrections import read_place
from understudy.character.figure.placed_joints import Joints
from understudy.character.image.png_files import decode_png
from understudy.errors import InputRefused
from understudy.geometry.joint_names import JointName

CONFIG, TEXTURE, MASK = "char_cfg.yaml", "texture.png", "mask.png"
MAX_CONFIG_BYTES = 256 * 1024
MAX_IMAGE_BYTES = 64 << 20

_JOINTS: Mapping[str, JointName] = {
    "neck": "nose",
    "left_shoulder": "left_shoulder",
    "right_shoulder": "right_shoulder",
    "left_elbow": "left_elbow",
    "right_elbow": "right_elbow",
    "left_hand": "left_wrist",
    "right_hand": "right_wrist",
    "left_hip": "left_hip",
    "right_hip": "right_hip",
    "left_knee": "left_knee",
    "right_knee": "right_knee",
    "left_foot": "left_ankle",
    "right_foot": "right_ankle",
}
_UNUSED = ("root", "hip", "torso")


@dataclass(frozen=True, slots=True, eq=False)
class AnimatedDrawing:
    """texture, mask: PNG files. joints: pixels of the texture."""

    texture: bytes
    mask: bytes
    joints: Joints


def read(folder: Path) -> AnimatedDrawing:
    """Read such a folder. Raises InputRefused naming the file or the joint."""
    config = _config(_read(folder, CONFIG, MAX_CONFIG_BYTES))
    texture, mask = (_read(folder, name, MAX_IMAGE_BYTES) for name in (TEXTURE, MASK))
    size = config.get("width"), config.get("height")
    for name, data in ((TEXTURE, texture), (MASK, mask)):
        height, width = decode_png(data, name).shape[:2]
        if (width, height) != size:
            raise InputRefused(
                name,
                found=f"the size is {width} x {height} px",
                allowed=f"use {size[0]} x {size[1]} px as {CONFIG} says",
            )
    return AnimatedDrawing(texture, mask, _joints(config.get("skeleton")))


def _config(data: bytes) -> Mapping[str, object]:
    import yaml

    try:
        values = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InputRefused(
            CONFIG, found="the file is not a YAML mapping", allowed="correct the file"
        )
    return values


def _joints(skeleton: object) -> dict[JointName, tuple[float, float]]:
    if not isinstance(skeleton, list):
        raise InputRefused(
            f"{CONFIG}: skeleton", found="there is no list of joints", allowed="list the joints"
        )
    joints: dict[JointName, tuple[float, float]] = {}
    for index, entry in enumerate(skeleton):
        name = entry.get("name") if isinstance(entry, dict) else None
        if name in _UNUSED:
            continue
        if not isinstance(name, str) or name not in _JOINTS:
            raise InputRefused(
                f"{CONFIG}: skeleton[{index}].name",
                found=f"the value is {name!r}",
                allowed=f"use one of {', '.join((*_UNUSED, *_JOINTS))}",
            )
        joints[_JOINTS[name]] = read_place(entry.get("loc"), f"{CONFIG}: {name}.loc")
    missing = [name for name, joint in _JOINTS.items() if joint not in joints]
    if missing:
        raise InputRefused(
            f"{CONFIG}: skeleton", found=f"'{missing[0]}' is missing", allowed="list every joint"
        )
    return joints


def _read(folder: Path, name: str, most: int) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise InputRefused(name, found="the file is missing", allowed="add it") from None
    except OSError as error:
        raise InputRefused(
            name, found="the file cannot be read", allowed="make it readable"
        ) from error
    if len(data) > most:
        raise InputRefused(
            name, found="the file is too large", allowed=f"use at most {most >> 10} KiB"
        )
    return data
