"""The `Range` header. What is no range of bytes counts for nothing (RFC 9110, 14.2)."""

from __future__ import annotations

import re

_RANGE = re.compile(rb"\s*(?=[0-9-]*[0-9])([0-9]{0,18})-([0-9]{0,18})\s*")

Headers = list[tuple[bytes, bytes]]


def without_odd_ranges(headers: Headers) -> Headers:
    """The headers, but for a `Range` that does not say from where to where, in bytes.

    The framework's own answer to one is 400, outside the envelope.
    """
    if all(name != b"range" or _is_ranges(value) for name, value in headers):
        return headers
    return [(name, value) for name, value in headers if name != b"range"]


def _is_ranges(value: bytes) -> bool:
    unit, _, ranges = value.partition(b"=")
    return unit.strip().lower() == b"bytes" and all(map(_is_range, ranges.split(b",")))


def _is_range(text: bytes) -> bool:
    found = _RANGE.fullmatch(text)
    if found is None:
        return False
    start, end = found.groups()
    return not start or not end or int(start) <= int(end)
