"""A prompt as the caption that the model was trained on: the appearance, then the background."""

from __future__ import annotations

import re

DEFAULT_APPEARANCE = "The character of the picture in the same clothes"
DEFAULT_BACKGROUND = "the background of the picture"

# What parts a prompt in two: a semicolon, a line break, or the word that names the second part.
_PARTED = re.compile(r"\s*(?:;|\n+|[.,]?\s*\bbackground\s*:)\s*", re.IGNORECASE)


def caption(prompt: str) -> str:
    """The caption: "appearance, background"; what the prompt leaves out is said of the picture."""
    parts = [part.strip(" .,;") for part in _PARTED.split(prompt.strip(), maxsplit=1)]
    appearance = parts[0] or DEFAULT_APPEARANCE
    background = parts[1] if len(parts) > 1 else ""
    if not background and "background" in appearance.lower():
        return appearance
    return f"{appearance}, {background or DEFAULT_BACKGROUND}"
