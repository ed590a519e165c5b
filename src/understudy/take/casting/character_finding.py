"""What a picture is cast as, for somebody to correct. The values are their own JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from understudy.geometry.joint_names import JointName
from understudy.geometry.limb_states import ArmChoice, ArmState, LegsChoice, LegsState

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CorrectionsGiven:
    """Corrections as JSON values: see `character.corrections`; matte: a PNG in base 64."""

    joints: dict[JointName, Place]
    matte: str | None
    left_arm: ArmChoice
    right_arm: ArmChoice
    legs: LegsChoice
    figure: Place | None


@dataclass(frozen=True, slots=True)
class CharacterFinding:
    """What a picture is cast as.

    width, height: of the picture, upright, in pixels; joints are in these. matte: a grey PNG in
    base 64 of the picture's aspect, white where the figure is. left_arm, right_arm, legs: whether
    they move. corrections: those that it was cast with.
    """

    width: int
    height: int
    joints: dict[JointName, Place]
    matte: str
    left_arm: ArmState
    right_arm: ArmState
    legs: LegsState
    corrections: CorrectionsGiven
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PieceFinding:
    """A part of a picture. matte: a grey PNG in base 64 of the picture's aspect, white where the
    part is. confidence: the model's own estimate of how well it meets the part, 0 to 1."""

    matte: str
    confidence: float
