"""The picture made ready to move: matte, background, layers, traits."""

from understudy.character.character import Character, Layer, Traits

__all__ = ["Character", "Layer", "Traits"]
