"""Whether arms and legs move: what was found of them, and what somebody chose."""

from __future__ import annotations

from typing import Literal, get_args

ArmState = Literal["free", "fixed", "unseen"]
"""`free` moves by itself; `fixed` is part of the body; `unseen` is not in the picture."""
ArmChoice = Literal["auto", "free", "fixed"]
ARM_CHOICES: tuple[ArmChoice, ...] = get_args(ArmChoice)
LegsState = Literal["free", "fixed", "unseen"]
"""`free` legs step; a figure whose legs are `fixed` sways where it stands; likewise `unseen`."""
LegsChoice = Literal["auto", "fixed"]
LEGS_CHOICES: tuple[LegsChoice, ...] = get_args(LegsChoice)
