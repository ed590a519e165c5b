"""Characters as messages, the form in which the cache keeps them; nothing is rounded."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import asdict
from pathlib import Path

import numpy as np

from understudy.character.character import Character, Layer, Traits
from understudy.character.image.masks import box_of
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.processes.messages import Array, Message

_LANDMARKS = ("body", "world", "left_hand", "right_hand", "face")


@functools.cache
def casting_version() -> str:
    """What changes whenever casting may give something else: a digest of this package's sources."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def character_record(character: Character) -> Message:
    """A character without its other views as a message; its layers cut to what there is of them."""
    arrays: dict[str, Array] = {
        "picture": character.picture,
        "alpha": character.alpha,
        "background": character.background,
    }
    marks = {name: getattr(character.landmarks, name) for name in _LANDMARKS}
    arrays |= {name: array for name, array in marks.items() if array is not None}
    layers = []
    for layer in character.layers:
        rows, columns = box_of(layer.rgba[..., 3] > 0, 0) or (slice(0, 0), slice(0, 0))
        arrays[f"layer {layer.name}"] = layer.rgba[rows, columns]
        layers.append([layer.name, rows.start, columns.start, len(layer.rgba)])
    values = {
        "size": list(character.size),
        "layers": layers,
        "traits": asdict(character.traits),
        "warnings": list(character.warnings),
    }
    return Message("character", values, arrays)


def character_of(record: Message) -> Character:
    """The character that a message holds."""
    values, arrays = record.values, record.arrays
    width, height = values["size"]
    return Character(
        size=(width, height),
        picture=arrays["picture"],
        alpha=arrays["alpha"],
        background=arrays["background"],
        layers=tuple(
            Layer(name, _whole(arrays[f"layer {name}"], top, left, (rows, width)))
            for name, top, left, rows in values["layers"]
        ),
        landmarks=Landmarks(
            body=arrays["body"],
            world=arrays["world"],
            left_hand=arrays.get("left_hand"),
            right_hand=arrays.get("right_hand"),
            face=arrays.get("face"),
        ),
        traits=Traits(**values["traits"]),
        warnings=tuple(values["warnings"]),
    )


def _whole(cut: Float32, top: int, left: int, shape: tuple[int, int]) -> Float32:
    rgba = np.zeros((*shape, 4), np.float32)
    rgba[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return rgba
