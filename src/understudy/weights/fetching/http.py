"""A file over HTTP: streamed to disk, resumed where an earlier try ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from understudy.weights.fetching.sources import (
    TIMEOUTS,
    Count,
    FetchTimeouts,
    SourceFailed,
    SourceUnreachable,
)

_CHUNK = 1 << 18
_MAX_REDIRECTS = 5
# Connections that break midway are taken up again this often, as long as each brought something.
_TRIES = 4


class HttpSource:
    """Downloads by HTTP within one run; hosts that do not answer are asked once."""

    def __init__(self, timeouts: FetchTimeouts = TIMEOUTS) -> None:
        self._silent: set[str] = set()
        self._client = httpx2.Client(
            follow_redirects=True,
            max_redirects=_MAX_REDIRECTS,
            timeout=httpx2.Timeout(timeouts.read, connect=timeouts.connect),
            headers={"User-Agent": "understudy", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def download(self, url: str, part: Path, size: int, count: Count) -> None:
        """Add to `part` what it lacks of the `size` bytes at `url`.

        count: told the bytes that are there so far. Raises SourceFailed, and leaves what came, so
        that a later call resumes it.
        """
        host = urlsplit(url).netloc
        if host in self._silent:
            raise SourceUnreachable(f"{host} does not respond")
        for left in reversed(range(_TRIES)):
            before = _size(part)
            try:
                with _naming_faults(host):
                    self._add(url, part, size, count)
            except SourceUnreachable:
                self._silent.add(host)
                raise
            except _Broken as fault:
                if not left or _size(part) <= before:
                    raise
                del fault
            else:
                return

    def _add(self, url: str, part: Path, size: int, count: Count) -> None:
        start = _size(part)
        if start > size:
            part.unlink()
            start = 0
        if start == size:
            return
        headers = {"Range": f"bytes={start}-"} if start else {}
        with self._client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == httpx2.codes.PARTIAL_CONTENT:
                if not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                    raise SourceFailed("returned a different range from the one requested")
            elif answer.status_code == httpx2.codes.OK:
                start = 0
            else:
                raise SourceFailed(f"answered {answer.status_code}")
            with part.open("ab" if start else "wb") as sink:
                for chunk in answer.iter_raw(_CHUNK):
                    if start + len(chunk) > size:
                        raise SourceFailed(f"sends more than {size} bytes")
                    sink.write(chunk)
                    start += len(chunk)
                    count(start)
        if start < size:
            raise _Broken(f"ended after {start} of {size} bytes")


class _Broken(SourceFailed):
    """The connection ended before the file did."""


@contextmanager
def _naming_faults(host: str) -> Iterator[None]:
    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as fault:
        raise SourceUnreachable(f"{host} does not respond") from fault
    except httpx2.TransportError as fault:
        raise _Broken(f"the connection to {host} broke") from fault
    except (httpx2.InvalidURL, httpx2.TooManyRedirects) as fault:
        raise SourceFailed(f"{host} does not have the file") from fault


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
