"""What the server says of its models, prices and limits."""

from __future__ import annotations

from tests.service.conftest import Client
from understudy.tasks.workers.jobs import engines


def test_capabilities_name_every_model_with_prices_and_limits(client: Client) -> None:
    told = client.data("GET", "/v1/capabilities")
    models = {model["name"]: model for model in told["models"]}
    assert models["kling-v2-6"]["available"]
    assert models["kling-v2-6"]["modes"]["std"] == {
        "engine": "puppet",
        "short_side": 720,
        "units_per_second": "0.5",
    }
    assert models["kling-v3"]["element"]
    assert models["kling-v3"]["path"] == "kling-3.0"
    assert not models["kling-v2-6"]["element"]
    assert told["limits"]["clip_seconds"] == {"video": 30, "image": 10}


def test_models_say_what_serves_them_and_which_cannot_run(client: Client) -> None:
    told = client.data("GET", "/v1/models")
    models = {model["name"]: model for model in told["models"]}
    assert list(models["brief"]["modes"]) == ["std"]
    assert models["brief"]["max_seconds"] == 5
    assert not models["generated"]["available"]
    assert "wan-animate-2" in models["generated"]["reason"]
    assert told["models"] == client.data("GET", "/v1/capabilities")["models"]


def test_an_engine_that_cannot_run_says_why() -> None:
    told = engines({"names": ["none-of-ours", "puppet"], "elsewhere": False}, lambda *_: None)
    assert "none-of-ours" in told["none-of-ours"]["reason"]
    assert told["puppet"]["reason"] == ""
    assert not told["puppet"]["replace"]
