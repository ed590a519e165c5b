"""Requests to this machine: without TLS, as httpx2 reads all certificates for each call and client,
and with the patience that a busy machine needs.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx2

from tests.waiting import PATIENCE_SECONDS

_HERE: dict[str, Any] = {"trust_env": False, "verify": False, "timeout": PATIENCE_SECONDS}

get = partial(httpx2.get, **_HERE)
post = partial(httpx2.post, **_HERE)
put = partial(httpx2.put, **_HERE)
client = partial(httpx2.Client, **_HERE)
