"""The capability map as the operator set it up."""

from __future__ import annotations

from decimal import Decimal

from understudy.service.models import Catalogue, reservation
from understudy.settings import ExtraModel

BRIEF = ExtraModel(engine="puppet", std=Decimal(1), max_seconds=5)


def test_how_long_clips_may_be_is_the_contracts_the_operators_or_the_models() -> None:
    plain = Catalogue.of({})
    assert plain.longest_clip.max_seconds == 30
    assert reservation(plain.by_name["kling-v2-6"], "std", "image", 99) == 5_000
    allowed = Catalogue.of({"brief": BRIEF}, 600)
    assert {name: model.max_seconds for name, model in allowed.by_name.items()} == {
        "kling-v2-6": 600,
        "kling-v3": 600,
        "brief": 5,
    }
    assert allowed.longest_clip.max_seconds == 600
    assert reservation(allowed.by_name["kling-v2-6"], "std", "image", 99) == 49_500
    assert reservation(allowed.by_name["brief"], "std", "image", None) == 5_000
