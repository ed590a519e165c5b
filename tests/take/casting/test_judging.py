"""A character is judged once by the engine that will move it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tests.engines.paper_doll import paper_doll
from understudy.cache import Cache
from understudy.character.character import Character
from understudy.engines import Judgement
from understudy.engines.puppet import PuppetEngine
from understudy.geometry.skeleton import Side
from understudy.take.casting.judging import judged


class Strict(PuppetEngine):
    """Finds fault with every left arm, and counts how often it is asked."""

    asked = 0

    def judge(self, character: Character, kept: Collection[Side] = ()) -> Judgement:
        self.asked += 1
        arms: tuple[Side, ...] = () if "left" in kept else ("left",)
        return Judgement(arms, sways_only=True, remarks=("The left arm will not move.",))


def test_what_is_better_left_at_rest_is_and_the_remarks_are_warnings(tmp_path: Path) -> None:
    found = judged(Strict(), paper_doll(), Cache(tmp_path))
    assert [layer.name for layer in found.layers] == ["body", "right_arm"]
    assert found.traits.sways_only
    assert found.warnings == ("The left arm will not move.",)


def test_a_character_is_judged_once(tmp_path: Path) -> None:
    engine = Strict()
    first, again = (judged(engine, paper_doll(), Cache(tmp_path)) for _ in range(2))
    assert engine.asked == 1
    assert first.traits == again.traits
    assert first.warnings == again.warnings


def test_the_choice_of_an_arm_is_another_judgement(tmp_path: Path) -> None:
    engine = Strict()
    judged(engine, paper_doll(), Cache(tmp_path))
    kept: tuple[Side, ...] = ("left",)
    found = judged(engine, paper_doll(), Cache(tmp_path), kept)
    assert engine.asked == 2
    assert found.traits.left_arm == "free"
