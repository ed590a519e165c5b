"""A Ray cluster of three simulated nodes on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

NODES = 3
CPUS_OF_A_NODE = 2
_OBJECTS_BYTES = 80_000_000
# A frozen node is noticed after some ten seconds, as docs/scaling.md recommends for clusters.
HEALTH = {
    "health_check_period_ms": 2000,
    "health_check_timeout_ms": 2000,
    "health_check_failure_threshold": 4,
}


@dataclass(frozen=True, slots=True)
class RayCluster:
    """address: what the cluster is joined by. made: Ray's own object of it. cpus: of each node."""

    address: str
    made: Any
    cpus: int

    def add_node(self) -> Any:
        """Add a machine."""
        return self.made.add_node(num_cpus=self.cpus, object_store_memory=_OBJECTS_BYTES)


@contextmanager
def running_cluster(nodes: int = NODES, cpus: int = CPUS_OF_A_NODE) -> Iterator[RayCluster]:
    """A cluster of a head without cores for slots, and of nodes that claim so many cores each."""
    import ray
    from ray.cluster_utils import Cluster

    made = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 0,
            "include_dashboard": False,
            "object_store_memory": _OBJECTS_BYTES,
            "_system_config": HEALTH,
        },
    )
    try:
        cluster = RayCluster(made.address, made, cpus)
        for _ in range(nodes):
            cluster.add_node()
        yield cluster
    finally:
        if ray.is_initialized():
            ray.shutdown()
        made.shutdown()


def end_slots(namespace: str) -> None:
    """Kill the slots of a namespace."""
    import ray

    for each in ray.util.list_named_actors(all_namespaces=True):
        if each["namespace"] == namespace:
            actor = ray.get_actor(each["name"], namespace=namespace)
            ray.kill(actor, no_restart=True)
