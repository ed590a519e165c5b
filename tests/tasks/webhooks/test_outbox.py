"""Events are told at least once, in order, with growing waits, for a day."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from tests.service.far_side import FarSide, far_side
from tests.waiting import PATIENCE_SECONDS
from understudy.tasks.accounts.credentials import open_account
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, callbacks
from understudy.tasks.records import CallbackEvent
from understudy.tasks.webhooks.outbox import AT_ONCE, AT_ONCE_PER_ACCOUNT, Outbox, wait_before

HOUR = 3_600_000
KEYRING = Keyring(["the key of the server"])


class Time:
    """A clock that goes as the test says."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def telling(database: Database, clock: Time, **changes: Any) -> AsyncIterator[Outbox]:
    options: dict[str, Any] = {
        "allow_private": True,
        "timeout": 5.0,
        "lifetime_ms": 24 * HOUR,
        "clock": clock,
        **changes,
    }
    outbox = Outbox(database, KEYRING, **options)
    try:
        yield outbox
    finally:
        await outbox.close()


@pytest.fixture
def account_id(database: Database) -> int:
    """An account with a callback secret."""
    made = database.write_now(open_account, KEYRING, "alice")
    account = database.read_now(accounts.find, made.account)
    assert account is not None
    return account.id


def note(
    database: Database, account_id: int, url: str, *, subject: int, seq: int, now: int
) -> None:
    database.write_now(
        callbacks.insert,
        account_id=account_id,
        subject=subject,
        seq=seq,
        url=url,
        told="processing",
        body=json.dumps({"subject": subject, "seq": seq}),
        now=now,
    )


def events(database: Database, account_id: int) -> list[CallbackEvent]:
    return database.read_now(callbacks.of_account, account_id, offset=0, limit=100)


async def settled(outbox: Outbox, done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not done():
            outbox.wake()
            await outbox.round()


def test_waits_grow_to_an_hour() -> None:
    for jitter in (0.0, 0.5, 1.0):
        waits = [wait_before(tries, jitter=jitter) for tries in range(1, 40)]
        assert all(a <= b for a, b in pairwise(waits))
        assert waits[0] == pytest.approx(5000 * (0.75 + jitter / 2))
        assert waits[-1] == pytest.approx(HOUR * (0.75 + jitter / 2))


@pytest.mark.anyio
async def test_an_event_is_told_signed_and_noted(database: Database, account_id: int) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/cb", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].status == "delivered")
        call = far.next_callback()
        (event,) = events(database, account_id)
        assert call.headers["webhook-id"] == str(event.id)
        assert call.headers["webhook-timestamp"] == str(clock.now // 1000)
        (tried,) = event.log
        assert (tried.http_status, tried.error) == (200, None)

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_events_of_a_subject_keep_their_order_while_the_first_fails(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        far.answers["/a"] = [500, 503, 404]
        for seq in (1, 2, 3):
            note(database, account_id, f"{far.url}/a", subject=1, seq=seq, now=clock.now)
        async with telling(database, clock) as outbox:
            for _ in range(3):
                tried = max(event.tries for event in events(database, account_id))
                await settled(
                    outbox,
                    lambda tried=tried: max(e.tries for e in events(database, account_id)) > tried,
                )
                clock.now += HOUR
            await settled(
                outbox, lambda: all(e.status == "delivered" for e in events(database, account_id))
            )
        told = [far.next_callback() for _ in range(6)]
        assert [json.loads(call.body)["seq"] for call in told] == [1, 1, 1, 1, 2, 3]
        assert len({call.headers["webhook-id"] for call in told[:4]}) == 1
        assert far.none_waits()

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_an_event_is_given_up_after_a_day_and_the_next_one_told(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        far.answers["/a"] = [500] * 1000
        began = clock.now
        note(database, account_id, f"{far.url}/a", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            while events(database, account_id)[0].status == "pending":
                tries = events(database, account_id)[0].tries
                await settled(
                    outbox, lambda tries=tries: events(database, account_id)[0].tries > tries
                )
                clock.now = max(clock.now, events(database, account_id)[0].next_try_at)
            (event,) = events(database, account_id)
            assert event.status == "abandoned"
            assert 22 * HOUR < clock.now - began < 26 * HOUR
            assert 25 <= event.tries <= 45
            assert len(event.log) == callbacks.KEPT_TRIES
            far.answers["/a"] = []
            note(database, account_id, f"{far.url}/a", subject=1, seq=2, now=clock.now)
            await settled(outbox, lambda: events(database, account_id)[0].status == "delivered")

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/", "not reachable"),
        ("http://name-that-is-not.invalid/", "not reachable"),
    ],
)
async def test_why_nobody_answered_is_noted(
    database: Database, account_id: int, url: str, error: str
) -> None:
    clock = Time()
    note(database, account_id, url, subject=1, seq=1, now=clock.now)
    async with telling(database, clock) as outbox:
        await settled(outbox, lambda: events(database, account_id)[0].tries == 1)
    (tried,) = events(database, account_id)[0].log
    assert (tried.http_status, tried.error) == (None, error)


@pytest.mark.anyio
async def test_callbacks_never_reach_inside_the_network(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/inner", subject=1, seq=1, now=clock.now)
        async with telling(database, clock, allow_private=False) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].tries == 1)
        (event,) = events(database, account_id)
        (tried,) = event.log
        assert tried.error == "the address is not allowed"
        assert event.status == "abandoned"
        assert far.none_waits()

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_a_sealed_body_is_told_open(database: Database, account_id: int) -> None:
    """One that an earlier version kept plain is sealed at the next start."""

    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/cb", subject=1, seq=1, now=clock.now)
        assert database.read_now(callbacks.has_plain)
        assert database.write_now(callbacks.seal_plain, KEYRING.seal) == 1
        assert not database.read_now(callbacks.has_plain)
        assert "subject" not in events(database, account_id)[0].body
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].status == "delivered")
        assert json.loads(far.next_callback().body) == {"subject": 1, "seq": 1}

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_an_event_is_due_also_after_the_clock_was_set_back(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/cb", subject=1, seq=1, now=clock.now + 24 * HOUR)
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].status == "delivered")

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_a_redirect_is_no_acknowledgement(database: Database, account_id: int) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        far.answers["/a"] = [302]
        note(database, account_id, f"{far.url}/a", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].tries == 1)
        (event,) = events(database, account_id)
        assert (event.status, event.log[0].http_status) == ("pending", 302)

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_a_receiver_that_hangs_is_hung_up_on(database: Database, account_id: int) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/hang", subject=1, seq=1, now=clock.now)
        note(database, account_id, f"{far.url}/quick", subject=2, seq=1, now=clock.now)
        async with telling(database, clock, timeout=0.2) as outbox:
            await settled(outbox, lambda: all(e.tries for e in events(database, account_id)))
        told = {event.subject: event.log[0] for event in events(database, account_id)}
        assert told[1].error == "no response within 0.2 s"

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_a_call_under_way_is_not_made_again(database: Database, account_id: int) -> None:
    """Events of other subjects make the outbox look again while a receiver takes its time."""

    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/hang", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await outbox.round()
            slow = await asyncio.to_thread(far.next_callback)
            for subject in (2, 3):
                note(database, account_id, f"{far.url}/quick", subject=subject, seq=1, now=0)
            await settled(
                outbox,
                lambda: sum(e.status == "delivered" for e in events(database, account_id)) == 2,
            )
            others = [far.next_callback() for _ in range(2)]
        assert slow.path == "/hang"
        assert [call.path for call in others] == ["/quick", "/quick"]
        assert far.none_waits()

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_one_accounts_slow_receivers_leave_room_for_other_accounts(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        made = database.write_now(open_account, KEYRING, "bob")
        bob = database.read_now(accounts.find, made.account)
        assert bob is not None
        for subject in range(AT_ONCE + 5):
            note(database, account_id, f"{far.url}/hang", subject=subject, seq=1, now=clock.now - 1)
        note(database, bob.id, f"{far.url}/quick", subject=1000, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await outbox.round()
            calls = [await asyncio.to_thread(far.next_callback) for _ in range(9)]
            await settled(outbox, lambda: events(database, bob.id)[0].status == "delivered")
        assert sorted(call.path for call in calls) == ["/hang"] * AT_ONCE_PER_ACCOUNT + ["/quick"]
        assert far.none_waits()

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_a_server_stopped_in_the_middle_of_a_call_makes_it_again(
    database: Database, account_id: int
) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/hang", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await outbox.round()
            first = await asyncio.to_thread(far.next_callback)
        far.held.set()
        async with telling(database, clock) as outbox:
            await outbox.round()
            again = await asyncio.to_thread(far.next_callback)
        assert first.headers["webhook-id"] == again.headers["webhook-id"]

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_an_account_without_a_secret_gets_unsigned_calls(
    database: Database, account_id: int
) -> None:
    from understudy.tasks.db.schema import accounts as table

    async def run(far: FarSide) -> None:
        clock = Time()
        database.write_now(
            lambda connection: connection.execute(table.update().values(callback_secret=None))
        )
        note(database, account_id, f"{far.url}/a", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].tries == 1)
        assert "webhook-signature" not in far.next_callback().headers

    with far_side() as far:
        await run(far)


@pytest.mark.anyio
async def test_an_event_may_be_sent_again(database: Database, account_id: int) -> None:
    async def run(far: FarSide) -> None:
        clock = Time()
        note(database, account_id, f"{far.url}/a", subject=1, seq=1, now=clock.now)
        async with telling(database, clock) as outbox:
            await settled(outbox, lambda: events(database, account_id)[0].status == "delivered")
            (event,) = events(database, account_id)
            assert not database.write_now(callbacks.send_again, 999, event.id, now=clock.now)
            assert database.write_now(callbacks.send_again, account_id, event.id, now=clock.now)
            await settled(outbox, lambda: events(database, account_id)[0].tries == 2)
        assert far.next_callback().body == far.next_callback().body

    with far_side() as far:
        await run(far)
