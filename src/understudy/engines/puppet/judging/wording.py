"""What a judgement says to a person: one sentence for each thing, with its place."""

from __future__ import annotations

from collections.abc import Sequence

from understudy.engines.engine import Judgement
from understudy.engines.puppet.judging.body_parts import arm_of, is_leg
from understudy.engines.puppet.judging.faults import Fault, FaultKind

_REASONS: dict[FaultKind, str] = {
    "changed": "it would look different from the picture at the {part}",
    "loose": "a piece at the {part} would come off",
    "slit": "the background would show through at the {part}",
    "thin": "too little of the {part} is seen in the picture",
    "torn": "pieces of the {part} could not be told from the body",
    "ragged": "the outline of the {part} is ragged, as of hair",
    "carries ground": "pieces of the background would move with the {part}",
    "off the figure": "the {part} was not found on the figure",
    "over the face": "it could not be told from the face",
}
_REMAINING: dict[FaultKind, str] = {
    "changed": "The character looks different from its picture at {parts}.",
    "loose": "In some poses a piece hangs on nothing at {parts}.",
    "slit": "In some poses the background shows through at {parts}.",
    "thin": "Too little is seen of {parts}: it will look torn when it is lifted.",
    "torn": "Pieces are missing of {parts}: it will look torn when it is lifted.",
    "ragged": "The outline of {parts} is ragged: it will look torn when it is lifted.",
    "carries ground": "Pieces of the background move with {parts}.",
    "off the figure": "These joints were not found on the figure and may move wrongly: {parts}.",
    "over the face": "An arm could not be told from the face: {parts}.",
    "see-through": "The background shows through {parts}: the figure was cut out badly there.",
    "left behind": "Something stays with the background beside {parts}.",
}
_MOST_PLACES = 3
"""Named in one sentence: the largest faults of a kind."""


def remarks_on(
    judgement: Judgement, first: Sequence[Fault], remaining: Sequence[Fault]
) -> tuple[str, ...]:
    """What was left at rest and why, then what remains.

    first: the faults of the character with everything that it can move; remaining: those of what
    the judgement leaves of it.
    """
    said = []
    for side in judgement.arms_at_rest:
        own = [fault for fault in first if arm_of(fault.part) == side and fault.kind in _REASONS]
        said.append(f"The {side} arm will not move{_because(own)}.")
    if judgement.sways_only:
        legs = [fault for fault in first if is_leg(fault.part) and fault.kind in _REASONS]
        said.append(f"The figure sways but takes no steps{_because(legs)}.")
    for kind, sentence in _REMAINING.items():
        faults = sorted((f for f in remaining if f.kind == kind), key=lambda f: -f.size)
        parts = list(dict.fromkeys(f"the {fault.part}" for fault in faults))[:_MOST_PLACES]
        if parts:
            said.append(sentence.format(parts=_listed(parts)))
    return tuple(said)


def _listed(words: list[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def _because(faults: Sequence[Fault]) -> str:
    if not faults:
        return ", so that it stays in one piece"
    worst = max(faults, key=lambda fault: fault.size)
    return ": " + _REASONS[worst.kind].format(part=worst.part)
