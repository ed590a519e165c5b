"""`character.json`: what the folder of an open character says of it, checked key by key."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar, get_args

from understudy.character.character import LayerName, Traits
from understudy.character.corrections import read_choice, read_joints
from understudy.character.figure.placed_joints import Joints
from understudy.errors import InputRefused, found_value
from understudy.geometry.framing import Framing
from understudy.geometry.joint_names import JOINTS, JointName
from understudy.geometry.limb_states import (
    ARM_CHOICES,
    LEGS_CHOICES,
    ArmChoice,
    ArmState,
    LegsChoice,
)

FILE = "character.json"
FORMAT = "understudy-character"
FORMAT_VERSION = 1
LAYER_NAMES: tuple[LayerName, ...] = get_args(LayerName)
MAX_CANVAS_SIDE = 4096
"""Pixels; the longest side that a take has is 2700."""

Values = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the folder held when it was written, by which edits are noticed.

    understudy: the program's version. casting: of the code that cast. files: SHA-256 of each file
    by its name. edited_keys: `digest_of` the keys that layers are cut from. given: the joints that
    were placed rather than found, and `matte` where that was given.
    """

    understudy: str
    casting: str
    files: Mapping[str, str]
    edited_keys: str
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The content of `character.json`.

    canvas: (w, h) of matte, layers and background. joints: pixels of `picture.png`. layers: back to
    front; the file of each is its name with `.png`. traits, warnings: see `Character`.
    """

    canvas: tuple[int, int]
    joints: Joints
    left_arm: ArmChoice
    right_arm: ArmChoice
    legs: LegsChoice
    layers: tuple[LayerName, ...]
    traits: Traits
    warnings: tuple[str, ...]
    written: Written

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "joints": {name: list(place) for name, place in self.joints.items()},
            "options": {
                "left_arm": self.left_arm,
                "right_arm": self.right_arm,
                "legs": self.legs,
            },
            "layers": list(self.layers),
            "canvas": list(self.canvas),
            "traits": asdict(self.traits),
            "warnings": list(self.warnings),
            "written": _written_json(self.written),
        }

    @property
    def digest_of_edited_keys(self) -> str:
        """Changes with the keys from which layers are cut anew: joints and options."""
        return digest_of(self.joints, self.left_arm, self.right_arm, self.legs)


def _written_json(written: Written) -> dict[str, Any]:
    return {
        "understudy": written.understudy,
        "casting": written.casting,
        "given": list(written.given),
        "edited_keys": written.edited_keys,
        "files": dict(written.files),
    }


def digest_of(joints: Joints, left_arm: ArmChoice, right_arm: ArmChoice, legs: LegsChoice) -> str:
    """SHA-256 of the keys from which layers are cut."""
    values: list[object] = [{name: list(place) for name, place in joints.items()}]
    values += [left_arm, right_arm]
    # Folders that were written before legs could be chosen have none.
    if legs != "auto":
        values.append(legs)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def read_description(data: bytes) -> Description:
    """`character.json` from its bytes.

    Raises InputRefused naming the key, what it holds and what it may hold.
    """
    try:
        values = json.loads(data)
    except ValueError as error:
        raise _refused("", f"the file is not JSON ({error})", "correct it") from None
    top = _object(values, "")
    if top.get("format") != FORMAT:
        raise _refused("format", found_value(top.get("format")), f"use '{FORMAT}'")
    if top.get("version") != FORMAT_VERSION:
        raise _refused("version", found_value(top.get("version")), f"use {FORMAT_VERSION}")
    _check_keys(
        top,
        "",
        *("format", "version", "joints", "options", "layers"),
        *("canvas", "traits", "warnings", "written"),
    )
    options = _object(top["options"], "options")
    options = {"legs": "auto", **options}
    _check_keys(options, "options", "left_arm", "right_arm", "legs")
    return Description(
        canvas=_canvas(top["canvas"]),
        joints=_all_joints(top["joints"]),
        left_arm=read_choice(options["left_arm"], _name("options.left_arm"), ARM_CHOICES),
        right_arm=read_choice(options["right_arm"], _name("options.right_arm"), ARM_CHOICES),
        legs=read_choice(options["legs"], _name("options.legs"), LEGS_CHOICES),
        layers=_layers(top["layers"]),
        traits=_traits(_object(top["traits"], "traits")),
        warnings=_texts(top["warnings"], "warnings"),
        written=_written(_object(top["written"], "written")),
    )


def _all_joints(values: object) -> dict[JointName, tuple[float, float]]:
    joints = read_joints(values, _name("joints"))
    for name in JOINTS:
        if name not in joints:
            raise _refused(f"joints.{name}", "it is missing", "use [x, y]")
    return joints


def _canvas(value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        width, height = value
        if all(_is_int(v) and 2 <= v <= MAX_CANVAS_SIDE and v % 2 == 0 for v in value):
            return width, height
    raise _refused("canvas", found_value(value), f"use two even numbers up to {MAX_CANVAS_SIDE}")


def _layers(value: object) -> tuple[LayerName, ...]:
    names = _texts(value, "layers")
    found: list[LayerName] = []
    for index, text in enumerate(names):
        name = _choice(text, LAYER_NAMES, f"layers[{index}]")
        if name in found:
            raise _refused(f"layers[{index}]", f"'{name}' is listed twice", "list it once")
        found.append(name)
    if "body" not in found:
        raise _refused("layers", "'body' is missing", "list it")
    return tuple(found)


def _traits(values: Values) -> Traits:
    known = (
        "framing",
        "left_arm",
        "right_arm",
        "hem_y",
        "head_cut",
        "casts_shadow",
        "pad",
        "near",
        "sways_only",
    )
    _check_keys(values, "traits", *known)
    hem, near, pad = values["hem_y"], values["near"], values["pad"]
    if hem is not None and not _is_number(hem):
        raise _refused("traits.hem_y", found_value(hem), "use a number or null")
    if not _is_int(pad) or not 0 <= pad <= MAX_CANVAS_SIDE:
        raise _refused("traits.pad", found_value(pad), "use a whole number from 0 on")
    sides: tuple[Literal["left", "right"], ...] = ("left", "right")
    return Traits(
        framing=_choice(values["framing"], get_args(Framing), "traits.framing"),
        left_arm=_choice(values["left_arm"], get_args(ArmState), "traits.left_arm"),
        right_arm=_choice(values["right_arm"], get_args(ArmState), "traits.right_arm"),
        hem_y=None if hem is None else float(hem),
        head_cut=_flag(values["head_cut"], "traits.head_cut"),
        casts_shadow=_flag(values["casts_shadow"], "traits.casts_shadow"),
        pad=pad,
        near=None if near is None else _choice(near, sides, "traits.near"),
        sways_only=_flag(values["sways_only"], "traits.sways_only"),
    )


def _written(values: Values) -> Written:
    _check_keys(values, "written", "understudy", "casting", "files", "edited_keys", "given")
    files = _object(values["files"], "written.files")
    for file, digest in files.items():
        if not isinstance(digest, str):
            raise _refused(
                f"written.files.{file}", found_value(digest), "leave it as it was written"
            )
    for key in ("understudy", "casting", "edited_keys"):
        if not isinstance(values[key], str):
            raise _refused(f"written.{key}", found_value(values[key]), "leave it as it was written")
    return Written(
        understudy=values["understudy"],
        casting=values["casting"],
        files=files,
        edited_keys=values["edited_keys"],
        given=_texts(values["given"], "written.given"),
    )


def _object(value: object, key: str) -> Values:
    if not isinstance(value, dict):
        raise _refused(key, found_value(value), "use an object")
    return value


def _check_keys(values: Values, under: str, *known: str) -> None:
    """Refuse keys that are unknown or missing."""
    prefix = f"{under}." if under else ""
    for key in values:
        if key not in known:
            raise _refused(
                f"{prefix}{key}", "there is no such key", f"use one of {', '.join(known)}"
            )
    for key in known:
        if key not in values:
            raise _refused(f"{prefix}{key}", "it is missing", "put it back")


def _texts(value: object, key: str) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _refused(key, found_value(value), "use a list of texts")


def _flag(value: object, key: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _refused(key, found_value(value), "use true or false")


def _choice(value: object, allowed: tuple[T, ...], key: str) -> T:
    for each in allowed:
        if value == each:
            return each
    raise _refused(key, found_value(value), f"use one of {', '.join(map(str, allowed))}")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_int(value) or (isinstance(value, float) and math.isfinite(value))


def _name(key: str) -> str:
    return f"{FILE}: {key}" if key else FILE


def _refused(key: str, found: str, allowed: str) -> InputRefused:
    return InputRefused(_name(key), found=found, allowed=allowed)
