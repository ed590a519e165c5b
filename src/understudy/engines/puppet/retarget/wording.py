"""Motion wording: how much of the motion a prompt asks for, in plain English.

Only what says it plainly counts ("subtle motion", "keep the face still", "only the head moves");
anything else is left to be named as left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from understudy.engines.engine import MotionControls

# What a wording sets: fields of `MotionControls`. As with options, other parts stay as they are.
Setting = Mapping[str, float | bool]

_SUBTLE, _EXAGGERATED = 0.6, 1.3  # strengths

_MOTION = r"(?:motions?|movements?|moves?|gestures?|animation|performance)"
_KEEP = r"(?:keep(?:s|ing)?|hold(?:s|ing)?|leav(?:e|es|ing))"
_WHOSE = r"(?:the|her|his|its|their)"
_STILL = r"(?:still|steady|straight|motionless|fixed|as (?:it is|they are|in the picture))"
_STAYS = r"(?:stays?|remains?|keeps?|is|are)"
_FACE = r"(?:face|(?:facial )?expression|mouth|lips)"
_LOCK: Setting = {"body": False, "hands": False, "travel": False}


def _still(part: str) -> str:
    return (
        rf"{_KEEP} {_WHOSE} {part} (?:{_STILL}|closed|neutral)"
        rf"|{part} {_STAYS} (?:perfectly |completely )?(?:{_STILL}|closed|neutral)"
        rf"|{_WHOSE} {part} (?:does not|do not|doesn't|don't|never) moves?"
        rf"|(?:no|without(?: any)?) {part} {_MOTION}"
    )


def _only(parts: str) -> str:
    return (
        rf"only {_WHOSE} {parts} moves?|(?:only )?moves? only {_WHOSE} {parts}"
        rf"|only moves? {_WHOSE} {parts}|{parts} only|only {_WHOSE} {parts}"
    )


_WORDINGS: tuple[tuple[str, Setting], ...] = (
    (_only(r"(?:head and (?:the |her |his )?face|face and (?:the |her |his )?head)"), _LOCK),
    (_only(r"head"), {**_LOCK, "face": False}),
    (
        _only(rf"(?:{_FACE}|lips? and (?:the |her |his )?face)"),
        {**_LOCK, "head": False},
    ),
    (_only(r"body"), {"head": False, "hands": False, "face": False}),
    (
        _still(rf"(?:{_FACE})") + rf"|(?:no|without(?: any)?) facial (?:expressions?|{_MOTION})"
        r"|neutral (?:face|expression)",
        {"face": False},
    ),
    (_still(r"head"), {"head": False}),
    (_still(r"fingers"), {"hands": False}),
    (_still(r"body"), _LOCK),
    (
        r"(?:stays?|staying|remains?|stands?) (?:in (?:its |one |the same )?place|on the spot)"
        r"|(?:does not|doesn't|do not|don't|without) (?:walk(?:ing)?|travel(?:l?ing)?)(?: around)?",
        {"travel": False},
    ),
    (
        rf"(?:subtle|small|slight|gentle|restrained|minimal|calm|understated|little) {_MOTION}"
        r"|mov(?:es?|ing) (?:only )?(?:subtly|slightly|gently|calmly|a little)",
        {"strength": _SUBTLE},
    ),
    (
        rf"(?:exaggerated|big|large|energetic|lively|dramatic|expressive|strong) {_MOTION}"
        rf"|exaggerat(?:e|es|ed|ing)(?: {_WHOSE} {_MOTION})?"
        r"|mov(?:es?|ing) (?:energetically|dramatically|wildly)",
        {"strength": _EXAGGERATED},
    ),
)
_PATTERNS = tuple(
    (re.compile(rf"\b(?:{wording})\b", re.IGNORECASE), setting) for wording, setting in _WORDINGS
)
# "No subtle motion" asks for something else, and nothing plain.
_NOT = re.compile(r"\b(?:no|not|never|avoid|less|more)\s+$", re.IGNORECASE)
_DEFAULTS = MotionControls()


@dataclass(frozen=True, slots=True)
class MotionWording:
    """What the clauses of a prompt set of the motion.

    settings: fields of `MotionControls`. understood, left_out: the clauses.
    """

    settings: Setting
    understood: tuple[str, ...]
    left_out: tuple[str, ...]


def read_motion(clauses: Iterable[str]) -> MotionWording:
    """Read clauses of a prompt, such as those that say nothing of the camera."""
    settings: dict[str, float | bool] = {}
    understood: list[str] = []
    left_out: list[str] = []
    for clause in clauses:
        found = _setting_of(clause)
        if found is None:
            left_out.append(clause)
        else:
            understood.append(clause)
            settings |= found
    return MotionWording(settings, tuple(understood), tuple(left_out))


def worded(controls: MotionControls, wording: MotionWording) -> MotionControls:
    """The controls with what a prompt sets; an option that was given counts for more."""
    free = {
        name: value
        for name, value in wording.settings.items()
        if getattr(controls, name) == getattr(_DEFAULTS, name)
    }
    return replace(controls, **free)  # type: ignore[arg-type]


def _setting_of(clause: str) -> Setting | None:
    for pattern, setting in _PATTERNS:
        match = pattern.search(clause)
        if match is not None and not _NOT.search(clause[: match.start()]):
            return setting
    return None
