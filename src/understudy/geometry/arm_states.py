"""Whether an arm moves: what was found of it, and what somebody chose."""

from __future__ import annotations

from typing import Literal, get_args

ArmState = Literal["free", "fixed", "unseen"]
"""`free` moves by itself; `fixed` is part of the body; `unseen` is not in the picture."""
ArmChoice = Literal["auto", "free", "fixed"]
ARM_CHOICES: tuple[ArmChoice, ...] = get_args(ArmChoice)
