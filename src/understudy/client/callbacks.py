"""Callbacks: is this one from the server that has the secret, and what does it say."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from understudy.client.errors import CallbackError
from understudy.client.records import ElementTask, Json, Task, element_task_from, task_from

TOLERANCE_SECONDS = 300.0
_SECRET_PREFIX = "whsec_"
_SIGNATURE_PREFIX = "v1,"


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


def verify_callback(
    body: bytes | str,
    headers: Mapping[str, str],
    secret: str,
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> Callback:
    """Check a callback's signature (the Standard Webhooks scheme) and read it.

    body: as received, byte for byte. headers: names in any case. secret: `whsec_...`.
    tolerance: seconds that the timestamp may lie off. now: seconds since 1970, by default the
    clock. Raises CallbackError when the callback is not to be trusted, ValueError for a secret
    that is none.
    """
    content = body.encode() if isinstance(body, str) else bytes(body)
    lowered = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in _HEADERS if not lowered.get(name)]
    if missing:
        raise CallbackError(f"the callback lacks {', '.join(missing)}")
    event, timestamp, signatures = (lowered[name] for name in _HEADERS)
    if not timestamp.isascii() or not timestamp.isdigit():
        raise CallbackError("webhook-timestamp is not a number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise CallbackError("the callback is too old, or from the future")
    signed = b".".join((event.encode(), timestamp.encode(), content))
    expected = base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256))
    if not any(_equals(expected, signature) for signature in signatures.split()):
        raise CallbackError("no signature of the callback is right")
    return Callback(event, int(timestamp), _record(content))


_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def _key(secret: str) -> bytes:
    text = secret.removeprefix(_SECRET_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("a callback secret is whsec_ and base64")
    return key


def _equals(expected: bytes, signature: str) -> bool:
    return signature.startswith(_SIGNATURE_PREFIX) and hmac.compare_digest(
        expected, signature.removeprefix(_SIGNATURE_PREFIX).encode()
    )


def _record(content: bytes) -> Json:
    try:
        record = json.loads(content)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise CallbackError("the callback's body is no record")
    return record
