"""Between effects and the HTTP library: requests built, failures named, files written whole."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import httpx2

from understudy_client.effects import Send
from understudy_client.errors import ClientError, ConnectionFailedError
from understudy_client.version import __version__
from understudy_client.wire import Reply

USER_AGENT = f"understudy-client/{__version__}"
# No answer means that the request was not taken in.
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
# Calls that cannot be carried out at all; another try ends the same way.
_HOPELESS = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)
_FAILURES = (httpx2.RequestError, httpx2.InvalidURL)


@contextmanager
def sending(base_url: str, send: Send) -> Iterator[dict[str, Any]]:
    """The arguments of the HTTP library's `request`; a file to upload is open meanwhile.

    The library's failures leave the block as the client's errors.
    """
    call = send.call
    arguments: dict[str, Any] = {
        "method": call.method,
        "url": base_url + call.path,
        "params": dict(call.params) or None,
        "headers": {"authorization": f"Bearer {send.token}"},
    }
    with failures_named():
        if call.upload is None:
            yield arguments | {"json": call.body}
            return
        with call.upload.open() as file:
            yield arguments | {"files": {"file": (call.upload.name, file)}}


def reply_from(response: httpx2.Response, body: bytes) -> Reply:
    """The answer as a value."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, body)


@contextmanager
def failures_named() -> Iterator[None]:
    """The HTTP library's failures in the block leave it as the client's errors."""
    try:
        yield
    except _FAILURES as error:
        message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        if isinstance(error, httpx2.TransportError) and not isinstance(error, _HOPELESS):
            sent = not isinstance(error, _UNSENT)
            raise ConnectionFailedError(message, sent=sent) from error
        raise ClientError(message) from error


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that appears at `path` once the block ends without an error, else never."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with partial.open("xb") as file:
            yield file
        os.replace(partial, path)  # noqa: PTH105 - Path.replace is the same call
    finally:
        partial.unlink(missing_ok=True)
