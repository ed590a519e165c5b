"""What can be asked of the service, as a table; `openapi` writes it out, the routes serve it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from typing_extensions import TypedDict

from understudy.service.designs import elements, legacy, listing, tasks
from understudy.service.inspection import Inspected
from understudy.service.routes import callbacks, capabilities, details, profile
from understudy.service.routes.account import Costs
from understudy.service.routes.elements import CUSTOM, DELETE, PRESETS
from understudy.service.routes.files import FIELDS, PART, Uploaded
from understudy.service.routes.health import METRICS_TYPE
from understudy.service.routes.legacy import PATH
from understudy.tasks.links import FILES_PATH, MEDIA_PATH

Tag = Literal["legacy", "tasks", "elements", "account", "ours"]


class Health(TypedDict):
    """That all is well."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of a path or of a query."""

    name: str
    place: Literal["path", "query"]
    schema: dict[str, Any]
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: `data` in the envelope, else content of one of the types."""

    description: str
    data: Any = None
    content_types: tuple[str, ...] = ()
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path. upload: the part that a file comes in."""

    method: str
    path: str
    name: str
    summary: str
    tag: Tag
    answer: Answer
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    upload: str = ""
    signed_in: bool = True
    errors: tuple[int, ...] = field(default=(400, 401, 429, 500, 503))


_REFERENCE = Parameter(
    "reference",
    "path",
    {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"},
    "The task's id, or your own",
    required=True,
)
_PAGE = (
    Parameter(
        "pageNum",
        "query",
        {"type": "integer", "minimum": 1, "maximum": listing.MAX_PAGE_NUMBER, "default": 1},
        "Which page",
    ),
    Parameter(
        "pageSize",
        "query",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": listing.MAX_PAGE_SIZE,
            "default": listing.DEFAULT_PAGE_SIZE,
        },
        "Records on a page",
    ),
)
_TIMES = tuple(
    Parameter(
        name,
        "query",
        {"type": "integer", "minimum": 0, "maximum": 2**43},
        "Milliseconds since 1970",
        required=True,
    )
    for name in ("start_time", "end_time")
)
_IDS = tuple(
    Parameter(name, "query", {"type": "string"}, f"{what}, parted by commas; at most 20")
    for name, what in (("task_ids", "Ids"), ("external_task_ids", "Your own ids"))
)
_MODEL = Parameter(
    "model",
    "path",
    {"type": "string", "enum": ["kling-3.0", "kling-2.6"]},
    "The model, or one that the operator added",
    required=True,
)
_OPEN = (500, 503)
_SIGNED_IN = (401, 429, 500, 503)


def _named(name: str, description: str) -> Parameter:
    """A part of a path that names something."""
    schema = {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$"}
    return Parameter(name, "path", schema, description, required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path=PATH,
        name="createTask",
        summary="Make a task",
        tag="legacy",
        body=legacy.Create,
        answer=Answer("The task", legacy.Created),
    ),
    Operation(
        method="GET",
        path=PATH,
        name="listTasks",
        summary="List tasks, newest first",
        tag="legacy",
        parameters=_PAGE,
        answer=Answer("A page of tasks", list[legacy.Record]),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}",
        name="readTask",
        summary="Read a task",
        tag="legacy",
        parameters=(_REFERENCE,),
        answer=Answer("The task", legacy.Record),
    ),
    Operation(
        method="POST",
        path="/motion-control/{model}",
        name="createTaskOfModel",
        summary="Make a task",
        tag="tasks",
        parameters=(_MODEL,),
        body=tasks.Create,
        answer=Answer("The task", tasks.Created),
        errors=(400, 401, 404, 429, 500, 503),
    ),
    Operation(
        method="GET",
        path="/tasks",
        name="readTasks",
        summary="Read tasks by ids; give one of the two lists",
        tag="tasks",
        parameters=_IDS,
        answer=Answer("The tasks that are there", list[tasks.Record]),
    ),
    Operation(
        method="POST",
        path="/tasks",
        name="searchTasks",
        summary="List tasks by time and state, newest first",
        tag="tasks",
        body=listing.Query,
        answer=Answer("A part of the list", listing.TaskList),
    ),
    Operation(
        method="POST",
        path=CUSTOM,
        name="createElement",
        summary="Make an element of pictures or a clip",
        tag="elements",
        body=elements.Create,
        answer=Answer("The element's task", legacy.Created),
    ),
    Operation(
        method="GET",
        path=CUSTOM,
        name="listElements",
        summary="List elements, newest first",
        tag="elements",
        parameters=_PAGE,
        answer=Answer("A page of elements", list[elements.Record]),
    ),
    Operation(
        method="GET",
        path=CUSTOM + "/{reference}",
        name="readElement",
        summary="Read an element",
        tag="elements",
        parameters=(_REFERENCE,),
        answer=Answer("The element's task", elements.Record),
    ),
    Operation(
        method="GET",
        path=PRESETS,
        name="listPresets",
        summary="List the elements that come with the service",
        tag="elements",
        parameters=_PAGE,
        answer=Answer("A page of elements", list[elements.Record]),
    ),
    *(
        Operation(
            method="POST",
            path=path,
            name=name,
            summary="Take an element out of the library",
            tag="elements",
            body=elements.Delete,
            answer=Answer("The element's task", elements.Record),
        )
        for path, name in zip(DELETE, ("deleteAdvancedElement", "deleteElement"), strict=True)
    ),
    Operation(
        method="GET",
        path="/account/costs",
        name="readCosts",
        summary="Read the account's units",
        tag="account",
        parameters=_TIMES,
        answer=Answer("The account's packs of units", Costs),
    ),
    Operation(
        method="GET",
        path="/v1/capabilities",
        name="readCapabilities",
        summary="Say which models there are, what they do and cost, and what inputs may be",
        tag="ours",
        answer=Answer("What can be asked", capabilities.Capabilities),
        errors=(401, 429, 500, 503, 504),
    ),
    Operation(
        method="GET",
        path=profile.PATH,
        name="readAccount",
        summary="Read the account: units, limits, keys",
        tag="ours",
        answer=Answer("The account", profile.Profile),
        errors=_SIGNED_IN,
    ),
    Operation(
        method="POST",
        path=f"{profile.PATH}/keys",
        name="createKey",
        summary="Make one more key; it is told this once",
        tag="ours",
        body=profile.KeyCreate,
        answer=Answer("The key", profile.NewKey),
    ),
    Operation(
        method="DELETE",
        path=profile.PATH + "/keys/{key_id}",
        name="revokeKey",
        summary="End a key; not the one that the request comes with",
        tag="ours",
        parameters=(_named("key_id", "The key's id"),),
        answer=Answer("The key", profile.Revoked),
    ),
    Operation(
        method="POST",
        path=f"{profile.PATH}/callback-secret",
        name="rotateCallbackSecret",
        summary="Give callbacks a new secret; it is told this once",
        tag="ours",
        answer=Answer("The secret", profile.NewSecret),
        errors=_SIGNED_IN,
    ),
    Operation(
        method="GET",
        path=callbacks.PATH,
        name="listCallbacks",
        summary="List callbacks with their tries, newest first",
        tag="ours",
        parameters=_PAGE,
        answer=Answer("A page of callbacks", list[callbacks.Event]),
    ),
    Operation(
        method="POST",
        path=f"{callbacks.PATH}/test",
        name="testCallback",
        summary="Call a URL once, signed as callbacks are, and say what it answered",
        tag="ours",
        body=callbacks.Test,
        answer=Answer("What it answered", callbacks.Try),
    ),
    Operation(
        method="POST",
        path=callbacks.PATH + "/{event_id}/resend",
        name="resendCallback",
        summary="Try a callback again now",
        tag="ours",
        parameters=(_named("event_id", "The callback's id"),),
        answer=Answer("The callback", callbacks.Event),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}/detail",
        name="readTaskDetail",
        summary="Read a task with its request, files, report and callbacks",
        tag="ours",
        parameters=(_REFERENCE,),
        answer=Answer("The task with all that belongs to it", details.Detail),
    ),
    Operation(
        method="DELETE",
        path=PATH + "/{reference}",
        name="deleteTask",
        summary="Delete a task that has ended, with its files",
        tag="ours",
        parameters=(_REFERENCE,),
        answer=Answer("The task's id", details.Deleted),
    ),
    Operation(
        method="POST",
        path=FILES_PATH,
        name="uploadFile",
        summary="Upload a picture or clip; its URL works in creates of the same account",
        tag="ours",
        upload=PART,
        parameters=(
            Parameter(
                "field",
                "query",
                {"type": "string", "enum": [*FIELDS, ""]},
                "Where it will go: then only that kind of file is taken, and a refusal names it",
            ),
        ),
        answer=Answer("The upload", Uploaded),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="GET",
        path=FILES_PATH + "/{file_id}",
        name="readFile",
        summary="Read an upload back",
        tag="ours",
        parameters=(
            Parameter(
                "file_id",
                "path",
                {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "The upload's id",
                required=True,
            ),
        ),
        answer=Answer(
            "The file",
            content_types=("image/jpeg", "image/png", "video/mp4", "video/quicktime"),
            binary=True,
        ),
        errors=(401, 404, 429, 500, 503),
    ),
    Operation(
        method="POST",
        path=PATH + "/inspect",
        name="inspectTask",
        summary="Say what a take would be made of, or what is wrong or missing; no task, no units",
        tag="ours",
        body=legacy.Inspect,
        answer=Answer("The plan, or the problems", Inspected),
        errors=(400, 401, 429, 500, 503, 504),
    ),
    Operation(
        method="POST",
        path=PATH + "/{reference}/cancel",
        name="cancelTask",
        summary="End a task that has not ended; it costs nothing",
        tag="ours",
        parameters=(_REFERENCE,),
        answer=Answer("The task", legacy.Record),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}/events",
        name="followTask",
        summary="Follow a task by server-sent events",
        tag="ours",
        parameters=(_REFERENCE,),
        answer=Answer("Events `progress`", content_types=("text/event-stream",)),
    ),
    Operation(
        method="GET",
        path=MEDIA_PATH + "/{key:path}",
        name="readMedia",
        summary="Read a result by its signed URL, whole or by ranges",
        tag="ours",
        signed_in=False,
        parameters=(
            Parameter("key", "path", {"type": "string"}, "Of the signed URL", required=True),
            Parameter("expires", "query", {"type": "string"}, "Seconds since 1970", required=True),
            Parameter("signature", "query", {"type": "string"}, "Of the URL", required=True),
        ),
        answer=Answer(
            "The file",
            content_types=(
                "video/mp4",
                "video/quicktime",
                "image/jpeg",
                "image/png",
                "application/json",
                "application/zip",
            ),
            binary=True,
        ),
        errors=(403, 404, *_OPEN, 504),
    ),
    Operation(
        method="GET",
        path="/healthz",
        name="healthz",
        summary="Say that the server lives",
        tag="ours",
        signed_in=False,
        answer=Answer("It does", Health),
        errors=_OPEN,
    ),
    Operation(
        method="GET",
        path="/readyz",
        name="readyz",
        summary="Say whether database and storage answer",
        tag="ours",
        signed_in=False,
        answer=Answer("They do", Health),
        errors=_OPEN,
    ),
    Operation(
        method="GET",
        path="/metrics",
        name="metrics",
        summary="Metrics in Prometheus's form",
        tag="ours",
        signed_in=False,
        answer=Answer("The metrics", content_types=(METRICS_TYPE,)),
        errors=_OPEN,
    ),
)
