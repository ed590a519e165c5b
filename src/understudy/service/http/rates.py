"""Rate limits per account."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from understudy.service.http.contract_errors import TooManyRequests


class RateLimiter:
    """Counts requests by account, in this server's memory.

    rule: such as "100/second;2000/hour"; empty for no limit.
    """

    def __init__(self, rule: str) -> None:
        self._limits: list[RateLimitItem] = parse_many(rule) if rule.strip() else []
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def count(self, account_id: int) -> None:
        """Count one request. Raises TooManyRequests."""
        for limit in self._limits:
            if not self._limiter.hit(limit, str(account_id)):
                resets_at = self._limiter.get_window_stats(limit, str(account_id)).reset_time
                wait = max(1, math.ceil(resets_at - time.time()))
                raise TooManyRequests(retry_after=wait)
