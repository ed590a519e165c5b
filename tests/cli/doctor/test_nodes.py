"""What the doctor says of a cluster's machines."""

from __future__ import annotations

from dataclasses import replace

from understudy import __version__
from understudy.cli.doctor.nodes import finding_of
from understudy.tasks.workers.ray.cluster import Node
from understudy.tasks.workers.ray.node_check import NodeFacts

NODE = Node("id", "10.0.0.7", {"CPU": 16.0, "GPU": 1.0, "memory": 1e9})
FACTS = NodeFacts(
    __version__, {"isnet": "ok", "span": "ok"}, {"puppet": "", "wan-animate-2": "needs torch"}
)


def test_a_complete_machine_is_fine_and_its_engines_are_named() -> None:
    finding = finding_of(NODE, FACTS)
    assert finding.state == "ok"
    assert finding.detail == (
        "10.0.0.7 (16 CPU, 1 GPU): 2 of 2 weights; puppet; wan-animate-2 cannot run: needs torch"
    )


def test_missing_and_damaged_weights_are_noted() -> None:
    finding = finding_of(NODE, replace(FACTS, weights={"isnet": "damaged", "span": "missing"}))
    assert finding.state == "note"
    assert "0 of 2 weights (isnet damaged, span missing)" in finding.detail


def test_another_version_and_a_silent_machine_cannot_run_takes() -> None:
    assert finding_of(NODE, replace(FACTS, version="0.0.1")).state == "missing"
    silent = finding_of(NODE, "No module named 'understudy'")
    assert silent.state == "missing"
    assert "No module named" in silent.detail
