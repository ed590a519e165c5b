"""Simpler versions of a character: what moves on its own becomes a part of the body."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from understudy.character.character import Character, Layer, LayerName
from understudy.geometry.skeleton import Side

ARM_LAYERS: dict[Side, LayerName] = {"left": "left_arm", "right": "right_arm"}


def simplified(
    character: Character, arms_at_rest: Collection[Side], *, sways_only: bool
) -> Character:
    """The character with these arms a part of the body and, if it only sways, legs at rest."""
    character = with_arms_at_rest(character, arms_at_rest)
    sways = sways_only or character.traits.sways_only
    return replace(character, traits=replace(character.traits, sways_only=sways))


def with_arms_at_rest(character: Character, sides: Collection[Side]) -> Character:
    """The character with these arms fixed: their layers are laid into the body's."""
    layers, traits = character.layers, character.traits
    for side in sides:
        layers = merged_into_body(layers, ARM_LAYERS[side])
    if "left" in sides and traits.left_arm == "free":
        traits = replace(traits, left_arm="fixed")
    if "right" in sides and traits.right_arm == "free":
        traits = replace(traits, right_arm="fixed")
    return replace(character, layers=layers, traits=traits)


def merged_into_body(layers: tuple[Layer, ...], name: LayerName) -> tuple[Layer, ...]:
    """The layers with one of them laid over the body, or under it where it lies behind."""
    order = [layer.name for layer in layers]
    if name not in order:
        return layers
    other = layers[order.index(name)].rgba
    body = layers[order.index("body")].rgba
    above, below = (other, body) if order.index(name) > order.index("body") else (body, other)
    joined = Layer("body", above + (1 - above[..., 3:]) * below)
    return tuple(
        joined if layer.name == "body" else layer for layer in layers if layer.name != name
    )
