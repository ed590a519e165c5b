"""The picture made ready to move: matte, plate, layers, traits."""

from understudy.character.character import Character, Layer, Traits

__all__ = ["Character", "Layer", "Traits"]
