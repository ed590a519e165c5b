"""The plan: what a take will be made of, known before anything is rendered or paid for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from understudy.geometry.framing import EXTENT, Framing


@dataclass(frozen=True, slots=True)
class Dropped:
    """A part of the clip that the take leaves out: seconds of the clip, and why."""

    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a take will be made of.

    engine: the engine's name. orientation, mode: as asked for.
    size: (width, height) of the output in pixels; fps: frames per second; frames: their number.
    start, end: the run of the clip that is used, in seconds of the clip.
    clip_duration: seconds.
    dropped: the rest of the clip, with reasons.
    people: how many persons the clip shows at once at most.
    driver_framing, picture_framing: how much of the driver and of the character is in view.
    sound: the clip's sound goes into the output.
    units: what the take would cost, None for an engine without a price.
    understood, left_out: the prompt's wordings that the engine acts on, and those it does not.
    element: what the element's pictures are used for, sentences for a person.
    warnings: sentences for a person.
    """

    engine: str
    orientation: str
    mode: str
    size: tuple[int, int]
    fps: Fraction
    frames: int
    start: float
    end: float
    clip_duration: float
    dropped: tuple[Dropped, ...]
    people: int
    driver_framing: Framing
    picture_framing: Framing
    sound: bool
    units: Decimal | None
    understood: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    element: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds of the output."""
        return float(self.frames / self.fps)

    def to_json(self) -> dict[str, Any]:
        """The plan as JSON values; rates as numbers, units as a decimal string."""
        values = asdict(self)
        values["fps"] = round(float(self.fps), 6)
        values["duration"] = round(self.duration, 3)
        values["units"] = None if self.units is None else str(self.units)
        return values


def units_for(seconds: float, per_second: Decimal) -> Decimal:
    """Units charged for an output of `seconds`, rounded to whole seconds, half up, at least one."""
    whole = Decimal(str(round(seconds, 3))).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(Decimal(1), whole) * per_second


def framing_warning(picture: Framing, driver: Framing) -> str | None:
    """A sentence when the picture and the clip show different amounts of the body, else None."""
    if EXTENT[driver] > EXTENT[picture] and EXTENT[picture] < 2:
        return (
            "The clip shows the whole body, the picture only the upper part of the character: "
            "the legs' motion is left out. A picture of the whole figure would show it."
        )
    if EXTENT[picture] >= 2 and EXTENT[driver] < 2:
        return (
            "The picture shows the whole figure, the clip only the upper body of the driver: "
            "the legs keep the picture's stance."
        )
    return None
