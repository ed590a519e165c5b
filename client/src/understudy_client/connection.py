"""Where a client speaks to and as whom: arguments, variables and defaults made into operations."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from understudy_client.auth import credentials
from understudy_client.operations import Operations
from understudy_client.retries import Retries

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
BASE_URL_VARIABLE = "UNDERSTUDY_BASE_URL"
API_KEY_VARIABLE = "UNDERSTUDY_API_KEY"
# Kling's own servers, which take URLs only.
_WITHOUT_UPLOADS = ("klingai.com", "kling.ai")


def base_url_of(base_url: str | None) -> str:
    """The base URL given, else the variable's, else that of a server on this machine."""
    url = base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url must start with http:// or https:// and name a host")
    return url.rstrip("/")


def operations_for(
    base_url: str,
    *,
    api_key: str | None,
    access_key: str | None,
    secret_key: str | None,
    uploads: bool | None,
    retries: Retries | None,
) -> Operations:
    """The operations at a server; raises ValueError without exactly one kind of credentials."""
    if not (api_key or access_key or secret_key):
        api_key = os.environ.get(API_KEY_VARIABLE)
    host = urlsplit(base_url).hostname or ""
    kling = any(host == name or host.endswith(f".{name}") for name in _WITHOUT_UPLOADS)
    return Operations(
        credentials(api_key, access_key, secret_key),
        retries or Retries(),
        uploads=not kling if uploads is None else uploads,
    )


def api_key_in(path: str | os.PathLike[str]) -> str:
    """The API key of the `credentials.json` that a server writes into its data folder."""
    return str(json.loads(Path(path).read_text("utf-8"))["api_key"])
