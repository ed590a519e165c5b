"""URLs that clients are given: signed ones that expire for results, plain ones for uploads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.records import Task

MEDIA_PATH = "/v1/media"
FILES_PATH = "/v1/files"
UPLOAD_ID_CHARACTERS = 32
_SIGNED_FOLDERS = ("results/", "elements/", "presets/", "uploads/", "inputs/")
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and checks URLs under one public base, such as `https://studio.example.com`.

    retention_ms: how long after its end a task's results can be read.
    """

    public_url: str
    keyring: Keyring
    retention_ms: int

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
        return f"{self.public_url}{FILES_PATH}/{upload_id}"

    def upload_id(self, url: str) -> str | None:
        """The upload that a URL of ours names; None when the URL is not one of ours."""
        prefix = f"{self.public_url}{FILES_PATH}/"
        rest = url.removeprefix(prefix)
        known = rest != url and len(rest) == UPLOAD_ID_CHARACTERS and rest.isalnum()
        return rest if known else None

    def _link(self, key: str, expires_at: int) -> str:
        expires = str(expires_at // 1000)
        signature = self.keyring.sign(f"{key}\n{expires}")
        query = urlencode({"expires": expires, "signature": signature})
        return f"{self.public_url}{MEDIA_PATH}/{quote(key)}?{query}"
