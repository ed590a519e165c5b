"""The two values that every take starts from: its options and its files.

Both have a JSON form, in which they go from the service to a worker. A new option is one more field
of `TakeRequest`, with a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, TypedDict, get_args, get_origin, get_type_hints

from understudy.engines.capabilities import DEFAULT_ENGINE, DEFAULT_MODEL
from understudy.errors import InputRefused
from understudy.media import limits
from understudy.media.limits import Mode, Orientation
from understudy.media.output.encodings import OutputName
from understudy.take.backgrounds import KEEP, TRANSPARENT, check_background, check_transparency
from understudy.tracking.scene.driver_choice import read_choice

MOST_STRENGTH = 150  # per cent: beyond it limbs leave their range
MOST_SMOOTHING = 0.5  # seconds: beyond it gestures are gone

ELEMENT_TURNS = (
    "The character turns with the person in the clip, although orientation 'image' was asked for: "
    "with an element the video's orientation always holds."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRequest:
    """The options of a take.

    model: the wire contract's model name, which sets the price. engine: the engine's name.
    orientation: `video` follows the driver's facing, `image` keeps the picture's, except with an
    element (see `orientation_taken`). mode: the output's short side, `std` 720 and `pro` 1080 px.
    prompt: free text of at most 2500 characters. sound: keep the clip's sound. watermark: write a
    second, watermarked video. seed: of what an engine draws by chance; None lets the engine choose.
    background: `keep`, `clip` for the clip's own scene with the character in the driver's place,
    `transparent`, a colour as CSS writes it, or `file` for that of the media.
    loop: close the motion, so that the end goes over into the beginning. driver: of several people
    the one with this number, or at this point (`0.7,0.4`, shares of width and height); by default
    who takes up most of the frame. format: of the video, by its ending; `png` is a folder of PNG
    files. strength: of the motion in per cent, 0 to 150. body, head, hands, face, travel: whether
    trunk and limbs, head, fingers, mouth and eyes follow the driver, and whether the character goes
    where the driver goes.
    smoothing: seconds over which the motion is averaged, 0 to 0.5. camera: move the camera as the
    clip's moves, whose movements then end no run.

    Raises InputRefused naming the option whose value has the wrong type or is not allowed.
    """

    model: str = DEFAULT_MODEL
    engine: str = DEFAULT_ENGINE
    orientation: Orientation = "video"
    mode: Mode = "std"
    prompt: str = ""
    sound: bool = True
    watermark: bool = False
    seed: int | None = None
    background: str = KEEP
    loop: bool = False
    driver: str = ""
    format: OutputName = "mp4"
    strength: int = 100
    body: bool = True
    head: bool = True
    hands: bool = True
    face: bool = True
    travel: bool = True
    smoothing: float | int = 0.0
    camera: bool = False

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            kind.check(name, getattr(self, name))
        limits.check_prompt(self.prompt)
        check_background(self.background)
        read_choice(self.driver)
        check_transparency(self.background, self.format)
        _check_range("strength", self.strength, 0, MOST_STRENGTH, " per cent")
        _check_range("smoothing", self.smoothing, 0, MOST_SMOOTHING, " seconds")

    @property
    def can_be_tracked(self) -> bool:
        """Whether the tracker reads the finished video: an opaque MP4 or MOV."""
        return self.format in ("mp4", "mov") and self.background != TRANSPARENT

    def to_json(self) -> dict[str, Any]:
        """The options by name, as JSON values."""
        return {name: getattr(self, name) for name in _KINDS}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; an option that is absent takes its default.

        Raises InputRefused for an option that is unknown or has a value that is not allowed.
        """
        _check_names(values, _KINDS, "option")
        return cls(**values)


class TakeOptions(TypedDict, total=False):
    """The options that the library's functions take by name; `TakeRequest` says what they mean.

    Those of `TakeRequest` without the model, which only sets a price, and without the background
    and the format, which the library reads from its other arguments.
    """

    engine: str
    orientation: Orientation
    mode: Mode
    prompt: str
    sound: bool
    watermark: bool
    seed: int | None
    loop: bool
    driver: str
    strength: int
    body: bool
    head: bool
    hands: bool
    face: bool
    travel: bool
    smoothing: float
    camera: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMedia:
    """The files that a take is made from.

    picture: a JPEG or PNG, its path or its bytes, or the folder of an open character; None where an
    element stands in for it. clip: the path of an MP4 or MOV; None where motion stands in for it,
    or when a picture is inspected by itself. motion: the path of a motion file, or a folder of
    OpenPose's; the service gives none. element: more pictures of the character, the frontal one
    first, or one clip of it. background: a picture or clip for the background `file`.
    picture_max_bytes: the limit on the picture's file. clip_max_seconds: of the clip or motion, in
    place of the contract's 30 s, or 10 s with orientation `image`.
    """

    picture: Path | bytes | None = None
    clip: Path | None = None
    motion: Path | None = None
    element: tuple[Path | bytes, ...] = ()
    background: Path | None = None
    picture_max_bytes: int = limits.PICTURE_MAX_BYTES
    clip_max_seconds: float | int | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that lie somewhere, each once."""
        given = (self.picture, self.clip, self.motion, *self.element, self.background)
        return tuple(dict.fromkeys(file for file in given if isinstance(file, Path)))

    def driven_by(self, path: Path) -> Self:
        """The same files with a clip, or with the motion that the path holds by its content."""
        from understudy.tracking.formats.motion_file import is_motion

        return replace(self, motion=path) if is_motion(path) else replace(self, clip=path)

    def to_json(self) -> dict[str, Any]:
        """Paths as text. Raises TypeError where a picture is given as bytes."""
        return {
            "picture": _path_text(self.picture),
            "clip": _path_text(self.clip),
            "motion": _path_text(self.motion),
            "element": [_path_text(file) for file in self.element],
            "background": _path_text(self.background),
            "picture_max_bytes": self.picture_max_bytes,
            "clip_max_seconds": self.clip_max_seconds,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`. Raises InputRefused for what is unknown or of a wrong type."""
        _check_names(values, {field.name for field in fields(cls)}, "input")
        element = values.get("element", [])
        _Kind((list,)).check("element", element)
        most = values.get("picture_max_bytes", limits.PICTURE_MAX_BYTES)
        _Kind((int,)).check("picture_max_bytes", most)
        longest = values.get("clip_max_seconds")
        _Kind((float, int, type(None))).check("clip_max_seconds", longest)
        return cls(
            picture=_optional_path("picture", values.get("picture")),
            clip=_optional_path("clip", values.get("clip")),
            motion=_optional_path("motion", values.get("motion")),
            element=tuple(_path("element", file) for file in element),
            background=_optional_path("background", values.get("background")),
            picture_max_bytes=most,
            clip_max_seconds=longest,
        )


def orientation_taken(asked: Orientation, *, element: bool) -> Orientation:
    """The orientation that a take has; with an element the video's always holds."""
    return "video" if element else asked


_WORDS: Mapping[Any, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What values may be: of one of some classes, or one of some texts."""

    classes: tuple[type, ...]
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, hint: Any) -> Self:
        """hint: a class, a union of classes, or a Literal of texts."""
        allowed = get_args(hint)
        return cls((str,), allowed) if get_origin(hint) is Literal else cls(allowed or (hint,))

    def check(self, name: str, value: object) -> None:
        """Refuse a value that is not of this kind."""
        if self.texts:
            if value not in self.texts:
                words = " or ".join(f"'{each}'" for each in self.texts)
                raise InputRefused(name, found=f"the value is {value!r}", allowed=f"use {words}")
        # To Python, True is an int as well.
        elif not isinstance(value, self.classes) or (
            isinstance(value, bool) and bool not in self.classes
        ):
            words = " or ".join(_WORDS.get(each, each.__name__) for each in self.classes)
            raise InputRefused(
                name, found=f"the value is a {type(value).__name__}", allowed=f"use {words}"
            )


# The options' kinds by name, which the fields alone declare.
_KINDS: Mapping[str, _Kind] = {
    name: _Kind.of(hint) for name, hint in get_type_hints(TakeRequest).items()
}


def _check_range(name: str, value: float, least: float, most: float, unit: str) -> None:
    if not least <= value <= most:
        raise InputRefused(
            name, found=f"the value is {value:g}", allowed=f"use {least:g} to {most:g}{unit}"
        )


def _check_names(values: Mapping[str, Any], known: Mapping[str, Any] | set[str], what: str) -> None:
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InputRefused(
            unknown[0],
            found=f"there is no such {what}",
            allowed=f"use one of {', '.join(sorted(known))}",
        )


def _path_text(file: Path | bytes | None) -> str | None:
    if isinstance(file, bytes):
        raise TypeError("a picture given as bytes has no JSON form")
    return None if file is None else str(file)


def _path(name: str, text: object) -> Path:
    _Kind((str,)).check(name, text)
    return Path(str(text))


def _optional_path(name: str, text: object) -> Path | None:
    return None if text is None else _path(name, text)
