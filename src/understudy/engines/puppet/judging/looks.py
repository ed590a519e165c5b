"""Looking at a character: drawn small, at rest and in each test pose, figure and ground apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character, Layer
from understudy.engines.puppet.judging.poses import test_poses
from understudy.engines.puppet.puppet import Puppet
from understudy.engines.puppet.render.canvas import Canvas
from understudy.engines.puppet.render.colour import pack_frame
from understudy.engines.puppet.retarget import Motion, retarget
from understudy.engines.puppet.rig.rig import skeleton_of_character
from understudy.geometry.landmarks import Float32
from understudy.geometry.skeleton import Skeleton

Float64 = NDArray[np.float64]

SHORT_SIDE = 360
"""Pixels at which a character is judged: what is smaller than two of them nobody notices."""
_BLACK, _WHITE = 16.0, 235.0
"""Luma of both, BT.709 limited."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One pose as it is drawn.

    figure: (h, w, 4) float32: Y, Cb, Cr of the figure in 0..255, premultiplied, and its alpha in
        0..1.
    joints: (35, 2) float64, where the joints are, pixels.
    """

    figure: Float32
    joints: Float64

    @property
    def alpha(self) -> Float32:
        """(h, w) float32 in 0..1."""
        return np.asarray(self.figure[..., 3])


def small(character: Character) -> Character:
    """The character at the size at which it is judged."""
    width, height = character.size
    scale = min(1.0, SHORT_SIDE / min(width, height))
    size = (2 * round(scale * width / 2), 2 * round(scale * height / 2))
    pad = round(scale * character.traits.pad)
    hem = character.traits.hem_y
    # A shadow under the feet is no part of the figure.
    traits = replace(
        character.traits,
        pad=pad,
        hem_y=None if hem is None else scale * hem,
        casts_shadow=False,
    )

    def resized(image: NDArray[Any], rows: int) -> NDArray[Any]:
        return np.asarray(cv2.resize(image, (size[0], rows), interpolation=cv2.INTER_AREA))

    return replace(
        character,
        size=size,
        picture=resized(character.picture, size[1]),
        alpha=resized(character.alpha, size[1]),
        background=resized(character.background, size[1]),
        layers=tuple(
            Layer(layer.name, resized(layer.rgba, size[1] + pad)) for layer in character.layers
        ),
        landmarks=character.landmarks.scaled(scale),
        traits=traits,
        views={},
    )


def look_at(character: Character) -> tuple[Look, ...]:
    """The character at rest and in each of the test poses. character: see `small`."""
    poses = test_poses(character.landmarks, character.size)
    skeleton = skeleton_of_character(character)
    at_rest, *others = poses.shown.values()
    motion = retarget(poses.performance, skeleton, orientation="video")
    motion = _with_rest_at(motion, at_rest, skeleton)
    puppet = Puppet(character, skeleton, motion)
    ground = np.zeros((character.size[1], character.size[0], 3), np.uint8)
    black, white = (Canvas(pack_frame(ground + np.uint8(value))) for value in (0, 255))

    def look(index: int) -> Look:
        puppet.draw(black, index)
        puppet.draw(white, index)
        return Look(_figure(black.frame, white.frame), puppet.joints(index))

    looks = [look(index) for index in others]
    puppet.keep_the_pictures_framing()
    return (look(at_rest), *looks)


def _with_rest_at(motion: Motion, index: int, skeleton: Skeleton) -> Motion:
    """The motion with the picture's own pose in the frames round one, to be compared with the
    picture.

    What comes before and after moves a frame at rest a little, for smoothness, and cloth swings
    after it.
    """
    bones, joints = motion.bones.copy(), motion.joints.copy()
    still = slice(0, 2 * index)
    bones[still] = np.eye(2, 3)
    joints[still] = skeleton.joints
    head, expression, eyes = (
        values.copy() for values in (motion.head, motion.expression, motion.eyes_closed)
    )
    head[index], expression[index], eyes[index] = 0, 0, 0
    return replace(
        motion, bones=bones, joints=joints, head=head, expression=expression, eyes_closed=eyes
    )


def _figure(on_black: NDArray[np.uint32], on_white: NDArray[np.uint32]) -> Float32:
    """What was drawn (h, w, 4), from the same drawn on black and on white."""
    lanes = [((on_black >> shift) & 255).astype(np.float32) for shift in (0, 8, 16)]
    through = ((on_white & 255) - lanes[0]) / (_WHITE - _BLACK)
    alpha = np.clip(1 - through, 0, 1)
    # Black is 16, 128, 128.
    grounds = (_BLACK, 128.0, 128.0)
    own = [lane - base * (1 - alpha) for lane, base in zip(lanes, grounds, strict=True)]
    return np.stack([*own, alpha], axis=-1).astype(np.float32)


def over_ground(look: Look, ground: NDArray[np.uint8]) -> Float32:
    """The pose before a ground (h, w, 3) uint8 sRGB: (h, w, 3) float32 Y, Cb, Cr in 0..255."""
    packed = pack_frame(ground)
    lanes = np.stack([(packed >> shift) & 255 for shift in (0, 8, 16)], axis=-1)
    return np.asarray(look.figure[..., :3] + (1 - look.figure[..., 3:]) * lanes, np.float32)
