"""The legacy design: the model in the body, `/v1/videos/motion-control`.

`bodies` requests · `responses` · `routes`
"""

from __future__ import annotations

from understudy.service.api.motion_control.bodies import (
    Create,
    Inspect,
    WatermarkInfo,
    read_create,
    read_inspect,
)
from understudy.service.api.motion_control.responses import (
    STATUS_WORDS,
    Created,
    Progress,
    Queue,
    Record,
    TaskInfo,
    created,
    queue,
    record,
    seconds,
)

__all__ = [
    "STATUS_WORDS",
    "Create",
    "Created",
    "Inspect",
    "Progress",
    "Queue",
    "Record",
    "TaskInfo",
    "WatermarkInfo",
    "created",
    "queue",
    "read_create",
    "read_inspect",
    "record",
    "seconds",
]
