"""The tasks design: the model in the path, `/motion-control/…`; records as `/tasks` has them.

`bodies` requests · `responses` · `routes`
"""

from __future__ import annotations

from understudy.service.api.tasks.bodies import Create, read_create
from understudy.service.api.tasks.responses import (
    Created,
    Record,
    created,
    element_record,
    record,
)

__all__ = [
    "Create",
    "Created",
    "Record",
    "created",
    "element_record",
    "read_create",
    "record",
]
