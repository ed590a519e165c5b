"""`scripts/with-postgres python -m bench.million`: claims and answers among a million rows.

A tenth of the rows wait, spread over so many accounts; the others have ended. Times are
milliseconds; the rate of claims is that of one controller that does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.load import Server, load, raw_request
from bench.table import table
from understudy.take.options import TakeRequest
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, transitions, waiting
from understudy.tasks.db.repository.rows import pack
from understudy.tasks.ids import now_ms
from understudy.tasks.records import Source, TaskRequest
from understudy.testing import rehearsing

ROWS = 1_000_000
WAITING = ROWS // 10
CLAIMS = 60
PATH = "/v1/videos/motion-control"

_ACCOUNTS = """
INSERT INTO accounts (id, name, active, units_used, units_reserved, units_set_at, active_tasks,
                      created_at)
SELECT g, 'account-' || g, true, 0, 0, 0, :waiting, 0 FROM generate_series(1, :accounts) AS g
"""
_TASKS = """
INSERT INTO tasks (id, account_id, design, request, status, message, stage, percent, attempt,
                   failures, revision, not_before, units_reserved, units_charged, created_at,
                   updated_at, claimed_at, finished_at)
SELECT 400000000000000000 + g, 1 + g % :accounts, 'legacy', CAST(:request AS json),
       CASE WHEN g <= :waiting THEN 'submitted' ELSE 'succeeded' END, '', '', 0,
       CASE WHEN g <= :waiting THEN 0 ELSE 1 END, 0, 0, g, 0, 0, g, g,
       CASE WHEN g <= :waiting THEN NULL ELSE g END,
       CASE WHEN g <= :waiting THEN NULL ELSE g + 60000 END
FROM generate_series(1, :rows) AS g
"""


def fill(database: Database, accounts_: int) -> None:
    """Store the rows, in place of those that are there."""
    request = TaskRequest(
        take=TakeRequest(),
        clip=Source(url="https://example.com/dance.mp4", max_bytes=1),
        picture=Source(key="inputs/1/picture", max_bytes=1),
    )

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.text("DELETE FROM tasks WHERE id BETWEEN 4e17 AND 4e17 + 1e9"))
        connection.execute(sa.text("DELETE FROM accounts WHERE id <= 1000000"))
        values = {"accounts": accounts_, "waiting": WAITING, "rows": ROWS}
        connection.execute(sa.text(_ACCOUNTS), {"accounts": accounts_, "waiting": WAITING})
        connection.execute(sa.text(_TASKS), {**values, "request": json.dumps(pack(request))})

    database.write_now(work)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE tasks")


def claim_times(database: Database, limit: int, slot_limit: int | None) -> list[float]:
    """Milliseconds of each of some claims."""
    times = []
    for _ in range(CLAIMS):
        began = time.perf_counter()
        database.write_now(transitions.claim, str, now=now_ms(), limit=limit, slot_limit=slot_limit)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def _least_time(database: Database) -> float:
    """Milliseconds of a transaction with one update by a key."""
    statement = sa.text("UPDATE accounts SET active_tasks = active_tasks + 1 WHERE id = 1")
    began = time.perf_counter()
    database.write_now(lambda connection: connection.execute(statement))
    return (time.perf_counter() - began) * 1000


def measure_claims(database: Database, accounts_: int) -> list[dict[str, Any]]:
    """One task at a time, and 32."""
    # What any transaction costs here, to compare with on a busy machine.
    least = sorted(_least_time(database) for _ in range(CLAIMS))
    rows: list[dict[str, Any]] = [
        {
            "accounts that wait": str(accounts_),
            "at once": "an update of one row",
            "limit of slots": None,
            "median": least[len(least) // 2],
            "p95": least[int(len(least) * 0.95)],
            "claims /s": None,
        }
    ]
    for limit, slot_limit in ((1, None), (1, 1000), (32, None)):
        times = claim_times(database, limit, slot_limit)
        claimed = min(limit, accounts_) * len(times)
        rows.append(
            {
                "accounts that wait": str(accounts_),
                "at once": str(limit),
                "limit of slots": "yes" if slot_limit else "no",
                "median": times[len(times) // 2],
                "p95": times[int(len(times) * 0.95)],
                "claims /s": round(1000 * claimed / sum(times)),
            }
        )
    began = time.perf_counter()
    database.read_now(waiting.waiting_groups)
    rows.append(
        {
            "accounts that wait": str(accounts_),
            "at once": "counting the queue",
            "median": (time.perf_counter() - began) * 1000,
        }
    )
    return rows


def measure_answers(folder: Path, database: Database) -> list[dict[str, Any]]:
    """Reads over HTTP, of a server that is not the leader: its slots stay free."""
    with rehearsing(
        folder,
        rate_limit="",
        shutdown_seconds=0,
        database_url=str(database.url.render_as_string(hide_password=False)).replace(
            "+psycopg", ""
        ),
        slots=1,
    ) as server:
        mine = next(each for each in database.read_now(accounts.every) if each.name == "default")
        database.write_now(
            lambda connection: connection.execute(
                sa.text(
                    "UPDATE tasks SET account_id = :mine WHERE id BETWEEN 4e17 AND 4e17 + 200000"
                ),
                {"mine": mine.id},
            )
        )
        where, key = Server(server.url, server.process.pid), server.credentials.api_key
        rows = []
        for name, path in (
            ("a task that ended", f"{PATH}/400000000000150000"),
            ("a task that waits, with its place", f"{PATH}/400000000000090000"),
            ("first page of 30", f"{PATH}?pageNum=1&pageSize=30"),
            ("page 1000 of 30", f"{PATH}?pageNum=1000&pageSize=30"),
        ):
            found = asyncio.run(
                load(where, raw_request("GET", path, key), requests=200, connections=4)
            )
            rows.append(
                {"read": name, "/s": round(found.rate), "median": found.median, "p99": found.p99}
            )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.million", description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="*", default=[10, 1000])
    asked = parser.parse_args()
    database = Database(os.environ["UNDERSTUDY_TEST_POSTGRES"])
    with tempfile.TemporaryDirectory() as folder:
        with rehearsing(Path(folder), database_url=os.environ["UNDERSTUDY_TEST_POSTGRES"]):
            pass
        rows = []
        for number in asked.accounts:
            fill(database, number)
            rows += measure_claims(database, number)
        print(table("Claims among a million rows, a tenth of them waiting", rows), flush=True)
        print(table("Reads among a million rows", measure_answers(Path(folder), database)))
    database.close()


if __name__ == "__main__":
    main()
