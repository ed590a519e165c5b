"""The preview of a character: its cut-out, parts and joints, and how it looks in test poses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.character.character import Character, LayerName
from understudy.engines import CharacterJudging, Engine, EngineJob
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import LIMB_BONES, with_knuckles
from understudy.media.output.atomic import UnfinishedFile
from understudy.media.output.encode import VideoWriter
from understudy.media.output.yuv import YuvConverter

Rgb = NDArray[np.uint8]

SUFFIXES = (".png", ".mp4")
_COLUMNS = 4
# The short side of a panel of a contact sheet, and the width of a joint's mark, both in pixels.
_PANEL, _MARK = 360, 3
# A checkerboard's two greys and the side of its squares in pixels.
_LIGHT, _DARK, _SQUARE = 0.92, 0.78, 12
# Share of a layer's tint in its own brightness.
_TINT = 0.6
_TINTS: dict[LayerName, tuple[float, float, float]] = {
    "far_leg": (0.55, 0.45, 0.85),
    "body": (0.45, 0.65, 0.95),
    "left_arm": (1.0, 0.55, 0.25),
    "right_arm": (0.35, 0.8, 0.4),
    "overlay": (0.95, 0.8, 0.2),
}
_JOINTS_VISIBLE = 0.3  # visibility from which on a joint is marked
_BONE_COLOUR, _JOINT_COLOUR = (40, 200, 255), (255, 60, 60)


def write_preview(engine: Engine, character: Character, path: Path) -> None:
    """Write a contact sheet (PNG) or a video (MP4) of the character.

    An engine that does not judge characters shows the cut-out, parts and joints alone.
    Raises CannotWrite.
    """
    if path.suffix.lower() == ".mp4":
        _write_video(engine, character, path)
    else:
        _write_sheet(engine, character, path)


def write_test_poses(engine: Engine, character: Character, path: Path) -> None:
    """Write the character in the test poses as a small video (MP4). Raises CannotWrite.

    An engine that does not judge characters shows the picture as it is.
    """
    scale = min(1.0, _PANEL / min(character.size))
    size = (2 * round(character.size[0] * scale / 2), 2 * round(character.size[1] * scale / 2))
    frames, fps = _in_motion(engine, character)
    with VideoWriter(path, size, fps) as video:
        for frame in frames:
            small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
            video.write_rgb(np.asarray(small, np.uint8))


def _write_sheet(engine: Engine, character: Character, path: Path) -> None:
    panels = [*_stills(character), character.background]
    if isinstance(engine, CharacterJudging):
        shown = set(engine.test_poses(character).shown.values())
        frames = enumerate(_performed(engine, engine, character))
        panels += [frame for index, frame in frames if index in shown]
    tiled = _tiled([_as_panel(panel) for panel in panels], _COLUMNS)
    with UnfinishedFile(path) as file:
        Image.fromarray(tiled).save(file.path, "PNG")


def _write_video(engine: Engine, character: Character, path: Path) -> None:
    width, height = character.size
    third = height // 3
    column = 2 * round(width / 6)
    strip = np.zeros((height, column, 3), np.uint8)
    for number, still in enumerate(_stills(character)):
        strip[number * third : (number + 1) * third] = cv2.resize(
            still, (column, third), interpolation=cv2.INTER_AREA
        )
    frames, fps = _in_motion(engine, character)
    with VideoWriter(path, (column + width, height), fps) as video:
        for frame in frames:
            video.write_rgb(np.hstack([strip, frame]))


def _in_motion(engine: Engine, character: Character) -> tuple[Iterator[Rgb], Fraction]:
    """The frames of the test poses, or the picture alone, and frames per second."""
    if isinstance(engine, CharacterJudging):
        return _performed(engine, engine, character), engine.test_poses(character).fps
    return iter([character.picture]), Fraction(25)


def _performed(engine: Engine, judging: CharacterJudging, character: Character) -> Iterator[Rgb]:
    """The frames of the test poses, (h, w, 3) uint8 sRGB."""
    poses = judging.test_poses(character)
    job = EngineJob(
        size=character.size,
        fps=poses.fps,
        frames=len(poses.performance),
        orientation="video",
        character=character,
        performance=poses.performance,
    )
    to_rgb = YuvConverter().rgb
    for frame in engine.frames(job):
        yield to_rgb(frame) if engine.info.pixels == "i420" else frame


def _stills(character: Character) -> tuple[Rgb, Rgb, Rgb]:
    """The cut-out, the parts in colours of their own, and the joints: (h, w, 3) uint8 each."""
    height = character.size[1]
    cut_out = parts = _checkerboard(character.size)
    for layer in character.layers:
        rgba = layer.rgba[:height]
        through = 1 - rgba[..., 3:]
        light = rgba[..., :3].mean(axis=-1, keepdims=True)
        tint = np.array(_TINTS[layer.name], np.float32)
        cut_out = cut_out * through + rgba[..., :3]
        parts = parts * through + (1 - _TINT) * light + _TINT * rgba[..., 3:] * tint
    return _as_bytes(cut_out), _as_bytes(parts), _with_joints(character)


def _with_joints(character: Character) -> Rgb:
    image = (character.picture // 2 + 64).astype(np.uint8)
    body = with_knuckles(character.landmarks.body)
    width = max(1, round(_MARK * min(character.size) / _PANEL))

    def pixel(joint: int) -> tuple[int, int]:
        x, y = body[joint, :2]
        return round(float(x)), round(float(y))

    def seen(joint: int) -> bool:
        return bool(body[joint, 3] > _JOINTS_VISIBLE)

    bones = [pair for pair in LIMB_BONES.values() if seen(pair[0]) and seen(pair[1])]
    for start, end in bones:
        cv2.line(image, pixel(start), pixel(end), _BONE_COLOUR, width, cv2.LINE_AA)
    for joint in {joint for pair in bones for joint in pair}:
        cv2.circle(image, pixel(joint), 2 * width, _JOINT_COLOUR, -1, cv2.LINE_AA)
    return image


def _checkerboard(size: tuple[int, int]) -> Float32:
    y, x = np.mgrid[: size[1], : size[0]] // _SQUARE
    grey = np.where((x + y) % 2 == 0, _LIGHT, _DARK).astype(np.float32)
    return np.repeat(grey[..., None], 3, axis=-1)


def _as_bytes(image: Float32) -> Rgb:
    return np.asarray(np.clip(np.rint(image * 255), 0, 255), np.uint8)


def _as_panel(image: Rgb) -> Rgb:
    height, width = image.shape[:2]
    scale = min(1.0, _PANEL / min(width, height))
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _tiled(panels: list[Rgb], columns: int) -> Rgb:
    height, width = panels[0].shape[:2]
    rows = -(-len(panels) // columns)
    tiled = np.full((rows * height, columns * width, 3), 255, np.uint8)
    for number, panel in enumerate(panels):
        top, left = number // columns * height, number % columns * width
        tiled[top : top + height, left : left + width] = panel
    return tiled
