"""Requests and answers as values, apart from whatever sends them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from understudy_client.errors import AnswerError, ApiError, refusal
from understudy_client.media import Local


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the API. body: JSON, or None. upload: sent as the part `file` of a form."""

    method: str
    path: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    upload: Local | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def data_of(reply: Reply, *, now: datetime | None = None) -> Any:
    """The `data` of an answer in the contract's envelope.

    now: aware, for a Retry-After that is a date. Raises ApiError when the request was refused and
    AnswerError when the answer is no envelope.
    """
    envelope = _envelope(reply)
    code = envelope.get("code")
    if 200 <= reply.status < 300 and code == 0:
        return envelope.get("data")
    if 200 <= reply.status < 400 and not isinstance(code, int):
        raise AnswerError(f"the answer (HTTP {reply.status}) is not the API's: is the URL right?")
    raise refused(reply, now=now)


def refused(reply: Reply, *, now: datetime | None = None) -> ApiError:
    """The error that an answer stands for; the HTTP status decides where it has no envelope."""
    envelope = _envelope(reply)
    code = envelope.get("code")
    return refusal(
        str(envelope.get("message") or f"HTTP {reply.status}"),
        code=code if isinstance(code, int) else None,
        status=reply.status,
        request_id=str(envelope.get("request_id") or ""),
        retry_after=_seconds(reply.headers.get("retry-after", ""), now or datetime.now(UTC)),
    )


def _envelope(reply: Reply) -> dict[str, Any]:
    try:
        envelope = json.loads(reply.body)
    except ValueError:
        return {}
    return envelope if isinstance(envelope, dict) else {}


def _seconds(retry_after: str, now: datetime) -> float | None:
    if re.fullmatch(r"\s*[0-9]+\s*", retry_after):
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (ValueError, TypeError):
        return None
