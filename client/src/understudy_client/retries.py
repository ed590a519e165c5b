"""When a request that failed is sent again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from understudy_client.errors import ClientError, ConnectionFailedError, RateLimitError, ServerError

_IP_NOT_ALLOWED = 1304


@dataclass(frozen=True, slots=True)
class Retries:
    """Exponential back-off with jitter, or what the server asks for.

    attempts: tries in all. first, longest: seconds of the first and of the longest pause; a server
    that asks for more than `longest` is not tried again.
    """

    attempts: int = 6
    first: float = 0.5
    longest: float = 60.0
    chance: random.Random = field(default_factory=random.Random, compare=False)

    def pause(self, attempt: int, error: ClientError) -> float | None:
        """Seconds to wait after the attempt-th try (from 1) failed, None to give up."""
        if attempt >= self.attempts or not may_be_retried(error):
            return None
        asked = getattr(error, "retry_after", None)
        if asked is not None:
            return float(asked) if asked <= self.longest else None
        pause: float = min(self.longest, self.first * 2 ** (attempt - 1))
        return pause * self.chance.uniform(0.5, 1.0)


def may_be_retried(error: ClientError) -> bool:
    """The same request may succeed later."""
    if isinstance(error, RateLimitError):
        return error.code != _IP_NOT_ALLOWED
    return isinstance(error, ConnectionFailedError | ServerError)


def may_have_acted(error: ClientError) -> bool:
    """The server may have done what was asked, although no proper answer came."""
    return isinstance(error, ServerError) or (
        isinstance(error, ConnectionFailedError) and error.sent
    )
