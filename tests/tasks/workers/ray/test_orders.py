"""What goes between executor and slots keeps its values, and names the files of its machine."""

from __future__ import annotations

from pathlib import Path

from understudy.engines import EngineNeeds
from understudy.tasks.workers.ray.orders import Order, SlotSettings, SlotState

ORDER = Order(
    name="7#2",
    function="take",
    engine="puppet",
    arguments={
        "media": {"clip": "/here/clip", "element": ["/here/a", "/here/b"], "picture": None},
        "request": {"prompt": "walk to /here/clip"},
        "workspace": "/here",
    },
    workspace="/here",
    inputs=("/here/clip", "/here/a", "/here/b"),
)


def test_values_come_back_from_json() -> None:
    settings = SlotSettings(
        version="1",
        jobs="module",
        seconds=5.0,
        memory_mb=0,
        needs=EngineNeeds(gpus=0.5, accelerator="H100", resident=True),
    )
    state = SlotState(settings=settings, job="7#2", engines=("a", "b"))
    assert SlotState.from_json(state.to_json()) == state
    assert Order.from_json(ORDER.to_json()) == ORDER


def test_paths_become_those_of_the_other_machine_and_nothing_else_changes() -> None:
    inputs = (Path("/there/0"), Path("/there/1"), Path("/there/2"))
    moved = ORDER.moved_to(Path("/there/out"), inputs)
    assert moved.arguments == {
        "media": {"clip": "/there/0", "element": ["/there/1", "/there/2"], "picture": None},
        "request": {"prompt": "walk to /here/clip"},
        "workspace": "/there/out",
    }
