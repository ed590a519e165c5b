"""Typed questions to the server's child processes, and the types of their answers.

A question is sent to a child as JSON, which the child reads with the same classes. The server
checks the answer against a type, because the child opens untrusted files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

from understudy.engines import EngineNeeds
from understudy.take.findings import Findings
from understudy.take.options import TakeMedia, TakeRequest

Answer_co = TypeVar("Answer_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer_co]):
    """job: the function in `jobs` that answers it. arguments: JSON values. answer: the type of the
    answer."""

    job: str
    arguments: Mapping[str, Any]
    answer: type[Answer_co]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeArguments:
    """The arguments of a take or an inspection. workspace: the folder that a take writes to."""

    request: TakeRequest
    media: TakeMedia
    workspace: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return {
            "request": self.request.to_json(),
            "media": self.media.to_json(),
            "workspace": None if self.workspace is None else str(self.workspace),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Raises InputRefused for what is unknown or of a wrong type."""
        workspace = values["workspace"]
        return cls(
            request=TakeRequest.from_json(values["request"]),
            media=TakeMedia.from_json(values["media"]),
            workspace=None if workspace is None else Path(workspace),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCheck:
    """field: the name of the picture in errors. total_bytes: the size of the whole file if `path`
    is only its beginning, else None."""

    path: Path
    field: str
    max_bytes: int
    total_bytes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The check that a child is asked for."""
        return cls(**{**values, "path": Path(values["path"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCheck:
    """field: the name of the clip in errors."""

    path: Path
    field: str
    max_bytes: int
    max_seconds: float

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return {**asdict(self), "path": str(self.path)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The check that a child is asked for."""
        return cls(**{**values, "path": Path(values["path"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterArguments:
    """corrections: a file of them as JSON; None for those in the picture. output: the file to be
    written."""

    picture: PictureCheck
    corrections: Path | None
    output: Path

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return {
            "picture": self.picture.to_json(),
            "corrections": None if self.corrections is None else str(self.corrections),
            "output": str(self.output),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The work that a child is asked for."""
        corrections = values["corrections"]
        return cls(
            picture=PictureCheck.from_json(values["picture"]),
            corrections=None if corrections is None else Path(corrections),
            output=Path(values["output"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceArguments:
    """on, off: points on a part of the picture and beside it, in pixels. output: the file to be
    written."""

    picture: PictureCheck
    on: tuple[tuple[float, float], ...]
    off: tuple[tuple[float, float], ...]
    output: Path

    def to_json(self) -> dict[str, Any]:
        """The inverse of `from_json`."""
        return {
            "picture": self.picture.to_json(),
            "on": [list(place) for place in self.on],
            "off": [list(place) for place in self.off],
            "output": str(self.output),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The work that a child is asked for."""
        return cls(
            picture=PictureCheck.from_json(values["picture"]),
            on=tuple((x, y) for x, y in values["on"]),
            off=tuple((x, y) for x, y in values["off"]),
            output=Path(values["output"]),
        )


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Pixels as the picture is shown; format: `png` or `jpeg`."""

    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """The facts from a picture's beginning; None if it is too short."""

    picture: PictureFacts | None


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """Pixels as the clip is shown; sound: whether it has any."""

    width: int
    height: int
    seconds: float
    fps: float
    sound: bool


@dataclass(frozen=True, slots=True)
class EngineState:
    """reason: why it cannot run, '' when it can. whole_prompt: it takes prompts whole. raw_clip: it
    follows the clip itself, whose camera may move, and not landmarks found in it. replace: it can
    draw the character in the clip's own scene. needs: what a take occupies."""

    reason: str
    whole_prompt: bool
    raw_clip: bool
    replace: bool
    needs: EngineNeeds = field(default_factory=EngineNeeds)


@dataclass(frozen=True, slots=True)
class Nothing:
    """The answer of a job that returns nothing."""


def whole_picture(check: PictureCheck) -> Question[PictureFacts]:
    """Open a picture in full."""
    return Question("check_picture", check.to_json(), PictureFacts)


def picture_head(check: PictureCheck) -> Question[HeadFacts]:
    """Check a picture by its beginning."""
    return Question("check_picture_head", check.to_json(), HeadFacts)


def whole_clip(check: ClipCheck) -> Question[ClipFacts]:
    """Open a clip."""
    return Question("check_clip", check.to_json(), ClipFacts)


def findings(request: TakeRequest, media: TakeMedia) -> Question[Findings]:
    """Inspect a take's media."""
    arguments = TakeArguments(request=request, media=media)
    return Question("inspect", arguments.to_json(), Findings)


def character(given: CharacterArguments) -> Question[Nothing]:
    """Cast a picture; the output is `take.character_finding.CharacterFinding` as JSON."""
    return Question("find_character", given.to_json(), Nothing)


def character_poses(given: CharacterArguments) -> Question[Nothing]:
    """Show a character in test poses; the output is an MP4."""
    return Question("pose_character", given.to_json(), Nothing)


def piece(given: PieceArguments) -> Question[Nothing]:
    """Find a part of a picture; the output is `take.character_finding.PieceFinding` as JSON."""
    return Question("select_piece", given.to_json(), Nothing)


def corrected_picture(given: CharacterArguments) -> Question[PictureFacts]:
    """Write a picture's file with corrections in it."""
    return Question("correct_picture", given.to_json(), PictureFacts)


def engine_states(
    names: Iterable[str], *, elsewhere: bool = False
) -> Question[dict[str, EngineState]]:
    """Whether engines can run, by name. elsewhere: on other machines; here they are installed."""
    arguments = {"names": sorted(names), "elsewhere": elsewhere}
    return Question("engines", arguments, dict[str, EngineState])


def export(performance: Path, output: Path) -> Question[Nothing]:
    """Write a performance (an NPZ) in the format of the suffix of `output`."""
    return Question("export", {"performance": str(performance), "output": str(output)}, Nothing)
