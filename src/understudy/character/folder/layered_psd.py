"""A character as one layered PSD: layers or groups with the names of a character's layers.

Groups are flattened first, with the blend modes, masks and opacity that psd-tools knows
(https://psd-tools.readthedocs.io). A group named `joints` may hold a layer for each joint: the
middle of what it shows is the joint's place.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from understudy.character.character import Character, LayerName
from understudy.character.figure.placed_joints import Joints, joints_of
from understudy.character.folder.description import LAYER_NAMES
from understudy.character.folder.write import OPTION, check_parent
from understudy.character.image.png_files import MAX_PIXELS, straight_from_premultiplied
from understudy.errors import InputRefused
from understudy.geometry.joint_names import JOINTS, JointName
from understudy.media import file_types
from understudy.media.output.atomic import UnfinishedFile

if TYPE_CHECKING:
    from psd_tools import PSDImage
    from psd_tools.api.layers import Layer as PsdLayer

MAX_BYTES = 1 << 30
"""Of a file: a layer of 24 megapixels has 96 MB before it is packed."""
SUFFIX = ".psd"
BACKGROUND, JOINT_GROUP = "background", "joints"
_KNOWN = (*LAYER_NAMES, BACKGROUND, JOINT_GROUP)
_HEADER = struct.Struct(">4s10xII")
"""Signature, height and width, as the format's specification has them
(https://www.adobe.com/devnet-apps/photoshop/fileformatashtml/)."""
_DOT_RADIUS = 5
"""px: of the mark of a joint in a written file, large enough to be picked."""
_DOT_COLOURS = {"left": (255, 140, 0, 255), "right": (0, 140, 255, 255)}
"""sRGB, by the side of the joint; the nose, which has none, is pink."""
_NO_SIDE = (230, 0, 120, 255)
# What psd-tools raises for bytes that are no sound PSD.
_BROKEN = (
    *(ValueError, AssertionError, KeyError, IndexError, TypeError, AttributeError),
    *(struct.error, EOFError, OSError, NotImplementedError, RecursionError, OverflowError),
)

Rgba = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class LayeredPsd:
    """What a layered PSD shows.

    layers: back to front, (h, w, 4) uint8 sRGB, not premultiplied; `body` is among them.
    background: the same, None where the file has none. joints: those that are marked, in pixels.
    """

    layers: Mapping[LayerName, Rgba]
    background: Rgba | None
    joints: Joints

    @property
    def figure(self) -> Rgba:
        """The layers laid over each other, (h, w, 4) uint8, not premultiplied."""
        return _laid_over(list(self.layers.values()))

    @property
    def picture(self) -> Rgba:
        """The figure before its background, if there is one; (h, w, 4) uint8."""
        behind = [] if self.background is None else [self.background]
        return _laid_over([*behind, *self.layers.values()])


def is_psd(path: Path) -> bool:
    """Whether a path is a PSD file, by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file_types.name_format(file.read(file_types.HEAD_BYTES)) == "Photoshop"


def read_psd(path: Path) -> LayeredPsd:
    """Read a layered PSD.

    Raises InputRefused naming the file or the layer: a file that is damaged or too large, a layer
    whose name is unknown, no `body`, a joint that does not exist or that shows nothing.
    """
    data = _read(path)
    with _refusing_what_is_broken(path.name):
        from psd_tools import PSDImage

        image = PSDImage.open(io.BytesIO(data))
        named = _named(image, path.name)
        joints = _joints(named.pop(JOINT_GROUP, None), path.name)
        flat = {name: _flattened(layer, image) for name, layer in named.items()}
    if "body" not in flat or not flat["body"][..., 3].any():
        raise InputRefused(
            f"{path.name}: body",
            found="there is no such layer, or it is hidden or empty",
            allowed="give the figure's layer or group the name 'body', or save a picture as PNG",
        )
    return LayeredPsd(
        layers={part: flat[part] for name in flat for part in LAYER_NAMES if part == name},
        background=flat.get(BACKGROUND),
        joints=joints,
    )


def check_new_psd(path: Path) -> None:
    """Refuse a file that exists or that cannot be made; raises InputRefused."""
    if path.exists():
        raise InputRefused(OPTION, found=f"'{path}' exists already", allowed="name a new file")
    check_parent(path)


def write_psd(path: Path, character: Character) -> None:
    """Write a character as a layered PSD at its own size, complete or not at all.

    Layers are cut at the canvas: what goes on below it is made anew when the file is read. The
    joints are hidden.
    """
    from psd_tools import PSDImage

    height = character.size[1]
    image = PSDImage.new("RGB", character.size)
    image.create_pixel_layer(Image.fromarray(character.background), name=BACKGROUND)
    for layer in character.layers:
        whole = Image.fromarray(straight_from_premultiplied(layer.rgba[:height]))
        box = whole.getchannel("A").getbbox()
        if box is not None:
            image.create_pixel_layer(whole.crop(box), name=layer.name, left=box[0], top=box[1])
    dots = [
        image.create_pixel_layer(
            _dot(name), name=name, top=round(y) - _DOT_RADIUS, left=round(x) - _DOT_RADIUS
        )
        for name, (x, y) in joints_of(character.landmarks).items()
    ]
    image.create_group(layer_list=dots, name=JOINT_GROUP).visible = False
    with UnfinishedFile(path) as part:
        image.save(part.path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputRefused(
            path.name, found="the file cannot be read", allowed="make it readable"
        ) from error
    if len(data) > MAX_BYTES:
        raise InputRefused(
            path.name, found="the file is too large", allowed=f"use at most {MAX_BYTES >> 20} MB"
        )
    with _refusing_what_is_broken(path.name):
        _, height, width = _HEADER.unpack_from(data)
    if width * height > MAX_PIXELS:
        raise InputRefused(
            path.name,
            found=f"the size is {width} x {height} px",
            allowed=f"use at most {MAX_PIXELS // 1_000_000} megapixels",
        )
    return data


@contextmanager
def _refusing_what_is_broken(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise InputRefused(
            name,
            found="the file is not a PSD that can be read, or it is damaged",
            allowed="save it anew, with 8 bits a channel in RGB",
        ) from error


def _named(image: PSDImage, file: str) -> dict[str, PsdLayer]:
    """The layers and groups at the top by their names, back to front; hidden ones left out.

    What is clipped to a layer belongs to it.
    """
    named: dict[str, PsdLayer] = {}
    for layer in image:
        name = _plain(layer.name)
        if layer.clipping or not (layer.is_visible() or name == JOINT_GROUP):
            continue
        if name not in _KNOWN:
            raise InputRefused(
                f"{file}: {layer.name}",
                found="there is no such part of a character",
                allowed=f"hide the layer, or put it into a group named {', '.join(_KNOWN)}",
            )
        if name in named:
            raise InputRefused(
                f"{file}: {layer.name}",
                found="two layers have this name",
                allowed="put both into one group of this name",
            )
        named[name] = layer
    return named


def _plain(name: str) -> str:
    """A layer's name as people write it: 'Left arm', 'left-arm' and 'left_arm' are one."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _members(group: PsdLayer) -> Iterable[PsdLayer]:
    return group if isinstance(group, Iterable) else ()


def _flattened(layer: PsdLayer, image: PSDImage) -> Rgba:
    """A layer or group by itself, (h, w, 4) uint8 sRGB of the whole canvas."""
    shown = layer.composite(viewport=(0, 0, image.width, image.height))
    if shown is None:
        return np.zeros((image.height, image.width, 4), np.uint8)
    return np.array(shown.convert("RGBA"))


def _joints(group: PsdLayer | None, file: str) -> dict[JointName, tuple[float, float]]:
    joints: dict[JointName, tuple[float, float]] = {}
    for dot in () if group is None else _members(group):
        name = next((each for each in JOINTS if each == _plain(dot.name)), None)
        if name is None:
            raise InputRefused(
                f"{file}: {JOINT_GROUP}/{dot.name}",
                found="there is no such joint",
                allowed=f"use one of {', '.join(JOINTS)}",
            )
        box = _shown_box(dot)
        if box is None:
            raise InputRefused(
                f"{file}: {JOINT_GROUP}/{dot.name}",
                found="the layer is empty",
                allowed="paint a dot where the joint is, or delete the layer",
            )
        joints[name] = ((box[0] + box[2] - 1) / 2, (box[1] + box[3] - 1) / 2)
    return joints


def _shown_box(layer: PsdLayer) -> tuple[int, int, int, int] | None:
    """(left, top, right, bottom) of what a layer shows, in pixels; None where that is nothing."""
    pixels = layer.topil() if layer.kind == "pixel" else None
    if pixels is None:
        return None if layer.width == 0 or layer.height == 0 else layer.bbox
    inner = pixels.convert("RGBA").getchannel("A").getbbox()
    if inner is None:
        return None
    x, y = layer.left, layer.top
    return x + inner[0], y + inner[1], x + inner[2], y + inner[3]


def _dot(joint: JointName) -> Image.Image:
    image = Image.new("RGBA", (2 * _DOT_RADIUS + 1,) * 2)
    colour = _DOT_COLOURS.get(joint.partition("_")[0], _NO_SIDE)
    ImageDraw.Draw(image).ellipse((0, 0, 2 * _DOT_RADIUS, 2 * _DOT_RADIUS), fill=colour)
    return image


def _laid_over(layers: Sequence[Rgba]) -> Rgba:
    """Layers laid over each other, the first at the back; (h, w, 4) uint8, not premultiplied."""
    image = Image.fromarray(layers[0])
    for layer in layers[1:]:
        image = Image.alpha_composite(image, Image.fromarray(layer))
    return np.array(image)
