"""The element library.

`bodies` requests · `responses` · `routes`
"""

from __future__ import annotations

from understudy.service.api.elements.bodies import (
    MAX_DESCRIPTION,
    MAX_NAME,
    MAX_REFERENCES,
    Create,
    Delete,
    ElementDraft,
    read_create,
)
from understudy.service.api.elements.responses import (
    TAGS,
    Record,
    created,
    owner_of,
    record,
    url_of,
)

__all__ = [
    "MAX_DESCRIPTION",
    "MAX_NAME",
    "MAX_REFERENCES",
    "TAGS",
    "Create",
    "Delete",
    "ElementDraft",
    "Record",
    "created",
    "owner_of",
    "read_create",
    "record",
    "url_of",
]
