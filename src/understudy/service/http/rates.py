"""Rate limits per account."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from understudy.service.http.contract_errors import TooManyRequests

UPLOADS_AT_ONCE = 20
"""Of one account: each may take 200 MB of the disk while it waits to be checked."""
_CLOCK_STEP_SECONDS = 1.0
"""By which a clock that is only being adjusted does not jump."""


class RateLimiter:
    """Counts requests by account, in this server's memory.

    rule: such as "100/second;2000/hour"; empty for no limit. clock: seconds since 1970, which
    somebody may set back.
    """

    def __init__(self, rule: str, clock: Callable[[], float] = time.time) -> None:
        self._limits: list[RateLimitItem] = parse_many(rule) if rule.strip() else []
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._clock = clock
        self._ahead = self._clock_ahead()
        self._uploading: Counter[int] = Counter()

    @contextmanager
    def uploading(self, account_id: int) -> Iterator[None]:
        """Count an upload while it is received and checked. Raises TooManyRequests."""
        if self._uploading[account_id] >= UPLOADS_AT_ONCE:
            raise TooManyRequests(f"Too many uploads at once; at most {UPLOADS_AT_ONCE}")
        self._uploading[account_id] += 1
        try:
            yield
        finally:
            self._uploading[account_id] -= 1
            if not self._uploading[account_id]:
                del self._uploading[account_id]

    def count(self, account_id: int) -> None:
        """Count one request. Raises TooManyRequests."""
        ahead = self._clock_ahead()
        if ahead < self._ahead - _CLOCK_STEP_SECONDS:
            # The clock was set back, and windows would last until it has caught up.
            self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._ahead = ahead
        for limit in self._limits:
            if not self._limiter.hit(limit, str(account_id)):
                resets_at = self._limiter.get_window_stats(limit, str(account_id)).reset_time
                wait = max(1, math.ceil(resets_at - time.time()))
                raise TooManyRequests(retry_after=wait)

    def _clock_ahead(self) -> float:
        """By how much the clock is ahead of one that nobody sets."""
        return self._clock() - time.monotonic()
