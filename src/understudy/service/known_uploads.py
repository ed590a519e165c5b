"""Uploads that need no look at the database: those that were used a moment ago.

An upload never changes but for when it was last used, and it is kept for far longer than a minute
after that. So one clip for many pictures is looked up once a minute.
"""

from __future__ import annotations

from collections import OrderedDict

from understudy.tasks.db.repository.uploads import NOTED_WITHIN_MS
from understudy.tasks.records import Upload

FRESH_MS = NOTED_WITHIN_MS
"""How long after its last use an upload is certain to be there: far less than any retention."""
_REMEMBERED = 1000


class KnownUploads:
    """The uploads that were looked up last."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Upload] = OrderedDict()

    def find(self, account_id: int, upload_id: str, *, now: int) -> Upload | None:
        """The account's upload, if it is known and was used of late; now: ms."""
        upload = self._known.get(upload_id)
        if upload is None or upload.account_id != account_id or upload.used_at < now - FRESH_MS:
            return None
        return upload

    def remember(self, upload: Upload) -> None:
        """Know an upload as it was just looked up."""
        self._known[upload.id] = upload
        self._known.move_to_end(upload.id)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
