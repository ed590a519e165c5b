"""Framing: how much of a body an image shows."""

from __future__ import annotations

from typing import Literal

Framing = Literal["head", "upper_body", "knees", "whole_body"]

EXTENT: dict[Framing, int] = {"head": 0, "upper_body": 1, "knees": 2, "whole_body": 3}
"""Order of the framings: a larger one shows more of the body."""
