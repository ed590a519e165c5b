"""What a node of the cluster has, told by a function that runs there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Self

from understudy import __version__
from understudy.engines import EngineUnavailable, engine_names, load_engine
from understudy.tasks.workers.ray.cluster import Cluster, Node, SlotFailed, SlotLost
from understudy.weights import CATALOGUE, check

_SECONDS = 120.0
"""Hashing all weights and looking at all engines takes seconds; the first call starts a process."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """version: of understudy there. weights: the state of those that takes use by default, by name.
    engines: why each cannot run there, '' where it can, by name."""

    version: str
    weights: dict[str, str]
    engines: dict[str, str]

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `look_here` said."""
        return cls(**json.loads(text))


def look_here() -> str:
    """`NodeFacts` of this machine as JSON."""
    engines = {}
    for name in engine_names():
        try:
            load_engine(name)
        except EngineUnavailable as reason:
            engines[name] = str(reason)
        else:
            engines[name] = ""
    weights = {weight.name: str(check(weight)) for weight in CATALOGUE if weight.by_default}
    return json.dumps(asdict(NodeFacts(__version__, weights, engines)))


def look_at_nodes(cluster: Cluster) -> Iterator[tuple[Node, NodeFacts | str]]:
    """Every machine of the cluster with what it has, or why it cannot tell. Raises ExecutorAway."""
    cluster.connect_now()
    for node in cluster.nodes():
        try:
            yield node, NodeFacts.from_json(cluster.on_node(node, look_here, _SECONDS))
        except (SlotLost, SlotFailed) as error:
            yield node, str(error).strip().splitlines()[-1]
