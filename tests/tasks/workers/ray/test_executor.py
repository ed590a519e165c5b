"""Slots on a Ray cluster outlive controllers, are placed by needs and keep models; what dies is
noticed, and its job told as crashed."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ray_cluster import CPUS_OF_A_NODE, NODES, RayCluster, end_slots
from understudy import __version__
from understudy.engines import EngineNeeds
from understudy.tasks.workers.executor import Job
from understudy.tasks.workers.messages import Crashed, Done, Progressed
from understudy.tasks.workers.ray import slots
from understudy.tasks.workers.ray.cluster import Cluster
from understudy.tasks.workers.ray.executor import RayExecutor
from understudy.tasks.workers.ray.orders import SlotSettings

SHARING = "tests.tasks.workers.ray.sharing"
RESIDENT = EngineNeeds(resident=True)


class Deployment:
    """What makes the executors of one namespace."""

    def __init__(self, cluster: RayCluster, folder: Path) -> None:
        self.cluster = cluster
        self.namespace = secrets.token_hex(6)
        self.folder = folder
        self.needs: dict[str, EngineNeeds] = {}

    @asynccontextmanager
    async def executor(
        self, *, slots: int = 2, spread: int = 1, patience: float = 60.0, **changes: Any
    ) -> AsyncIterator[RayExecutor]:
        """An executor that has looked at the cluster; it leaves its jobs behind."""

        async def needs(engine: str) -> EngineNeeds:
            return self.needs.get(engine, EngineNeeds())

        settings = SlotSettings(
            version=__version__,
            jobs="tests.tasks.workers.ray.loading",
            seconds=60,
            memory_mb=0,
            sign_seconds=0.3,
        )
        made = RayExecutor(
            Cluster(self.cluster.address, self.namespace, patience=patience),
            needs,
            replace(settings, **changes),
            slots=slots,
            spread=spread,
        )
        await made.attached()
        yield made

    def job(self, number: int, *, waits: bool = False, engine: str = "puppet") -> Job:
        """A job; waits: until `go` is called for it."""
        workspace = self.folder / str(number)
        workspace.mkdir(exist_ok=True)
        arguments = {
            "workspace": str(workspace),
            "wait_for": str(self._go(number)) if waits else None,
        }
        return Job(
            task_id=number,
            attempt=1,
            function="take",
            arguments=arguments,
            workspace=workspace,
            engine=engine,
        )

    def go(self, number: int) -> None:
        """Let a job that waits go on."""
        self._go(number).touch()

    def _go(self, number: int) -> Path:
        return self.folder / f"go-{number}"


@pytest.fixture
def deployment(ray_cluster: RayCluster, tmp_path: Path) -> Iterator[Deployment]:
    """An empty namespace on the cluster."""
    made = Deployment(ray_cluster, tmp_path)
    yield made
    end_slots(made.namespace)


async def result(executor: RayExecutor, job: Job) -> tuple[int, Any]:
    """The process that a job ran in, and how it ended."""
    *progress, last = [message async for message in executor.run(job)]
    return int(progress[0].stage), last


async def begun(running: AsyncIterator[Any]) -> int:
    """The process of a job, once it runs."""
    message = await anext(running)
    assert isinstance(message, Progressed)
    return int(message.stage)


@pytest.mark.anyio
async def test_a_job_goes_on_without_a_controller_and_the_next_one_takes_it_up(
    deployment: Deployment,
) -> None:
    job = deployment.job(1, waits=True)
    async with deployment.executor() as gone:
        # As after a kill: the iterator is never closed.
        running = gone.run(job)
        process = await begun(running)
    async with deployment.executor() as executor:
        assert await executor.attached() == {job.name}
        deployment.go(1)
        again, last = await result(executor, replace(job, arguments={}))
        assert again == process
        assert isinstance(last, Done)
        assert (job.workspace / "made").read_text() == "1"
        assert await executor.attached() == frozenset()


@pytest.mark.anyio
async def test_a_job_that_ended_without_a_controller_still_tells_what_it_made(
    deployment: Deployment,
) -> None:
    job = deployment.job(1, waits=True)
    async with deployment.executor() as gone:
        running = gone.run(job)
        process = await begun(running)
    deployment.go(1)
    while Path(f"/proc/{process}").exists():
        await asyncio.sleep(0.01)
    async with deployment.executor() as executor:
        assert isinstance((await result(executor, job))[1], Done)
        assert (job.workspace / "made").exists()


@pytest.mark.anyio
async def test_models_stay_loaded_until_another_engine_needs_the_slot(
    deployment: Deployment,
) -> None:
    deployment.needs = dict.fromkeys(("first", "second", "third"), RESIDENT)
    async with deployment.executor(slots=1, engines=2) as executor:

        async def process(number: int, engine: str) -> int:
            return (await result(executor, deployment.job(number, engine=engine)))[0]

        first, second = await process(1, "first"), await process(2, "second")
        assert await process(3, "first") == first
        # The third engine takes the place of the second, which was used before the first.
        third = await process(4, "third")
        assert await process(5, "first") == first
        assert await process(6, "third") == third
        assert await process(7, "second") != second


@pytest.mark.anyio
async def test_a_job_that_is_cancelled_stops_by_itself_and_leaves_its_models_loaded(
    deployment: Deployment,
) -> None:
    deployment.needs = {"puppet": RESIDENT}
    async with deployment.executor(slots=1) as executor:
        running = executor.run(deployment.job(1, waits=True))
        process = await begun(running)
        await running.aclose()
        assert (await result(executor, deployment.job(2)))[0] == process


@pytest.mark.anyio
async def test_a_job_runs_where_its_needs_are_met(deployment: Deployment) -> None:
    node = deployment.cluster.made.add_node(num_cpus=1, num_gpus=1)
    deployment.needs = {"drawing": EngineNeeds(gpus=1.0)}
    try:
        async with deployment.executor() as executor:
            _, last = await result(executor, deployment.job(1, engine="drawing"))
        assert last == Done(value={"node": "0"})
    finally:
        deployment.cluster.made.remove_node(node)


@pytest.mark.anyio
async def test_needs_that_no_node_has_are_nobodys_failure(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "ROOM_SECONDS", 0.2)
    deployment.needs = {"drawing": EngineNeeds(gpus=3.0, accelerator="H100")}
    async with deployment.executor() as executor:
        (last,) = [each async for each in executor.run(deployment.job(1, engine="drawing"))]
        assert isinstance(last, Crashed)
        assert last.machine == "no node of the cluster has room for 1 CPU, 3 GPU (H100)"
        assert await executor.attached() == frozenset()


@pytest.mark.anyio
async def test_a_free_slot_of_other_needs_makes_room(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_MAKE_ROOM_SECONDS", 0.2)
    deployment.needs = {
        "puppet": EngineNeeds(cpus=CPUS_OF_A_NODE),
        "other": EngineNeeds(cpus=CPUS_OF_A_NODE / 2),
    }
    async with deployment.executor(slots=NODES + 1) as executor:
        all_nodes = [executor.run(deployment.job(number, waits=True)) for number in range(NODES)]
        await asyncio.gather(*(begun(each) for each in all_nodes))
        for number, each in enumerate(all_nodes):
            deployment.go(number)
            assert isinstance([message async for message in each][-1], Done)
        assert isinstance((await result(executor, deployment.job(NODES, engine="other")))[1], Done)


@pytest.mark.anyio
async def test_slots_of_another_version_end_once_they_are_free(deployment: Deployment) -> None:
    job = deployment.job(1, waits=True)
    async with deployment.executor() as old:
        running = old.run(job)
        process = await begun(running)
    async with deployment.executor(version="next") as executor:
        deployment.go(1)
        assert (await result(executor, job))[0] == process
        await executor.attached()
        assert await executor._cluster.slot_names() == frozenset()


@pytest.mark.anyio
async def test_the_death_of_an_actor_is_told_at_once(deployment: Deployment) -> None:
    async with deployment.executor(slots=1) as executor:
        running = executor.run(deployment.job(1, waits=True))
        worker = await begun(running)
        os.kill(_actor_of(worker), signal.SIGKILL)
        assert isinstance([message async for message in running][-1], Crashed)
        assert isinstance((await result(executor, deployment.job(2)))[1], Done)


@pytest.mark.anyio
async def test_the_death_of_a_node_is_told_and_another_node_goes_on(
    deployment: Deployment,
) -> None:
    made = deployment.cluster.made
    node = made.add_node(num_cpus=1, resources={"doomed": 1})
    async with deployment.executor(slots=1) as executor:
        running = executor.run(deployment.job(1, waits=True))
        worker = await begun(running)
        doomed = next(each for each in made.worker_nodes if _descends(worker, _raylet(each)))
        made.remove_node(doomed, allow_graceful=False)
        if doomed is node:
            node = None
        else:
            deployment.cluster.add_node()
        assert isinstance([message async for message in running][-1], Crashed)
        assert isinstance((await result(executor, deployment.job(2)))[1], Done)
    if node is not None:
        made.remove_node(node)


@pytest.mark.anyio
async def test_a_frozen_slot_counts_as_dead(deployment: Deployment) -> None:
    # A busy machine needs some of it to start a slot.
    async with deployment.executor(slots=1, patience=10.0) as executor:
        running = executor.run(deployment.job(1, waits=True))
        actor = _actor_of(await begun(running))
        os.kill(actor, signal.SIGSTOP)
        try:
            last = [message async for message in running][-1]
            assert isinstance(last, Crashed)
            assert "lost" in last.reason
            assert isinstance((await result(executor, deployment.job(2)))[1], Done)
        finally:
            # It may have been ended meanwhile.
            with suppress(ProcessLookupError):
                os.kill(actor, signal.SIGKILL)


def shared(deployment: Deployment, number: int, *, holds: bool = False) -> Job:
    """A job of `sharing`. holds: its helper keeps a piece to itself."""
    job = deployment.job(number)
    begin = str(deployment.folder / f"begin-{number}")
    return replace(job, arguments={**job.arguments, "begin": begin, "holds": holds})


async def begun_with_help(running: AsyncIterator[Any], job: Job) -> int:
    """The process of a shared job, once its helper is at work."""
    process = await begun(running)
    while not Path(job.arguments["begin"]).exists():
        await asyncio.sleep(0.01)
    return process


@pytest.mark.anyio
async def test_a_take_is_spread_over_free_slots(deployment: Deployment) -> None:
    deployment.needs = {"puppet": EngineNeeds(spreads=True)}
    async with deployment.executor(slots=2, spread=3, jobs=SHARING) as executor:
        process, last = await result(executor, shared(deployment, 1))
        *alone, fifth, sixth = last.value["made"]
        assert alone == [process] * 4
        assert fifth == sixth != process
        assert await executor.attached() == frozenset()


@pytest.mark.anyio
async def test_pieces_of_a_helper_that_ends_come_back_to_the_take(
    deployment: Deployment,
) -> None:
    deployment.needs = {"puppet": EngineNeeds(spreads=True)}
    async with deployment.executor(slots=2, spread=2, jobs=SHARING) as executor:
        job = shared(deployment, 1, holds=True)
        running = executor.run(job)
        process = await begun_with_help(running, job)
        # A second take needs the slot of the helper, which is sent away.
        other = asyncio.create_task(result(executor, replace(shared(deployment, 2), engine="b")))
        *_, last = [message async for message in running]
        assert isinstance(last, Done)
        *alone, fifth, sixth = last.value["made"]
        assert alone == [process] * 4
        assert fifth == sixth != process
        assert isinstance((await other)[1], Done)


@pytest.mark.anyio
async def test_a_spread_take_goes_on_under_the_next_controller(deployment: Deployment) -> None:
    deployment.needs = {"puppet": EngineNeeds(spreads=True)}
    async with deployment.executor(slots=2, spread=2, jobs=SHARING) as gone:
        job = shared(deployment, 1, holds=True)
        running = gone.run(job)
        process = await begun_with_help(running, job)
    async with deployment.executor(slots=2, spread=2, jobs=SHARING) as executor:
        assert await executor.attached() == {job.name}
        again, last = await result(executor, replace(job, arguments={}))
        assert again == process
        assert isinstance(last, Done)
        *alone, fifth, sixth = last.value["made"]
        assert alone == [process] * 4
        assert fifth == sixth != process
        assert await executor.attached() == frozenset()
        # Both slots are free again.
        one, two = shared(deployment, 2), shared(deployment, 3)
        for other in (one, two):
            Path(other.arguments["begin"]).touch()
        ends = await asyncio.gather(result(executor, one), result(executor, two))
        assert all(isinstance(end, Done) for _, end in ends)


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _actor_of(worker: int) -> int:
    """The actor's process: the parent of the guard of a job's worker."""
    return _parent(_parent(worker))


def _raylet(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)


def _descends(process: int, ancestor: int) -> bool:
    while process > 1 and process != ancestor:
        process = _parent(process)
    return process == ancestor
