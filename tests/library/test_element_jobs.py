"""Elements are made several at a time, fairly between accounts."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.service.far_side import FarSide, far_side
from tests.tasks.conftest import account_of
from tests.waiting import PATIENCE_SECONDS
from understudy.library.element_jobs import Library
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import accounts, elements
from understudy.tasks.files.client_urls import seal_url
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.storage import Storage
from understudy.tasks.ids import TASK_BITS, IdMaker, now_ms
from understudy.tasks.records import Source, Status, StoredElement
from understudy.tasks.workers.prober import Prober

GREEDY, MODEST = 1, 2
KEYRING = Keyring(["a key of the tests"])
_make_id = IdMaker(TASK_BITS)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database with two accounts."""
    made = Database(database_url)
    migrate(made)
    for account_id, name in ((GREEDY, "greedy"), (MODEST, "modest")):
        made.write_now(accounts.insert, account_of(account_id, name), "sealed")
    yield made
    made.close()


@pytest.fixture(scope="module")
def far() -> Iterator[FarSide]:
    """A far side with a picture; what is under `/hang` never comes."""
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (90, 120, 150)).save(file, "PNG")
    with far_side() as side:
        side.put("picture.png", file.getvalue())
        yield side


@asynccontextmanager
async def making(database: Database, folder: Path) -> AsyncIterator[Library]:
    """A library that makes elements; stopped at the end."""
    fetcher = Fetcher(allow_private=True)
    prober = Prober(folder, memory_mb=1024)
    library = Library(
        database=database,
        storage=Storage(f"file://{folder}/files"),
        fetcher=fetcher,
        keyring=KEYRING,
        prober=prober,
        write_payload=lambda element: element.status,
        temporary=folder,
        fetch_seconds=60,
        max_attempts=3,
    )

    async def run(loop: Any) -> None:
        while True:
            await loop()

    running = [asyncio.create_task(run(loop)) for loop in library.rounds]
    try:
        yield library
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await prober.close()
        await fetcher.close()


def ask(database: Database, account_id: int, url: str, **changes: Any) -> StoredElement:
    """Store an element that waits to be made of one picture."""
    values: dict[str, Any] = dict.fromkeys(StoredElement.__slots__)
    now = now_ms()
    values |= {"id": _make_id(), "account_id": account_id, "status": Status.SUBMITTED}
    values |= {"name": "Mira", "description": "A dancer", "reference_type": "image_refer"}
    values |= {"images": (Source(url=seal_url(KEYRING, url), max_bytes=10**6),), "videos": ()}
    values |= {"tags": (), "message": "", "attempt": 0, "failures": 0, "revision": 0}
    values |= {"not_before": now, "created_at": now, "updated_at": now}
    element = StoredElement(**values | changes)
    database.write_now(elements.insert, lambda each: each.status, element)
    return element


async def become(database: Database, element: StoredElement, status: Status) -> None:
    """Wait until an element has a status."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = await database.read(elements.find, element.account_id, str(element.id))
            if found is not None and found.status is status:
                return
            await asyncio.sleep(0.02)


@pytest.mark.anyio
async def test_an_account_whose_files_hang_does_not_hold_up_another(
    database: Database, far: FarSide, tmp_path: Path
) -> None:
    hanging = [ask(database, GREEDY, f"{far.url}/hang/{place}") for place in range(3)]
    async with making(database, tmp_path):
        for element in hanging[:2]:
            await become(database, element, Status.PROCESSING)
        await become(database, ask(database, MODEST, f"{far.url}/picture.png"), Status.SUCCEEDED)
        await become(database, hanging[2], Status.SUBMITTED)
    for element in hanging:
        await become(database, element, Status.SUBMITTED)


@pytest.mark.anyio
async def test_what_a_killed_server_was_making_is_made_again(
    database: Database, far: FarSide, tmp_path: Path
) -> None:
    element = ask(database, MODEST, f"{far.url}/picture.png")
    claimed = database.write_now(elements.claim, lambda each: each.status, now=now_ms())
    assert claimed is not None
    async with making(database, tmp_path):
        await become(database, element, Status.SUBMITTED)
    (found,) = await database.read(elements.find_many, MODEST, ids=[element.id])
    assert (found.failures, found.attempt) == (1, 1)


@pytest.mark.anyio
async def test_a_clock_that_was_set_back_holds_up_no_element(
    database: Database, far: FarSide, tmp_path: Path
) -> None:
    later = now_ms() + 86_400_000
    new = ask(database, MODEST, f"{far.url}/picture.png", not_before=later)
    put_off = ask(database, MODEST, f"{far.url}/picture.png", not_before=later, attempt=1)
    async with making(database, tmp_path):
        await become(database, new, Status.SUCCEEDED)
        await become(database, put_off, Status.SUCCEEDED)
