"""Prompts as captions of two parts."""

from __future__ import annotations

import pytest

from understudy.engines.wan.animate_2.caption import (
    APPEARANCE_LABEL,
    BACKGROUND_LABEL,
    DEFAULT_APPEARANCE,
    DEFAULT_BACKGROUND,
    caption,
)


@pytest.mark.parametrize(
    ("prompt", "appearance", "background"),
    [
        ("", DEFAULT_APPEARANCE, DEFAULT_BACKGROUND),
        ("A cat in a blue uniform; a white wall", "A cat in a blue uniform", "a white wall"),
        ("A cat. Background: a white wall.", "A cat", "a white wall"),
        ("A cat\na white wall", "A cat", "a white wall"),
        ("A knight in silver", "A knight in silver", DEFAULT_BACKGROUND),
        ("; a forest", DEFAULT_APPEARANCE, "a forest"),
    ],
)
def test_the_appearance_comes_first_and_the_background_second(
    prompt: str, appearance: str, background: str
) -> None:
    expected = f"{APPEARANCE_LABEL}{appearance}。{BACKGROUND_LABEL}{background}。"
    assert caption(prompt) == expected
    assert caption(expected) == expected
