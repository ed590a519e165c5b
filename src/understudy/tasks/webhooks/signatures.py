"""Signing callbacks, by the Standard Webhooks scheme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


def signed_headers(event_id: str, body: str, *, secrets: Sequence[str], now: int) -> dict[str, str]:
    """The headers that identify and sign a callback, a signature for each secret (`whsec_…`).

    now: ms. Without a secret there are no headers.
    """
    if not secrets:
        return {}
    at = datetime.fromtimestamp(now // 1000, UTC)
    made = [Webhook(secret).sign(event_id, at, body) for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(now // 1000),
        "webhook-signature": " ".join(made),
    }
