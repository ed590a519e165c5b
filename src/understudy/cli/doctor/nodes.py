"""Checks of the machines of the Ray cluster that the settings name."""

from __future__ import annotations

from collections.abc import Iterator

from understudy import __version__
from understudy.cli.doctor.checks import Finding
from understudy.tasks.workers.executor import ExecutorAway
from understudy.tasks.workers.ray.cluster import Cluster, Node
from understudy.tasks.workers.ray.node_check import NodeFacts, look_at_nodes

_SHOWN_RESOURCES = ("CPU", "GPU")


def check_nodes(address: str, namespace: str) -> Iterator[Finding]:
    """A finding for each machine: its version, its weights (their hashes are compared) and its
    engines."""
    try:
        for node, facts in look_at_nodes(Cluster(address, namespace)):
            yield finding_of(node, facts)
    except ExecutorAway as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding("cluster", "missing", f"{address} does not respond: {reason}")


def finding_of(node: Node, facts: NodeFacts | str) -> Finding:
    """What a machine's facts, or why it has none, come to."""
    resources = ", ".join(
        f"{node.resources[name]:g} {name}" for name in _SHOWN_RESOURCES if name in node.resources
    )
    where = f"{node.address} ({resources or 'no CPU'})"
    if isinstance(facts, str):
        remedy = "install understudy[ray] there, in the same version"
        return Finding("node", "missing", f"{where}: {facts}", remedy)
    if facts.version != __version__:
        detail = f"{where}: version {facts.version}, here {__version__}"
        return Finding("node", "missing", detail, "install the same version on every machine")
    lacking = {name: state for name, state in facts.weights.items() if state != "ok"}
    engines = "; ".join(
        f"{name} cannot run: {reason}" if reason else name for name, reason in facts.engines.items()
    )
    detail = f"{where}: {len(facts.weights) - len(lacking)} of {len(facts.weights)} weights"
    if lacking:
        words = ", ".join(f"{name} {state}" for name, state in lacking.items())
        remedy = "understudy weights fetch   (on that machine)"
        return Finding("node", "note", f"{detail} ({words}); {engines}", remedy)
    return Finding("node", "ok", f"{detail}; {engines}")
