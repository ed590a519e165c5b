"""Looking at a character before it is used: the engine judges it once, the cache keeps the answer.

What the engine says is better left at rest is; what stays wrong is added to the warnings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, replace

import numpy as np

from understudy.cache import Cache
from understudy.character.character import Character
from understudy.character.serialization import character_record
from understudy.character.simpler import simplified
from understudy.engines import CharacterJudging, Engine, Judgement
from understudy.geometry.skeleton import Side
from understudy.processes.messages import Message


def judged(
    engine: Engine, character: Character, cache: Cache, kept: Collection[Side] = ()
) -> Character:
    """The character as far as the engine can move it well, with its remarks among the warnings.

    kept: arms that somebody chose to be free. An engine that does not judge changes nothing.
    """
    if not isinstance(engine, CharacterJudging):
        return character
    judgement = _judgement(engine, character, cache, kept)
    simpler = simplified(character, judgement.arms_at_rest, sways_only=judgement.sways_only)
    return replace(simpler, warnings=(*character.warnings, *judgement.remarks))


def _judgement(
    engine: CharacterJudging, character: Character, cache: Cache, kept: Collection[Side]
) -> Judgement:
    key = {
        "judging": engine.judging_version,
        "character": _digest(character),
        "kept": sorted(kept),
    }
    record = cache.load("judgement", key)
    if record is not None:
        values = record.values
        return Judgement(
            arms_at_rest=tuple(values["arms_at_rest"]),
            sways_only=values["sways_only"],
            remarks=tuple(values["remarks"]),
        )
    judgement = engine.judge(character, kept)
    values = asdict(judgement) | {
        "arms_at_rest": list(judgement.arms_at_rest),
        "remarks": list(judgement.remarks),
    }
    cache.store("judgement", key, Message("judgement", values))
    return judgement


def _digest(character: Character) -> str:
    """Equal for characters that look and move alike."""
    record = character_record(character)
    digest = hashlib.blake2b(repr(record.values).encode(), digest_size=20)
    for name, array in sorted(record.arrays.items()):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
