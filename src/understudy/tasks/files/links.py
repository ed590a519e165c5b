"""URLs for clients: signed ones with an expiry for results, plain ones for uploads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.records import Task

MEDIA_PATH = "/v1/media"
FILES_PATH = "/v1/files"
UPLOAD_ID_CHARACTERS = 32
_SIGNED_FOLDERS = ("results/", "elements/", "presets/", "uploads/", "inputs/")
_UPLOAD_URL = re.compile(
    rf"https?://[^?#]+{FILES_PATH}/([0-9A-Za-z]{{{UPLOAD_ID_CHARACTERS}}})", re.I
)
_DAY_MS = 86_400_000


def upload_id(url: str) -> str | None:
    """The upload that a URL would name if its host were this service; None when it names none.

    One server has many names, so the host says nothing; the id is random and decides.
    """
    found = _UPLOAD_URL.fullmatch(url)
    return None if found is None else found[1]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks URLs.

    base: what they start with, such as `https://studio.example.com`. fixed: the operator chose it,
    so that it does not follow the requests. retention_ms: how long after its end a task's results
    can be read.
    """

    base: str
    keyring: Keyring
    retention_ms: int
    fixed: bool = False

    def under(self, base: str | None) -> Links:
        """The same under the base by which a client reached the service, where that is known."""
        return self if self.fixed or base is None else replace(self, base=base)

    def result(self, task: Task, key: str) -> str:
        """The URL of one of a task's files; the same on every read of the task."""
        return self._link(key, (task.finished_at or task.updated_at) + self.retention_ms)

    def element(self, key: str, *, now: int) -> str:
        """The URL of an element's picture or clip; the same for a day, and good for longer."""
        return self._link(key, now - now % _DAY_MS + _DAY_MS + self.retention_ms)

    def opens(self, key: str, expires: str, signature: str, *, now: int) -> bool:
        """Whether an expiry (seconds since 1970) and a signature open the file of a key now."""
        if not (expires.isascii() and expires.isdecimal() and len(expires) <= 12):
            return False
        signed = self.keyring.verify(f"{key}\n{expires}", signature)
        return signed and key.startswith(_SIGNED_FOLDERS) and int(expires) * 1000 > now

    def upload(self, upload_id: str) -> str:
        """The URL of an upload."""
        return f"{self.base}{FILES_PATH}/{upload_id}"

    def _link(self, key: str, expires_at: int) -> str:
        expires = str(expires_at // 1000)
        signature = self.keyring.sign(f"{key}\n{expires}")
        query = urlencode({"expires": expires, "signature": signature})
        return f"{self.base}{MEDIA_PATH}/{quote(key)}?{query}"
