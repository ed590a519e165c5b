"""A prompt as the caption that the model was trained on: the appearance, then the background.

The makers' captions name both parts in Chinese (the example in the model's README and in diffusers'
documentation); the text encoder reads either language.
"""

from __future__ import annotations

import re

APPEARANCE_LABEL = "人物外观描述："
BACKGROUND_LABEL = "背景描述："
DEFAULT_APPEARANCE = "the character of the picture in the same clothes"
DEFAULT_BACKGROUND = "the background of the picture"

# What parts a prompt in two: a semicolon, a line break, or the word that names the second part.
_PARTED = re.compile(r"\s*(?:;|\n+|[.,]?\s*\bbackground\s*:)\s*", re.IGNORECASE)


def caption(prompt: str) -> str:
    """The caption; what the prompt leaves out is said to be as in the picture.

    A prompt that has the labels already is a caption.
    """
    if APPEARANCE_LABEL in prompt:
        return prompt.strip()
    parts = [part.strip(" .,;") for part in _PARTED.split(prompt.strip(), maxsplit=1)]
    appearance = parts[0] or DEFAULT_APPEARANCE
    background = (parts[1] if len(parts) > 1 else "") or DEFAULT_BACKGROUND
    return f"{APPEARANCE_LABEL}{appearance}。{BACKGROUND_LABEL}{background}。"
