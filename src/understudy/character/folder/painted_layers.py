"""Layers that somebody painted, in place of those that casting cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from understudy.character.character import Character, Layer, LayerName
from understudy.character.figure.anatomy import measure
from understudy.character.folder.kept_layers import Size, resized_values
from understudy.character.folder.layered_psd import LayeredPsd, Rgba
from understudy.character.image.png_files import premultiplied_from_straight
from understudy.character.layers.below_edge import extend
from understudy.geometry.landmarks import Float32
from understudy.geometry.limb_states import ArmState


def with_painted_layers(made: Character, painted: LayeredPsd) -> Character:
    """The character that was cast of a PSD's picture, with the PSD's own layers and background.

    An arm moves if it has a layer, or if the whole figure bends in one piece and its arm with it.
    Where the painted background is transparent the one that casting made shows.
    """
    anatomy = measure(made.landmarks)
    size, pad = made.size, made.traits.pad
    background = made.background
    if painted.background is not None:
        over = _on_canvas(painted.background, size)
        behind = background / np.float32(255)
        mixed = over[..., :3] + (1 - over[..., 3:]) * behind
        background = np.round(np.clip(mixed, 0, 1) * 255).astype(np.uint8)
    return replace(
        made,
        alpha=_on_canvas(painted.figure, size)[..., 3],
        background=background,
        layers=tuple(
            extend(Layer(name, _on_canvas(rgba, size)), pad, anatomy)
            for name, rgba in painted.layers.items()
        ),
        traits=replace(
            made.traits,
            left_arm=_arm_state("left_arm", made.traits.left_arm, made, painted),
            right_arm=_arm_state("right_arm", made.traits.right_arm, made, painted),
        ),
    )


def _arm_state(name: LayerName, found: ArmState, made: Character, painted: LayeredPsd) -> ArmState:
    if name in painted.layers:
        return "free"
    was_cut_off = any(layer.name == name for layer in made.layers)
    return "fixed" if found == "free" and was_cut_off else found


def _on_canvas(rgba: Rgba, size: Size) -> Float32:
    """(h, w, 4) uint8, not premultiplied, as premultiplied float32 at `size` (w, h)."""
    return np.clip(resized_values(premultiplied_from_straight(rgba), size), 0, 1)
