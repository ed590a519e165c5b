"""What inspecting finds: the plan or the problems, and where the character and the driver are.

The values are their own JSON form: the command line prints them, the service answers with them, and
the OpenAPI document describes them. Hence no field has a default: every one is always there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from understudy.errors import InputRefused
from understudy.media import limits
from understudy.take.plan import Dropped, Plan

Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an input cannot be used: what was found, what is allowed, and both in one sentence."""

    field: str
    found: str
    allowed: str
    message: str

    @classmethod
    def of(cls, refusal: InputRefused) -> Self:
        """The problem that an error reports."""
        return cls(refusal.field, refusal.found, refusal.allowed, refusal.message)


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """A picture that can be opened: its upright size in pixels.

    outline: the character's, as closed polygons of (x, y) in shares of width and height, largest
    first; null where no character was cut out. warnings: those of the plan that are about the
    picture.
    """

    width: int
    height: int
    outline: tuple[Outline, ...] | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriverFinding:
    """The person who is followed.

    time: seconds, of the frame that `outline` belongs to. outline: closed polygons of (x, y).
    path: (time, left, top, width, height), rising in time. Places are shares of the frame.
    """

    time: float
    outline: tuple[Outline, ...]
    path: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class PersonFinding:
    """One of the people in the shot that a take uses.

    number: by which a request can choose them, from 1; who covers most of the picture comes first.
    is_driver: whether they are followed. start, end: seconds of the clip within which they are
    seen. left, top, width, height: of the box that holds them, at the middle of that time's boxes.
    coverage: what the box covers of the picture. path: as a driver's. Places are shares.
    """

    number: int
    is_driver: bool
    start: float
    end: float
    left: float
    top: float
    width: float
    height: float
    coverage: float
    path: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Used:
    """The part of a clip that a take uses, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class ClipFinding:
    """A clip that can be opened: its upright size in pixels, frames per second, seconds.

    people: how many it shows at once at most. persons: who they are. used: the run that a take is
    made from, null where there is none. dropped: the rest, with reasons. warnings: those of the
    plan that are about the clip.
    """

    width: int
    height: int
    fps: float
    duration: float
    people: int
    persons: tuple[PersonFinding, ...]
    used: Used | None
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    driver: DriverFinding | None


@dataclass(frozen=True, slots=True)
class Findings:
    """The plan of a take, or every problem that prevents it; a missing input is a problem too.

    usable: whether there is a plan. picture, clip: what was found in each by itself; null where it
    is missing or cannot be opened.
    """

    usable: bool
    plan: Plan | None
    problems: tuple[Problem, ...]
    picture: PictureFinding | None
    clip: ClipFinding | None

    def after(self, earlier: Iterable[Problem]) -> Findings:
        """With the problems that were found before, while the inputs were fetched.

        An input with an earlier problem is reported once: it is not missing as well. Nor is the
        picture that an unusable element was to stand in for.
        """
        problems = tuple(earlier)
        if not problems:
            return self
        told = {problem.field for problem in problems}
        if limits.ELEMENT_FIELD in told:
            told.add(limits.PICTURE_FIELD)
        rest = tuple(problem for problem in self.problems if problem.field not in told)
        return replace(self, usable=False, plan=None, problems=problems + rest)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


@contextmanager
def collecting(problems: list[Problem]) -> Iterator[None]:
    """Add what is refused inside to the problems, and go on after the block."""
    try:
        yield
    except InputRefused as refusal:
        problems.append(Problem.of(refusal))
