"""The layers of a character's folder that are used as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer, LayerName, Traits
from understudy.character.folder import description, landmark_file
from understudy.character.folder.description import Description
from understudy.character.image.png_files import decode_png, premultiplied_from_straight
from understudy.character.simpler import merged_into_body
from understudy.errors import InputRefused
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.geometry.limb_states import ArmChoice, ArmState
from understudy.media.picture import Picture

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


def kept_layers(
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
        grown = state == "free" and name not in written_layers(described)
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


def written_layers(described: Description) -> set[str]:
    return {name for name in description.LAYER_NAMES if f"{name}.png" in described.written.files}


def assembled(
    picture: Picture, kept: KeptLayers, background: NDArray[np.uint8], size: Size
) -> Character:
    x, y = size[0] / kept.size[0], size[1] / kept.size[1]
    traits = kept.traits
    pad = round(traits.pad * y)
    hem = None if traits.hem_y is None else traits.hem_y * y
    return Character(
        size=size,
        picture=resized(picture.rgb, size),
        alpha=np.clip(resized_values(kept.alpha, size), 0, 1),
        background=resized(background, size),
        layers=tuple(
            Layer(layer.name, np.clip(resized_values(layer.rgba, (size[0], size[1] + pad)), 0, 1))
            for layer in kept.layers
        ),
        landmarks=landmark_file.resized(kept.landmarks, x, y),
        traits=replace(traits, pad=pad, hem_y=hem),
        warnings=kept.warnings,
    )


def resized(image: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    if image.shape[1::-1] == size:
        return np.ascontiguousarray(image)
    way = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(image, size, interpolation=way), np.uint8)


def resized_values(values: Float32, size: Size) -> Float32:
    """Premultiplied layers and mattes: without the rings that a sharper filter draws."""
    if values.shape[1::-1] == size:
        return values
    way = cv2.INTER_AREA if values.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, size, interpolation=way), np.float32)
