"""A fleet in simulated time: the real controller, and takes that only wait."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench.simulate import ACCOUNTS, Costs, Load, MeasuredDatabase, Simulation
from bench.simulated_time import START, simulate
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import accounts
from understudy.tasks.ids import now_ms


def test_an_hour_passes_at_once_and_rows_get_its_time() -> None:
    async def work() -> tuple[float, int]:
        await asyncio.sleep(3600)
        await asyncio.to_thread(lambda: None)
        return asyncio.get_running_loop().time(), now_ms()

    (then, written), real = simulate(work)
    assert then == START + 3600
    assert written == int(then * 1000)
    assert real < 3600
    assert now_ms() != written


def test_lost_nodes_cost_attempts_and_no_take(tmp_path: Path) -> None:
    load = Load(gpus=48, takes=100_000, callbacks=0.5, latency=0.2, progress=20)
    costs = Costs()
    database = MeasuredDatabase(f"sqlite:///{tmp_path / 'x.db'}", costs)
    migrate(database)
    simulation = Simulation(load, database, costs, tmp_path)
    simulate(simulation.run)
    found = {row["rows"]: row for row in simulation.outcome()}
    assert sum(found[status]["count"] for status in ("submitted", "succeeded")) == simulation.made
    assert (
        sum(row["failed attempts"] or 0 for row in found.values() if "failed attempts" in row) > 0
    )
    every = database.read_now(accounts.every)
    assert len(every) == ACCOUNTS
    assert sum(each.units_used for each in every) == 2500 * found["succeeded"]["count"]
    assert sum(each.active_tasks for each in every) == found["submitted"]["count"]
    database.close()
