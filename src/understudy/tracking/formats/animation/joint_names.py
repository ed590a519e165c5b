"""Which joint of another tool's hierarchy is which, by its name.

Known are the names of CMU's and Bandai Namco's recordings, Mixamo, MotionBuilder, Poser and DAZ,
3ds Max's Biped, Unreal's mannequin, Rigify and SMPL: a side in words or a letter, before or after
the joint, and one of a few words for each joint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from understudy.geometry.skeleton import SIDES, Side

# In order of preference: a word that another joint may have stands last.
_ARM = ("arm", "upperarm", "uparm", "shldr", "shoulder")
_ELBOW = ("forearm", "lowerarm", "lowarm", "elbow")
_WRIST = ("wrist", "hand")
_HAND_END = ("handend", "handmiddle", "middle", "handindex", "index", "hand")
_THUMB = ("handthumb", "thumb")
_HIP = ("upleg", "thigh", "upperleg", "hip")
_KNEE = ("leg", "shin", "calf", "lowerleg", "lowleg", "knee")
_ANKLE = ("ankle", "foot")
_TOES = ("toebase", "toe", "toes", "ball", "foot")
_HEAD = ("head",)
_NECK = ("neck",)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PREFIXES = frozenset({"bip", "biped", "def", "character", "bn", "j", "jnt", "joint"})
_SIDES: dict[str, Side] = {"left": "left", "l": "left", "right": "right", "r": "right"}


@dataclass(frozen=True, slots=True)
class SideJoints:
    """The joints of one side by index; None where the hierarchy has none."""

    arm: int
    elbow: int
    wrist: int
    hand_end: int | None
    thumb: int | None
    hip: int
    knee: int
    ankle: int
    toes: int | None


@dataclass(frozen=True, slots=True)
class BodyJoints:
    """The joints of a body by index; None where the hierarchy has none."""

    neck: int | None
    head: int | None
    left: SideJoints
    right: SideJoints


def joints_by_name(names: Sequence[str]) -> BodyJoints:
    """Which joint is which. Raises ValueError naming those that are missing."""
    known: dict[tuple[Side | None, str], int] = {}
    for index, name in enumerate(names):
        known.setdefault(_parsed(name), index)
    missing: list[str] = []

    def first(side: Side | None, words: tuple[str, ...], taken: int | None = None) -> int | None:
        found = (known.get((side, word)) for word in words)
        return next((n for n in found if n is not None and n != taken), None)

    def needed(side: Side, words: tuple[str, ...], what: str) -> int:
        found = first(side, words)
        if found is None:
            missing.append(f"{side} {what}")
        return found or 0

    def one_side(side: Side) -> SideJoints:
        ankle = needed(side, _ANKLE, "ankle")
        wrist = needed(side, _WRIST, "wrist")
        return SideJoints(
            arm=needed(side, _ARM, "shoulder"),
            elbow=needed(side, _ELBOW, "elbow"),
            wrist=wrist,
            hand_end=first(side, _HAND_END, taken=wrist),
            thumb=first(side, _THUMB),
            hip=needed(side, _HIP, "hip"),
            knee=needed(side, _KNEE, "knee"),
            ankle=ankle,
            toes=first(side, _TOES, taken=ankle),
        )

    left, right = (one_side(side) for side in SIDES)
    if missing:
        raise ValueError(f"no joint has a known name for {', '.join(missing)}")
    return BodyJoints(first(None, _NECK), first(None, _HEAD), left, right)


def _parsed(name: str) -> tuple[Side | None, str]:
    """The side and the rest of a name: ("left", "upleg") of "mixamorig:LeftUpLeg"."""
    words = [word.lower() for word in _WORDS.findall(name.rsplit(":", 1)[-1])]
    side: Side | None = None
    for place in (0, -1, *range(1, len(words) - 1)):
        if len(words) > 1 and words[place] in _SIDES:
            side = _SIDES[words.pop(place)]
            break
    # Numbers count joints of a chain, and the first is the one that is meant.
    rest = [word for word in words if not word.isdigit()]
    while len(rest) > 1 and rest[0] in _PREFIXES:
        rest = rest[1:]
    return side, "".join(rest)
