"""Camera wording: what a prompt asks of the camera, in plain English.

A puppet has one picture, so of a prompt it can follow the camera's movements alone. Everything else
is named as left out, so that nobody wonders where it went.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Move = Literal[
    "zoom in",
    "zoom out",
    "push in",
    "pull out",
    "pan left",
    "pan right",
    "tilt up",
    "tilt down",
    "orbit left",
    "orbit right",
    "hand-held",
    "static",
    "as in the clip",
]

# How far a movement goes by its wording, against one without an adverb.
_SLOW_AMOUNT, _FAST_AMOUNT = 0.6, 1.5

_CAMERA = r"(?:the )?(?:camera|shot|view|lens|frame)\b"
_TOWARDS = r"(?: ?(?:slowly|gently|smoothly|quickly|slightly|a bit|a little))*"
_LEFT = r"(?: ?(?:to|towards?))?(?: ?the)? ?left(?:wards?)?"
_RIGHT = r"(?: ?(?:to|towards?))?(?: ?the)? ?right(?:wards?)?"
_PAN = rf"(?:pan|truck)(?:s|ning|ing|ned)?{_TOWARDS}"
_CLIP = r"the (?:motion |reference |driving )?(?:clip|video)"
_WORK = r"camera(?: ?work| movements?| motion| moves?)?\b"
_CAMERA_GOES = (
    rf"{_CAMERA}{_TOWARDS} (?:slide|track|sweep|swing|move|drift|glide|travel|turn)s?{_TOWARDS}"
)

# In order: the first that matches a clause at a place wins, so longer wordings come first.
_WORDINGS: tuple[tuple[Move, str], ...] = (
    (
        "static",
        r"(?:static|fixed|stationary|motionless|locked(?:[- ]off|[- ]down)?|still) "
        r"(?:camera|shot|frame|framing|view)"
        rf"|{_CAMERA} (?:is |stays |remains |holds |keeps )+"
        r"(?:static|fixed|still|stationary|locked(?:[- ]off)?|steady)"
        rf"|{_CAMERA} (?:does not|doesn't|doesn’t|never) move|no camera (?:movement|motion|moves?)"
        r"|without (?:any )?camera (?:movement|motion)|(?:on a )?tripod(?: shot)?"
        r"|keep the camera (?:static|fixed|still|steady)",
    ),
    (
        "as in the clip",
        rf"(?:follow|match|copy|use|take|keep|with)(?:s|es|ing)? "
        rf"(?:{_CLIP}['’]s {_WORK}|the {_WORK} (?:of|from|in) {_CLIP})"
        rf"|same {_WORK} as (?:in )?{_CLIP}"
        rf"|{_CAMERA} (?:moves?|goes) (?:exactly )?(?:as|like)(?: it does)? in {_CLIP}",
    ),
    (
        "hand-held",
        r"hand[- ]?held|shaky[- ]?cam(?:era)?|camera shake|shaky camera|found[- ]footage",
    ),
    (
        "push in",
        rf"(?:push|dolly|truck|track|creep)(?:s|es|ing|ies)?{_TOWARDS} ?(?:in|forwards?|closer)\b"
        rf"|dollies{_TOWARDS} (?:in|forwards?)|push[- ]in|dolly[- ]in"
        rf"|{_CAMERA}{_TOWARDS} approaches"
        rf"|{_CAMERA}{_TOWARDS} (?:move|come|get|go)(?:s|es)?{_TOWARDS} ?"
        r"(?:in|closer|forwards?|towards?|near(?:er)?)\b",
    ),
    (
        "pull out",
        rf"(?:pull|dolly|truck|track|back)(?:s|ing|ies)?{_TOWARDS} ?(?:out|back(?:wards?)?|away)\b"
        rf"|dollies{_TOWARDS} (?:out|back(?:wards?)?)|pull[- ](?:out|back)|dolly[- ]out"
        rf"|{_CAMERA}{_TOWARDS} retreats?"
        rf"|{_CAMERA}{_TOWARDS} (?:moves?|goes){_TOWARDS} ?(?:back|away|out)(?:wards?)?",
    ),
    (
        "zoom in",
        rf"zoom(?:s|ing|ed)?{_TOWARDS} ?-?(?:in|closer|into)\b"
        r"|tighten(?:s|ing)? the (?:shot|frame)",
    ),
    (
        "zoom out",
        rf"zoom(?:s|ing|ed)?{_TOWARDS} ?-?(?:out|back|away)\b|widen(?:s|ing)? the (?:shot|frame)",
    ),
    ("pan left", rf"(?:{_PAN}|{_CAMERA_GOES}){_LEFT}\b"),
    ("pan right", rf"(?:{_PAN}|{_CAMERA_GOES}){_RIGHT}\b"),
    (
        "tilt up",
        rf"(?:tilt|crane|boom|pedestal|pan)(?:s|ing|ning)?{_TOWARDS} ?up(?:wards?)?\b"
        rf"|{_CAMERA} rises|crane[- ]up",
    ),
    (
        "tilt down",
        rf"(?:tilt|crane|boom|pedestal|pan)(?:s|ing|ning)?{_TOWARDS} ?down(?:wards?)?\b"
        rf"|{_CAMERA} (?:lowers|sinks|descends)|crane[- ]down",
    ),
    (
        "orbit left",
        rf"(?:orbit|circle|arc|rotate|revolve)(?:s|ing|d)?{_TOWARDS}"
        rf"(?: around(?: \w+){{0,3}}?)?{_LEFT}\b",
    ),
    (
        "orbit right",
        rf"(?:orbit|arc)(?:s|ing)?\b(?:{_TOWARDS} ?(?:around|shot))?{_TOWARDS}(?:{_RIGHT}\b)?"
        r"|(?:circle|rotate|revolve|spin)(?:s|ing)? around"
        r"|360[- ]?(?:degrees?|°)?[- ]?(?:shot|view)?",
    ),
)
_PATTERNS = tuple(
    (move, re.compile(rf"(?:{wording})", re.IGNORECASE)) for move, wording in _WORDINGS
)
_CLAUSE = re.compile(r"[.;,!?\n]+|\bwhile\b|\bas\b(?= the camera)|\band\b(?! forth)", re.IGNORECASE)
_THEN = re.compile(r"\b(?:and )?(?:then|after that|afterwards|finally)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|don't|don’t|never|without|avoid|do not)\b", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"\b(?:zoom|pan|tilt|orbit|dolly|shak|camera mov)(?:s|e|es|ning|ing|ement)?\b", re.IGNORECASE
)
_SLOW = re.compile(
    r"\b(?:slow(?:ly)?|gentl[ey]|subtl[ey]|slight(?:ly)?|soft(?:ly)?|gradual(?:ly)?)\b", re.I
)
_FAST = re.compile(
    r"\b(?:fast|quick(?:ly)?|rapid(?:ly)?|dramatic(?:ally)?|strong(?:ly)?|swift(?:ly)?)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of the camera. amount: 1 as usual, less for slow, more for fast wording."""

    move: Move
    amount: float


@dataclass(frozen=True, slots=True)
class CameraScript:
    """What a prompt asks of the camera.

    parts: movements that happen at once, one part after the other.
    understood, left_out: clauses of the prompt.
    """

    parts: tuple[tuple[Movement, ...], ...]
    understood: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def follows_clip(self) -> bool:
        """Whether the clip's camera is to be followed."""
        return any(m.move == "as in the clip" for part in self.parts for m in part)


def read_camera(prompt: str) -> CameraScript:
    """Read a prompt's camera wording."""
    parts: list[tuple[Movement, ...]] = []
    understood: list[str] = []
    left_out: list[str] = []
    for passage in _THEN.split(prompt):
        moves: dict[Move, Movement] = {}
        for clause in filter(None, (c.strip() for c in _CLAUSE.split(passage))):
            found = _moves_of(clause)
            if found is None:
                left_out.append(clause)
            else:
                understood.append(clause)
                moves |= {m.move: m for m in found}
        if moves:
            parts.append(_consistent(moves))
    return CameraScript(tuple(parts), tuple(understood), tuple(left_out))


def _moves_of(clause: str) -> tuple[Movement, ...] | None:
    """The movements of a clause; none for one that forbids them; None for other wording."""
    amount = _SLOW_AMOUNT if _SLOW.search(clause) else _FAST_AMOUNT if _FAST.search(clause) else 1.0
    found: list[Movement] = []
    taken: list[tuple[int, int]] = []
    forbidden = False
    for move, pattern in _PATTERNS:
        for match in pattern.finditer(clause):
            start, end = match.span()
            if start == end or any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            if move != "static" and _NOT.search(clause[:start]):
                forbidden = True
            else:
                found.append(Movement(move, amount))
    denied = _NOT.search(clause)
    forbidden = forbidden or bool(denied and _FORBIDDEN.search(clause, denied.end()))
    return tuple(found) if found or forbidden else None


_OPPOSITE: dict[Move, Move] = {
    "zoom in": "zoom out",
    "push in": "pull out",
    "pan left": "pan right",
    "tilt up": "tilt down",
    "orbit left": "orbit right",
}


def _consistent(moves: dict[Move, Movement]) -> tuple[Movement, ...]:
    """Opposite movements at once cancel; a static camera yields to any that moves."""
    for move, opposite in _OPPOSITE.items():
        if move in moves and opposite in moves:
            del moves[move], moves[opposite]
    if len(moves) > 1:
        moves.pop("static", None)
    return tuple(moves.values())
