"""The capability map says what the wire contract says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from understudy.engines import DEFAULT_MODEL, MODELS, engine_names
from understudy.engines.capabilities import units_for


@pytest.mark.parametrize(
    ("name", "std", "pro", "elements"),
    [("kling-v2-6", "0.5", "0.8", False), ("kling-v3", "0.9", "1.2", True)],
)
def test_models_cost_and_can_do_what_the_contract_says(
    name: str, std: str, pro: str, elements: bool
) -> None:
    model = MODELS[name]
    assert model.units == {"std": Decimal(std), "pro": Decimal(pro)}
    assert model.elements is elements


def test_every_model_is_served_by_an_engine_that_is_installed() -> None:
    assert {name for model in MODELS.values() for name in model.engines.values()} <= set(
        engine_names()
    )
    assert DEFAULT_MODEL in MODELS


@pytest.mark.parametrize(
    ("seconds", "rate", "units"),
    [
        (9.066, "0.5", "4.5"),
        (3.0, "0.5", "1.5"),
        (3.499, "0.8", "2.4"),
        (3.5, "0.8", "3.2"),
        (4.5, "0.9", "4.5"),
        (30.02, "1.2", "36.0"),
        (0.2, "0.5", "0.5"),
    ],
)
def test_units_follow_the_output_rounded_to_whole_seconds(
    seconds: float, rate: str, units: str
) -> None:
    assert units_for(seconds, Decimal(rate)) == Decimal(units)
