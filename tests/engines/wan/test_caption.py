"""Prompts as captions of two parts."""

from __future__ import annotations

import pytest

from understudy.engines.wan.caption import caption


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "",
            "The character of the picture in the same clothes, the background of the picture",
        ),
        ("A cat in a blue uniform; a white wall", "A cat in a blue uniform, a white wall"),
        ("A cat. Background: a white wall.", "A cat, a white wall"),
        ("A cat\na white wall", "A cat, a white wall"),
        ("A cat, white background", "A cat, white background"),
        ("A knight in silver", "A knight in silver, the background of the picture"),
        ("; a forest", "The character of the picture in the same clothes, a forest"),
    ],
)
def test_the_appearance_comes_first_and_the_background_second(prompt: str, expected: str) -> None:
    assert caption(prompt) == expected
