"""Callbacks: checked with the account's secret, then read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError, WebhookVerificationError

from understudy_client.errors import CallbackError
from understudy_client.parse import element_task_from, task_from
from understudy_client.records import ElementTask, Json, Task

_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback that was verified.

    id: the same on every try of one event; keep it to act on an event once. timestamp: seconds
    since 1970 at which this try was signed. record: the task's record as sent.
    """

    id: str
    timestamp: int
    record: Json

    @property
    def task(self) -> Task:
        """The motion-control task, of either design."""
        return task_from(self.record)

    @property
    def element_task(self) -> ElementTask:
        """The making of an element."""
        return element_task_from(self.record)


def verify_callback(body: bytes | str, headers: Mapping[str, str], secret: str) -> Callback:
    """Check a callback's signature and time (the Standard Webhooks scheme) and read it.

    body: as received, byte for byte. headers: names in any case. secret: `whsec_...`.
    Raises CallbackError when the callback cannot be trusted: a header is missing, no signature
    matches, it was signed more than five minutes ago or ahead, or its body is not a record.
    Raises ValueError when the secret is not one.
    """
    webhook = _webhook(secret)
    lowered = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in _HEADERS if not lowered.get(name)]
    if missing:
        raise CallbackError(f"the callback lacks {', '.join(missing)}")
    try:
        # Parsed below: the library's own ValueErrors here are about the headers.
        webhook.verify(body, lowered, json_parse=False)
    except WebhookVerificationError as error:
        raise CallbackError(f"the callback cannot be trusted: {error}") from error
    except ValueError as error:
        # What base64, Unicode or a list without commas makes the library stumble over.
        raise CallbackError("the callback's signature or body is malformed") from error
    timestamp = int(float(lowered["webhook-timestamp"]))
    return Callback(lowered["webhook-id"], timestamp, _record(body))


def _webhook(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise ValueError("a callback secret is whsec_ followed by base64") from error


def _record(body: bytes | str) -> Json:
    try:
        record = json.loads(body)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise CallbackError("the callback's body is not a record")
    return record
