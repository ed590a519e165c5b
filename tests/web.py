"""Requests to this machine without TLS: httpx2's own functions read the certificates each time."""

from __future__ import annotations

from functools import partial

import httpx2

get = partial(httpx2.get, trust_env=False, verify=False)
post = partial(httpx2.post, trust_env=False, verify=False)
put = partial(httpx2.put, trust_env=False, verify=False)
