"""Delivering callbacks: every event at least once, in order per task, until its retries end.

Events are rows, written in the transaction of the change that they report; the outbox reads them,
calls, and records the answer. A server killed in between calls again, with the same `webhook-id`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import Literal

import httpx2
import structlog

from understudy import __version__
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository import accounts, callbacks
from understudy.tasks.files.transport import CONNECTION_ERRORS, AddressForbidden, GuardedTransport
from understudy.tasks.ids import Clock, now_ms
from understudy.tasks.observer import Observer, Unobserved
from understudy.tasks.records import CallbackEvent, Try
from understudy.tasks.waiting import wait_at_most
from understudy.tasks.webhooks.signatures import signed_headers

AT_ONCE = 32
"""Calls under way."""
AT_ONCE_PER_ACCOUNT = 8
"""An account whose receivers hang must not take all of them."""
POLL_SECONDS = 1.0
FORBIDDEN = "the address is not allowed"
"""What is told of a URL that leads where clients' URLs may not: no later try can help."""
NOT_REACHABLE = "not reachable"
_FIRST_WAIT_MS = 5_000
"""After the first failed try; doubled after each."""
_LONGEST_WAIT_MS = 3_600_000

log = structlog.get_logger(__name__)


def wait_before(tries: int, *, jitter: float) -> int:
    """Milliseconds to wait after the `tries`-th failed try; jitter in 0..1."""
    wait = min(_FIRST_WAIT_MS * 2 ** min(tries - 1, 20), _LONGEST_WAIT_MS)
    return int(wait * (0.75 + jitter / 2))


class Outbox:
    """Delivers callback events.

    timeout: seconds that a receiver has to answer. lifetime_ms: how long an event is tried.
    """

    def __init__(  # noqa: PLR0913 - keyword-only settings
        self,
        database: Database,
        keyring: Keyring,
        *,
        allow_private: bool,
        timeout: float,
        lifetime_ms: int,
        observer: Observer | None = None,
        clock: Clock = now_ms,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._lifetime_ms = lifetime_ms
        self._observer = observer or Unobserved()
        self._clock = clock
        self._timeout = timeout
        self._client = httpx2.AsyncClient(
            transport=GuardedTransport(allow_private=allow_private),
            follow_redirects=False,
            timeout=timeout,
            headers={"User-Agent": f"understudy/{__version__}"},
            trust_env=False,
        )
        self._calls: dict[int, tuple[asyncio.Task[None], int]] = {}
        self._wakened = asyncio.Event()

    def wake(self) -> None:
        """Read the events now."""
        self._wakened.set()

    async def round(self) -> None:
        """Start calling for every event that is due, then wait for more to be."""
        self._wakened.clear()
        while await self._start_due():
            pass
        await wait_at_most(self._wakened, POLL_SECONDS)

    async def _start_due(self) -> bool:
        """Start calling; True when one account's events hid those of others that may be due.

        What is being called about is left out: until its answer is noted it is still due.
        """
        room = AT_ONCE - len(self._calls)
        if not room:
            return False
        busy = Counter(account for _, account in self._calls.values())
        events = await self._database.read(
            callbacks.due,
            now=self._clock(),
            limit=room,
            subjects=list(self._calls),
            accounts=[account for account, n in busy.items() if n >= AT_ONCE_PER_ACCOUNT],
        )
        hidden = False
        for event in events:
            if busy[event.account_id] >= AT_ONCE_PER_ACCOUNT:
                hidden = True
                continue
            busy[event.account_id] += 1
            self._start(event)
        return hidden

    async def close(self) -> None:
        """Cancel every call; unanswered ones are repeated after the next start."""
        calls = [call for call, _ in self._calls.values()]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await self._client.aclose()

    def _start(self, event: CallbackEvent) -> None:
        call = asyncio.create_task(self._tell(event))
        self._calls[event.subject] = (call, event.account_id)

        def end(ended: asyncio.Task[None]) -> None:
            self._calls.pop(event.subject, None)
            self._wakened.set()
            if not ended.cancelled() and ended.exception() is not None:
                log.error("callback failed", event_id=str(event.id), exc_info=ended.exception())

        call.add_done_callback(end)

    async def _tell(self, event: CallbackEvent) -> None:
        body = event.body if callbacks.is_plain(event.body) else self._keyring.unseal(event.body)
        tried = await self.call(event.account_id, str(event.id), event.url, body)
        now = self._clock()
        next_try_at = now + wait_before(event.tries + 1, jitter=random.random())
        status: Literal["delivered", "pending", "abandoned"] = "pending"
        if tried.http_status is not None and 200 <= tried.http_status < 300:
            status = "delivered"
        elif tried.error == FORBIDDEN or next_try_at >= event.created_at + self._lifetime_ms:
            status = "abandoned"
        await self._database.write(
            callbacks.note_try, event, tried, status=status, next_try_at=next_try_at
        )
        outcome = "postponed" if status == "pending" else status
        self._observer.called_back(outcome)
        log.info(
            "callback",
            task=str(event.subject),
            event_id=str(event.id),
            told=event.told,
            outcome=outcome,
            answer=tried.http_status or tried.error,
            tries=event.tries + 1,
        )

    async def call(self, account_id: int, event_id: str, url: str, body: str) -> Try:
        """Call once, signed with the account's secrets."""
        sealed = await self._database.read(accounts.sealed_secrets, account_id)
        now = self._clock()
        secrets = [self._keyring.unseal(secret) for secret in sealed.valid_at(now)]
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            **signed_headers(event_id, body, secrets=secrets, now=now),
        }
        began = time.monotonic()
        status, error = await self._post(url, body, headers)
        taken = round((time.monotonic() - began) * 1000)
        return Try(at=now, milliseconds=taken, http_status=status, error=error)

    async def _post(
        self, url: str, body: str, headers: dict[str, str]
    ) -> tuple[int | None, str | None]:
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream("POST", url, content=body.encode(), headers=headers) as answer,
            ):
                return answer.status_code, None
        except AddressForbidden:
            return None, FORBIDDEN
        except TimeoutError:
            return None, f"no response within {self._timeout:g} s"
        except (httpx2.HTTPError, httpx2.InvalidURL, *CONNECTION_ERRORS):
            # Not which way it failed: that would tell about networks that clients do not see.
            return None, NOT_REACHABLE
