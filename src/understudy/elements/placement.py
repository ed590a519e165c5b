"""Placing a character in another's picture: its layers on the other's background."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer, LayerName
from understudy.geometry.framing import EXTENT
from understudy.geometry.landmarks import SIDES_EXCHANGED, Body, Float32, Landmarks

Float64 = NDArray[np.float64]

_EARS = (Body.LEFT_EAR, Body.RIGHT_EAR)
_SHOULDERS = (Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER)
_HIPS = (Body.LEFT_HIP, Body.RIGHT_HIP)
_ANKLES = (Body.LEFT_ANKLE, Body.RIGHT_ANKLE)
_MIRRORED: dict[LayerName, LayerName] = {"left_arm": "right_arm", "right_arm": "left_arm"}


@dataclass(frozen=True, slots=True)
class PlacementNumbers:
    """How a figure is placed in another picture. T is the torso's length. All set by eye."""

    same_clothes: float = 22.0  # 8-bit Lab: clothes that differ by more are different clothes
    corrected: float = 0.8  # share of a difference in light that is removed
    profile: float = 0.12  # T: half the width of a trunk in profile that is surely clothes
    least_clothes: int = 200  # px: fewer say nothing about the light
    solid: float = 0.9  # alpha from which a pixel shows clothes
    average_below: float = 0.7  # scale: below, pixels are averaged first
    floor: float = 0.92  # of the height of an empty scene: where the ankles stand
    height: float = 0.66  # of the height of an empty scene: from ankles to ears


NUMBERS = PlacementNumbers()


def place(character: Character, onto: Character) -> Character:
    """The character at the size and in the place of the figure of `onto`, before its background.

    Feet stand where its feet stand and the height from ankles to ears is the same; of figures that
    are not shown down to the feet, necks and trunks are laid on one another, and necks and heads of
    one that is seen from the side.
    """
    scale, shift = _fit(character, onto)
    width, height = onto.size
    pad = onto.traits.pad
    layers = tuple(
        Layer(layer.name, _moved(layer.rgba, scale, shift, (width, height + pad)))
        for layer in character.layers
    )
    alpha = _moved(character.alpha, scale, shift, onto.size)
    layers = _with_light_of(layers, character, onto)
    traits = character.traits
    return replace(
        character,
        size=onto.size,
        picture=_moved(character.picture, scale, shift, onto.size),
        alpha=alpha,
        background=onto.background,
        layers=layers,
        landmarks=_landmarks(character.landmarks, scale, shift),
        traits=replace(
            traits,
            framing=min(traits.framing, onto.traits.framing, key=EXTENT.__getitem__),
            hem_y=None if traits.hem_y is None else float(scale * traits.hem_y + shift[1]),
            head_cut=traits.head_cut or onto.traits.head_cut,
            casts_shadow=onto.traits.casts_shadow,
            pad=pad,
        ),
        views={},
    )


def mirrored(character: Character) -> Character:
    """The character mirrored: its left side becomes its right side."""
    width = character.size[0]
    marks = character.landmarks
    exchanged = list(SIDES_EXCHANGED)

    def turned(points: Float32 | None) -> Float32 | None:
        if points is None:
            return None
        there = points.copy()
        there[:, 0] = width - 1 - there[:, 0]
        return there

    body = turned(marks.body[exchanged])
    assert body is not None
    world = marks.world[exchanged] * np.array([-1, 1, 1], np.float32)
    traits = character.traits
    near = traits.near and ("right" if traits.near == "left" else "left")
    return replace(
        character,
        picture=np.ascontiguousarray(character.picture[:, ::-1]),
        alpha=np.ascontiguousarray(character.alpha[:, ::-1]),
        background=np.ascontiguousarray(character.background[:, ::-1]),
        layers=tuple(
            Layer(_MIRRORED.get(layer.name, layer.name), np.ascontiguousarray(layer.rgba[:, ::-1]))
            for layer in character.layers
        ),
        landmarks=Landmarks(body, world, turned(marks.right_hand), turned(marks.left_hand), None),
        traits=replace(
            traits, left_arm=traits.right_arm, right_arm=traits.left_arm, near=near or None
        ),
    )


def _fit(character: Character, onto: Character) -> tuple[float, Float64]:
    """Scale and shift (2,) that take the one figure to the other's place."""
    mine, theirs = character.landmarks.body, onto.landmarks.body
    if character.traits.framing == onto.traits.framing == "whole_body":
        scale = _span(theirs, _EARS, _ANKLES) / _span(mine, _EARS, _ANKLES)
        feet, ground = _ground(mine), _ground(theirs)
        return scale, ground - scale * feet
    # Hips near the edge are guessed, and from the side not as from the front.
    beside = character.traits.near is not None
    upper, lower = (_EARS, _SHOULDERS) if beside else (_SHOULDERS, _HIPS)
    scale = _span(theirs, upper, lower) / _span(mine, upper, lower)
    return scale, _middle(theirs, _SHOULDERS) - scale * _middle(mine, _SHOULDERS)


def _middle(body: Float32, pair: tuple[int, int]) -> Float64:
    return np.asarray(body[list(pair), :2].astype(np.float64).mean(axis=0))


def _span(body: Float32, upper: tuple[int, int], lower: tuple[int, int]) -> float:
    return max(4.0, float(np.linalg.norm(_middle(body, lower) - _middle(body, upper))))


def _ground(body: Float32) -> Float64:
    """Between the ankles, at the height of the lower one."""
    ankles = body[list(_ANKLES), :2].astype(np.float64)
    return np.array([ankles[:, 0].mean(), ankles[:, 1].max()])


def _moved(
    image: NDArray[Any], scale: float, shift: Float64, size: tuple[int, int]
) -> NDArray[Any]:
    """An image (h, w[, c]) scaled, shifted and cut to `size` (w, h); empty where it does not
    reach."""
    way = cv2.INTER_LINEAR
    if scale < NUMBERS.average_below:
        # Averaging first: a bilinear sample sees but four pixels.
        less = 1.0 / np.ceil(1.0 / scale)
        small = (round(image.shape[1] * less), round(image.shape[0] * less))
        image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
        scale = scale / less
    # The middle of the first pixel lies half a pixel inside.
    offset = shift + 0.5 * scale - 0.5
    matrix = np.array([[scale, 0.0, offset[0]], [0.0, scale, offset[1]]])
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=way))


def _landmarks(marks: Landmarks, scale: float, shift: Float64) -> Landmarks:
    scaled = marks.scaled(scale)
    body = scaled.body.copy()
    body[:, :2] += shift.astype(np.float32)

    def moved(points: Float32 | None) -> Float32 | None:
        if points is None:
            return None
        there = points.copy()
        there[:, :2] += shift.astype(np.float32)
        return there

    return Landmarks(
        body, scaled.world, moved(scaled.left_hand), moved(scaled.right_hand), moved(scaled.face)
    )


def _with_light_of(
    layers: tuple[Layer, ...], character: Character, onto: Character
) -> tuple[Layer, ...]:
    """The layers corrected for the other picture's light and white balance, judged by the clothes
    on the trunk."""
    mine, theirs = _clothes(character), _clothes(onto)
    if mine is None or theirs is None:
        return layers
    shift = theirs - mine
    if float(np.abs(shift).max()) > NUMBERS.same_clothes:
        return layers
    return tuple(
        Layer(layer.name, _tinted(layer.rgba, NUMBERS.corrected * shift)) for layer in layers
    )


def _clothes(character: Character) -> Float32 | None:
    """The median colour of the trunk, (3,) 8-bit Lab; None where little of it is shown."""
    body = character.landmarks.body
    corners = body[[*_SHOULDERS, _HIPS[1], _HIPS[0]], :2].astype(np.float64)
    if character.traits.near is not None:
        # In profile the two sides are one: the trunk is as wide as it is deep.
        half = NUMBERS.profile * _span(body, _SHOULDERS, _HIPS)
        corners[:, 0] += np.array([half, -half, -half, half])
    inside = np.zeros(character.alpha.shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(corners).astype(np.int32)], 1)
    trunk = (inside > 0) & (character.alpha > NUMBERS.solid)
    if trunk.sum() < NUMBERS.least_clothes:
        return None
    pixels = character.picture[trunk][None]
    lab = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2LAB)[0]
    return np.asarray(np.median(lab, axis=0), np.float32)


def _tinted(rgba: Float32, shift: Float32) -> Float32:
    """A premultiplied layer with its colours moved by `shift` (3,), 8-bit Lab."""
    alpha = rgba[..., 3:]
    straight = np.clip(rgba[..., :3] / np.maximum(alpha, 1e-4), 0.0, 1.0)
    lab = cv2.cvtColor(straight.astype(np.float32), cv2.COLOR_RGB2LAB)
    there = np.asarray(lab + shift * np.array([100 / 255, 1.0, 1.0]), np.float32)
    colours = np.clip(cv2.cvtColor(there, cv2.COLOR_LAB2RGB), 0.0, 1.0)
    return np.concatenate([colours * alpha, alpha], axis=-1).astype(np.float32)


def scene_for(character: Character, scene: NDArray[np.uint8]) -> Character:
    """A stand-in for `place` to put another character onto, in the middle of a scene.

    scene: (h, w, 3) uint8 sRGB, a picture without a figure, at the output's size. A figure that is
    cut below stands as in its own picture.
    """
    height, width = scene.shape[:2]
    body = character.landmarks.body
    if character.traits.framing == "whole_body":
        scale = NUMBERS.height * height / _span(body, _EARS, _ANKLES)
        shift = np.array([width / 2, NUMBERS.floor * height]) - scale * _ground(body)
        pad = 0
    else:
        scale = height / character.size[1]
        shift = np.array([width / 2 - scale * character.size[0] / 2, 0.0])
        pad = round(scale * character.traits.pad)
    whole = character.traits.framing == "whole_body"
    return replace(
        character,
        size=(width, height),
        picture=scene,
        alpha=np.zeros((height, width), np.float32),
        background=scene,
        layers=(),
        landmarks=_landmarks(character.landmarks, scale, shift),
        traits=replace(character.traits, casts_shadow=whole, pad=pad),
        views={},
    )
