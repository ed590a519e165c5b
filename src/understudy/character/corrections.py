"""Corrections: what a person says about a picture that casting would otherwise find out."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar

from understudy.character.figure.placed_joints import Joints, joint_name
from understudy.errors import InputRefused, found_value
from understudy.geometry.joint_names import JOINTS, JointName
from understudy.geometry.limb_states import (
    ARM_CHOICES,
    LEGS_CHOICES,
    ArmChoice,
    ArmState,
    LegsChoice,
)
from understudy.geometry.skeleton import SIDES, Side

Choice = TypeVar("Choice", bound=str)

ROOT = "corrections"
"""The name that messages begin with where the values came without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """What casting takes as given.

    joints: by their COCO names, in pixels of the picture (upright, before any resizing); those
        left out are found. Joints for a whole figure need no tracker.
    matte: a PNG whose brightness (its alpha, where it has one) says how much of each pixel is the
        figure's; in the picture's aspect, of any size. None: found.
    left_arm, right_arm: `auto` moves an arm where it can be lifted off the body; `free` lifts it in
        any case; `fixed` leaves it a part of the body.
    legs: `auto` lets the figure step where its legs bear it; `fixed` lets it sway where it stands.
    figure: a point on the figure that is meant, in pixels of the picture, where it shows several.
        None: the largest.
    """

    joints: Joints = field(default_factory=dict)
    matte: bytes | None = None
    left_arm: ArmChoice = "auto"
    right_arm: ArmChoice = "auto"
    legs: LegsChoice = "auto"
    figure: tuple[float, float] | None = None

    def __bool__(self) -> bool:
        """Whether anything is given."""
        return self != NONE

    def to_json(self) -> dict[str, Any]:
        """As JSON values; the matte in base 64."""
        return {
            "joints": {name: list(place) for name, place in self.joints.items()},
            "matte": None if self.matte is None else base64.b64encode(self.matte).decode("ascii"),
            "left_arm": self.left_arm,
            "right_arm": self.right_arm,
            "legs": self.legs,
            "figure": None if self.figure is None else list(self.figure),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, root: str = ROOT) -> Self:
        """The inverse of `to_json`; what is absent is found by casting.

        Raises InputRefused naming the key under `root`, what it holds, and what it may hold.
        """
        known = [each.name for each in fields(cls)]
        for key in values:
            if key not in known:
                raise _refused(f"{root}.{key}", "there is no such key", _one_of(known))
        figure = values.get("figure")
        return cls(
            joints=read_joints(values.get("joints", {}), f"{root}.joints"),
            matte=_read_matte(values.get("matte"), f"{root}.matte"),
            left_arm=read_choice(values.get("left_arm", "auto"), f"{root}.left_arm", ARM_CHOICES),
            right_arm=read_choice(
                values.get("right_arm", "auto"), f"{root}.right_arm", ARM_CHOICES
            ),
            legs=read_choice(values.get("legs", "auto"), f"{root}.legs", LEGS_CHOICES),
            figure=None if figure is None else read_place(figure, f"{root}.figure"),
        )

    @property
    def digest(self) -> str:
        """Equal for equal corrections."""
        text = json.dumps(self.to_json(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def free_arms(self) -> tuple[Side, ...]:
        """The arms that were chosen to be free."""
        choices = zip(SIDES, (self.left_arm, self.right_arm), strict=True)
        return tuple(side for side, choice in choices if choice == "free")

    def on_canvas(
        self, source: tuple[int, int], size: tuple[int, int]
    ) -> tuple[Joints, tuple[float, float] | None]:
        """The joints and the point on the figure in pixels of a canvas.

        source, size: (w, h) of the picture and of the canvas.
        """
        x, y = size[0] / source[0], size[1] / source[1]
        joints: Joints = {name: (at[0] * x, at[1] * y) for name, at in self.joints.items()}
        return joints, None if self.figure is None else (self.figure[0] * x, self.figure[1] * y)

    def chosen(self, states: tuple[ArmState, ArmState]) -> tuple[ArmState, ArmState]:
        """The arms' states where a choice overrules what was found."""
        choices = self.left_arm, self.right_arm
        left, right = (
            state if choice == "auto" else choice
            for state, choice in zip(states, choices, strict=True)
        )
        return left, right


NONE = Corrections()
"""Nothing is given; all is found."""


def read_joints(values: object, name: str) -> dict[JointName, tuple[float, float]]:
    """Joints from JSON values. Raises InputRefused naming the joint."""
    if not isinstance(values, Mapping):
        raise _refused(name, found_value(values), "use an object with joint names as keys")
    joints: dict[JointName, tuple[float, float]] = {}
    for key, place in values.items():
        try:
            known = joint_name(key)
        except KeyError:
            raise _refused(f"{name}.{key}", "there is no such joint", _one_of(JOINTS)) from None
        joints[known] = read_place(place, f"{name}.{key}")
    return joints


def read_place(value: object, name: str) -> tuple[float, float]:
    """A point from JSON values. Raises InputRefused."""
    if (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value)
        and all(math.isfinite(v) and abs(v) < 1e6 for v in value)
    ):
        return float(value[0]), float(value[1])
    raise _refused(name, found_value(value), "use [x, y], two numbers, in pixels of the picture")


def read_choice(value: object, name: str, choices: tuple[Choice, ...]) -> Choice:
    """One of several choices from a JSON value. Raises InputRefused."""
    for choice in choices:
        if value == choice:
            return choice
    raise _refused(name, found_value(value), _one_of(choices))


def _read_matte(value: object, name: str) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        # Characters beyond ASCII are a plain ValueError.
        except ValueError:
            pass
    raise _refused(name, found_value(value), "use a PNG in base64")


def _one_of(names: Sequence[str]) -> str:
    return f"use one of {', '.join(names)}"


def _refused(name: str, found: str, allowed: str) -> InputRefused:
    return InputRefused(name, found=found, allowed=allowed)
