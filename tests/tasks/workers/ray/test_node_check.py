"""Every machine of a cluster says what it has."""

from __future__ import annotations

from tests.ray_cluster import NODES, RayCluster
from understudy import __version__
from understudy.tasks.workers.ray.cluster import Cluster
from understudy.tasks.workers.ray.node_check import NodeFacts, look_at_nodes
from understudy.weights import CATALOGUE


def test_nodes_tell_their_version_weights_and_engines(ray_cluster: RayCluster) -> None:
    told = [facts for _, facts in look_at_nodes(Cluster(ray_cluster.address, "doctor"))]
    # The head, which has no cores for slots, is a machine as well.
    assert len(told) == NODES + 1
    for facts in told:
        assert isinstance(facts, NodeFacts)
        assert facts.version == __version__
        assert facts.engines["puppet"] == ""
        assert set(facts.weights) == {each.name for each in CATALOGUE if each.by_default}
