"""The judgement: the most that a character can do and still look right, and what remains wrong."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from understudy.character.character import Character
from understudy.character.simpler import simplified
from understudy.engines.engine import Judgement
from understudy.engines.puppet.judging.body_parts import arm_of, is_leg
from understudy.engines.puppet.judging.faults import Fault, find_faults
from understudy.engines.puppet.judging.looks import look_at, small
from understudy.engines.puppet.judging.wording import remarks_on
from understudy.geometry.skeleton import SIDES, Side

_BETTER = 0.6
"""What is wrong with a simpler character, as a share of what was wrong, at most: movement is worth
something, too."""


@functools.cache
def judging_version() -> str:
    """A digest of the puppet's sources: any of them may change what is drawn."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def judge(character: Character, kept: Collection[Side] = ()) -> Judgement:
    """Look at the character in the test poses, and at simpler ones while it falls short.

    kept: arms that move whatever comes of it. Simpler is tried in this order: the arms that are
    wrong at rest; the legs as well. It is kept only where it leaves much less that is wrong.
    """
    whole = small(character)
    judgement = Judgement()
    faults = first = find_faults(whole, look_at(whole))
    for arms, sways_only in _simpler(whole, first, kept):
        simpler = simplified(whole, arms, sways_only=sways_only)
        left = find_faults(simpler, look_at(simpler))
        if _badness(left) < _BETTER * _badness(faults):
            judgement, faults = Judgement(arms, sways_only), left
    remarks = remarks_on(judgement, first, faults)
    return Judgement(judgement.arms_at_rest, judgement.sways_only, remarks)


def _simpler(
    character: Character, faults: Sequence[Fault], kept: Collection[Side]
) -> Iterator[tuple[tuple[Side, ...], bool]]:
    """What to try, in order: arms at rest, and whether the figure only sways."""
    traits = character.traits
    of_motion = [fault for fault in faults if _is_of_motion(fault)]
    free = tuple(
        side
        for side, state in zip(SIDES, (traits.left_arm, traits.right_arm), strict=True)
        if state == "free" and side not in kept
    )
    wrong = tuple(side for side in free if any(arm_of(f.part) == side for f in of_motion))
    if wrong:
        yield wrong, False
    # What is painted behind an arm may lie anywhere on the figure.
    if free != wrong and any(fault.kind == "changed" for fault in faults):
        yield free, False
    may_step = traits.legs == "free"
    if may_step and any(is_leg(fault.part) for fault in of_motion):
        yield wrong, True


def _is_of_motion(fault: Fault) -> bool:
    """Whether a fault goes away with what moves."""
    return fault.kind not in ("left behind", "see-through")


def _badness(faults: Sequence[Fault]) -> float:
    return sum(fault.size for fault in faults if _is_of_motion(fault))
