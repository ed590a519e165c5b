"""The gallery: what is made, what is not made again, and what comes first."""

from __future__ import annotations

import json
from pathlib import Path

from bench.gallery import Entry, entry_of, page, pairs_in
from bench.takes import EXAMPLES, Pair

PARTS = ("pose", "hands", "face", "likeness", "frames")
NAMES = ("pck_wide", "correlation", "colours", "background", "residue", "flicker")


def judgement(score: float) -> dict[str, object]:
    return {"score": score} | {part: dict.fromkeys(NAMES, 0.5) for part in PARTS}


def test_every_picture_meets_every_clip_that_is_short_enough() -> None:
    pairs = pairs_in([EXAMPLES, EXAMPLES / "missing"])
    assert len(pairs) == 6
    assert {pair.clip.name for pair in pairs} == {"dance.mp4", "talk.mp4"}
    assert {pair.clip.name for pair in pairs_in([EXAMPLES], 5.5)} == {"talk.mp4"}


def test_what_was_made_or_refused_is_not_made_again(tmp_path: Path) -> None:
    made, refused, new = (
        Pair(Path(f"{name}.png"), Path("clip.mp4")) for name in ("made", "refused", "new")
    )
    (tmp_path / "made-clip.json").write_text(json.dumps({"judgement": judgement(70)}))
    (tmp_path / "refused-clip.txt").write_text("refused: understudy: image_url: too small")
    found = entry_of(made, tmp_path)
    assert found is not None
    assert found.score == 70
    assert entry_of(refused, tmp_path) is not None
    assert entry_of(new, tmp_path) is None


def test_the_worst_comes_first_a_failure_before_it_and_a_refusal_last() -> None:
    text = page(
        [
            Entry("good", "good", judgement=judgement(90)),
            Entry("refused", "refused", "refused: too small"),
            Entry("bad", "bad <b>", judgement=judgement(40)),
            Entry("failed", "failed", "failed: internal error"),
        ]
    )
    places = [text.index(f"<h2>{word}") for word in ("failed", "bad", "good", "refused")]
    assert places == sorted(places)
    assert "bad &lt;b&gt;" in text
