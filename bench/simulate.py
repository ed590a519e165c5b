"""`python -m bench.simulate`: a fleet at internet scale, in simulated time.

The real controller, outbox and store run a million takes a day on 10,000 GPUs that only wait; a few
nodes are lost, then a whole region, then it comes back. What costs what is measured in real
seconds: the share of a core that each statement keeps busy, in a second of the fleet's time. What
is over 100 % falls behind.

    python -m bench.simulate --gpus 1000 --takes 100000           # a tenth of it
    scripts/with-postgres python -m bench.simulate --postgres     # as production would
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from bench.simulated_fleet import GPUS_PER_NODE, SimulatedFleet
from bench.simulated_time import simulate
from bench.table import table
from understudy.take.options import TakeRequest
from understudy.tasks.accounts.credentials import open_account
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import accounts, tasks
from understudy.tasks.db.repository.tasks import NewTask
from understudy.tasks.db.schema import callback_events
from understudy.tasks.db.schema import tasks as tasks_table
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.storage import Storage
from understudy.tasks.ids import TASK_BITS, IdMaker, now_ms
from understudy.tasks.queue.attempt_context import AttemptContext
from understudy.tasks.queue.controller import Controller
from understudy.tasks.queue.leadership import leadership_of
from understudy.tasks.records import Design, Source, Task, TaskRequest
from understudy.tasks.webhooks.outbox import Outbox

ACCOUNTS = 100
REGIONS = 3
WARM_UP = 10.0
"""Seconds of the fleet's time before which nothing is counted: every slot is filled meanwhile."""
PHASES = (("usual", 20.0), ("8 nodes lost", 30.0), ("a region lost", 40.0), ("back", 10.0))
"""What happens, and for how many seconds of the fleet's time."""
NODES_LOST = 8


@dataclass(slots=True)
class Costs:
    """Calls and real seconds, by name."""

    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    longest: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def note(self, name: str, seconds: float) -> None:
        """Count one call."""
        self.calls[name] += 1
        self.seconds[name] += seconds
        self.longest[name] = max(self.longest[name], seconds)

    def clear(self) -> None:
        """Begin anew."""
        for each in (self.calls, self.seconds, self.longest):
            each.clear()


class MeasuredDatabase(Database):
    """Counts what each transaction took."""

    def __init__(self, url: str, costs: Costs) -> None:
        super().__init__(url)
        self._costs = costs

    def read_now(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._measured(super().read_now, work, *args, **kwargs)

    def write_now(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self._measured(super().write_now, work, *args, **kwargs)

    def _measured(self, run: Callable[..., Any], work: Any, *args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return run(work, *args, **kwargs)
        finally:
            self._costs.note(getattr(work, "__name__", "other"), time.perf_counter() - began)


class SimulatedOutbox(Outbox):
    """The outbox, and receivers that take their time."""

    latency = 0.2

    async def _post(
        self, url: str, body: str, headers: dict[str, str]
    ) -> tuple[int | None, str | None]:
        await asyncio.sleep(self.latency)
        return 200, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """takes: a day. callbacks: the share of takes that have a receiver, who needs `latency`
    seconds to answer. progress: seconds between what a take says."""

    gpus: int
    takes: int
    callbacks: float
    latency: float
    progress: float

    @property
    def rate(self) -> float:
        """Takes created in a second."""
        return self.takes / 86_400

    @property
    def run_seconds(self) -> float:
        """A take's, so that nine in ten GPUs are busy."""
        return 0.9 * self.gpus / self.rate


class Simulation:
    """One fleet and its controller."""

    def __init__(self, load: Load, database: MeasuredDatabase, costs: Costs, folder: Path) -> None:
        self.load = load
        self.costs = costs
        self.database = database
        self.folder = folder
        self.chance = random.Random(1)
        self.made = 0
        self.keyring = Keyring(["the key of the simulation"])
        self.accounts: list[int] = []
        self.make_id = IdMaker(TASK_BITS)
        self.rows: list[dict[str, Any]] = []
        self.fleet = SimulatedFleet(
            nodes=load.gpus // GPUS_PER_NODE,
            regions=REGIONS,
            run_seconds=load.run_seconds,
            progress_seconds=load.progress,
            chance=self.chance,
        )

    async def run(self) -> None:
        """Everything, in simulated time."""
        for number in range(ACCOUNTS):
            self.database.write_now(open_account, self.keyring, f"account-{number}")
        self.accounts = [each.id for each in self.database.read_now(accounts.every)]
        fetcher = Fetcher(allow_private=True)
        outbox = SimulatedOutbox(
            self.database, self.keyring, allow_private=True, timeout=30, lifetime_ms=86_400_000
        )
        outbox.latency = self.load.latency
        # PostgreSQL counts a lease in real seconds, of which the first claims take many.
        leadership = leadership_of(self.database, lease_seconds=3600)
        controller = Controller(self._context(fetcher), leadership, background=(outbox.round,))
        running = asyncio.create_task(controller.run())
        creating = asyncio.create_task(self._create(controller))
        await self._phases()
        creating.cancel()
        controller.stop()
        await running
        await outbox.close()
        await fetcher.close()

    def outcome(self) -> list[dict[str, Any]]:
        """What is in the rows at the end."""
        rows: list[dict[str, Any]] = self.database.read_now(_outcome)
        return rows

    async def _phases(self) -> None:
        await asyncio.sleep(WARM_UP)
        self.fleet.settle()
        lost = self.fleet.nodes[: min(NODES_LOST, len(self.fleet.nodes) // 4)]
        region = [node for node in self.fleet.nodes if node.region == 0]
        for name, seconds in PHASES:
            if name == "8 nodes lost":
                self.fleet.lose(lost)
            elif name == "a region lost":
                self.fleet.regain(lost)
                self.fleet.lose(region)
            elif name == "back":
                self.fleet.regain(region)
            self.costs.clear()
            began, runs = time.perf_counter(), self.fleet.runs
            await asyncio.sleep(seconds)
            self._note(name, seconds, time.perf_counter() - began, self.fleet.runs - runs)

    def _note(self, phase: str, seconds: float, real: float, runs: int) -> None:
        print(f"{phase}: {seconds:g} s simulated in {real:.0f} s", flush=True)
        shares = {name: took / seconds for name, took in self.costs.seconds.items()}
        for name in sorted(shares, key=lambda each: -shares[each])[:7]:
            calls = self.costs.calls[name]
            self.rows.append(
                {
                    "phase": phase,
                    "transaction": name,
                    "/s": round(calls / seconds, 1),
                    "ms": round(1000 * self.costs.seconds[name] / calls, 2),
                    "longest ms": round(1000 * self.costs.longest[name]),
                    "% of a core": round(100 * shares[name], 1),
                }
            )
        self.rows.append(
            {
                "phase": phase,
                "transaction": f"all, and Python ({runs} attempts begun)",
                "/s": round(sum(self.costs.calls.values()) / seconds, 1),
                "% of a core": round(100 * real / seconds, 1),
            }
        )

    async def _create(self, controller: Controller) -> None:
        """Fill the fleet at once, then create takes as they come."""
        for _ in range(round(0.9 * self.load.gpus)):
            self._insert()
        while True:
            await asyncio.sleep(self.chance.expovariate(self.load.rate))
            self._insert()
            controller.wake()

    def _insert(self) -> None:
        # A few accounts create most of the takes.
        account = self.accounts[int(len(self.accounts) * self.chance.random() ** 3)]
        told = self.chance.random() < self.load.callbacks
        request = TaskRequest(
            take=TakeRequest(),
            clip=Source(key="inputs/clip", max_bytes=100),
            picture=Source(key="inputs/picture", max_bytes=100),
            callback_url="https://example.com/told" if told else None,
        )
        new = NewTask(
            id=self.make_id(),
            account_id=account,
            design=Design.LEGACY,
            request=request,
            external_id=None,
            units=5000,
        )
        self.database.write_now(
            tasks.insert, self._payload, new, now=now_ms(), concurrency_limit=10**9
        )
        self.made += 1

    def _payload(self, task: Task) -> str:
        return self.keyring.seal(f'{{"task_id": "{task.id}", "task_status": "{task.status}"}}')

    def _context(self, fetcher: Fetcher) -> AttemptContext:
        storage = Storage((self.folder / "files").as_uri())
        for name in ("picture", "clip"):
            path = self.folder / "files" / "inputs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        scratch = self.folder / "scratch"
        scratch.mkdir()
        return AttemptContext(
            database=self.database,
            storage=storage,
            fetcher=fetcher,
            executor=self.fleet,
            write_payload=self._payload,
            price=lambda _task, seconds: round(seconds * 500),
            keyring=self.keyring,
            scratch=scratch,
            fetch_seconds=5.0,
            max_attempts=3,
        )


def _outcome(connection: sa.Connection) -> list[dict[str, Any]]:
    by_status = connection.execute(
        sa.select(
            tasks_table.c.status,
            sa.func.count(),
            sa.func.max(tasks_table.c.attempt),
            sa.func.sum(tasks_table.c.failures),
        ).group_by(tasks_table.c.status)
    )
    rows = [
        {"rows": status, "count": count, "most attempts": most, "failed attempts": failed}
        for status, count, most, failed in by_status
    ]
    events = connection.execute(
        sa.select(callback_events.c.status, sa.func.count()).group_by(callback_events.c.status)
    )
    return rows + [{"rows": f"callbacks {status}", "count": count} for status, count in events]


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulate", description=__doc__)
    parser.add_argument("--gpus", type=int, default=10_000)
    parser.add_argument("--takes", type=int, default=1_000_000, help="a day")
    parser.add_argument("--callbacks", type=float, default=0.5, help="share of takes")
    parser.add_argument("--latency", type=float, default=0.2, help="of receivers, seconds")
    parser.add_argument("--progress", type=float, default=2.0, help="seconds between reports")
    parser.add_argument("--postgres", action="store_true", help="use UNDERSTUDY_TEST_POSTGRES")
    asked = parser.parse_args()
    load = Load(
        gpus=asked.gpus,
        takes=asked.takes,
        callbacks=asked.callbacks,
        latency=asked.latency,
        progress=asked.progress,
    )
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    costs = Costs()
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ["UNDERSTUDY_TEST_POSTGRES"] if asked.postgres else f"sqlite:///{folder}/x"
        database = MeasuredDatabase(url, costs)
        migrate(database)
        simulation = Simulation(load, database, costs, Path(folder))
        _, real = simulate(simulation.run)
        print(table(f"{load.takes} takes a day on {load.gpus} GPUs", simulation.rows))
        print(table("What became of them", simulation.outcome()))
        print(f"created: {simulation.made}, simulated in {real:.0f} s")
        database.close()


if __name__ == "__main__":
    main()
