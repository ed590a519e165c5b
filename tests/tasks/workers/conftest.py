"""Executors of both kinds; the Ray cluster is started for the first test that needs it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.ray_cluster import RayCluster, end_slots
from understudy import __version__
from understudy.engines import EngineNeeds
from understudy.tasks.workers.executor import Executor
from understudy.tasks.workers.local import LocalExecutor

REHEARSAL = "understudy.testing.rehearsal"

MakeExecutor = Callable[..., Executor]


@pytest.fixture(params=["local", "ray"])
def executor(request: pytest.FixtureRequest) -> Iterator[MakeExecutor]:
    """Makes executors of two slots that run stand-ins; changes: of their settings."""
    if request.param == "local":
        yield _local
        return
    cluster: RayCluster = request.getfixturevalue("ray_cluster")
    namespace = secrets.token_hex(6)
    yield lambda **changes: _on_ray(cluster, namespace, **changes)
    end_slots(namespace)


def _local(**changes: Any) -> Executor:
    return LocalExecutor(2, **{"seconds": 60, "memory_mb": 1024, "jobs": REHEARSAL, **changes})


def _on_ray(cluster: RayCluster, namespace: str, **changes: Any) -> Executor:
    from understudy.tasks.workers.ray.cluster import Cluster
    from understudy.tasks.workers.ray.executor import RayExecutor
    from understudy.tasks.workers.ray.orders import SlotSettings

    async def needs(engine: str) -> EngineNeeds:
        asked: EngineNeeds = changes.get("needs", EngineNeeds())
        return asked

    settings = {"seconds": 60, "memory_mb": 1024, "jobs": REHEARSAL, **changes}
    settings.pop("needs", None)
    return RayExecutor(
        Cluster(cluster.address, namespace),
        needs,
        SlotSettings(version=__version__, **settings),
        slots=2,
    )
