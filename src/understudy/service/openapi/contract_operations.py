"""The operations of Kling's API."""

from __future__ import annotations

from understudy.service.api import billing, elements, listing, motion_control, tasks
from understudy.service.api.account.costs import PACK_NAME, Costs
from understudy.service.api.billing.routes import PATH as BILLING
from understudy.service.api.elements.routes import CUSTOM, DELETE, PRESETS
from understudy.service.api.motion_control.routes import PATH
from understudy.service.openapi.operation import PAGE, REFERENCE, Answer, Operation, Parameter

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
_PACK = Parameter(
    "resource_pack_name", "query", {"type": "string"}, f"Only this package: `{PACK_NAME}`"
)
_IDS = tuple(
    Parameter(name, "query", {"type": "string"}, f"{what}, separated by commas; at most 20")
    for name, what in (("task_ids", "Ids"), ("external_task_ids", "Your own ids"))
)
_MODEL = Parameter(
    "model",
    "path",
    {"type": "string", "enum": ["kling-3.0", "kling-2.6", "kling-v3", "kling-v2-6"]},
    "The model, built in or added by the operator",
    required=True,
)

CONTRACT: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path=PATH,
        name="createTask",
        summary="Create a task",
        tag="legacy",
        body=motion_control.Create,
        answer=Answer("The task", motion_control.Created),
    ),
    Operation(
        method="GET",
        path=PATH,
        name="listTasks",
        summary="List tasks, newest first",
        tag="legacy",
        parameters=PAGE,
        answer=Answer("A page of tasks", list[motion_control.Record]),
    ),
    Operation(
        method="GET",
        path=PATH + "/{reference}",
        name="readTask",
        summary="Read a task",
        tag="legacy",
        parameters=(REFERENCE,),
        answer=Answer("The task", motion_control.Record),
    ),
    Operation(
        method="POST",
        path="/motion-control/{model}",
        name="createTaskOfModel",
        summary="Create a task",
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
        summary="Read tasks by id; pass one of the two lists",
        tag="tasks",
        parameters=_IDS,
        answer=Answer("The tasks that exist", list[tasks.Record]),
    ),
    Operation(
        method="POST",
        path="/tasks",
        name="searchTasks",
        summary="List tasks by time and state, newest first",
        tag="tasks",
        body=listing.Query,
        answer=Answer("A page of tasks", listing.TaskList),
    ),
    Operation(
        method="POST",
        path=CUSTOM,
        name="createElement",
        summary="Create an element from pictures or a clip",
        tag="elements",
        body=elements.Create,
        answer=Answer("The element's task", motion_control.Created),
    ),
    Operation(
        method="GET",
        path=CUSTOM,
        name="listElements",
        summary="List elements, newest first",
        tag="elements",
        parameters=PAGE,
        answer=Answer("A page of elements", list[elements.Record]),
    ),
    Operation(
        method="GET",
        path=CUSTOM + "/{reference}",
        name="readElement",
        summary="Read an element",
        tag="elements",
        parameters=(REFERENCE,),
        answer=Answer("The element's task", elements.Record),
    ),
    Operation(
        method="GET",
        path=PRESETS,
        name="listPresets",
        summary="List the elements that come with the service",
        tag="elements",
        parameters=PAGE,
        answer=Answer("A page of elements", list[elements.Record]),
    ),
    *(
        Operation(
            method="POST",
            path=path,
            name=name,
            summary="Delete an element",
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
        parameters=(*_TIMES, _PACK),
        answer=Answer("The account's unit packages", Costs),
    ),
    Operation(
        method="POST",
        path=f"{BILLING}/package",
        name="listUnitDeductions",
        summary="List what tasks cost in units, newest first",
        tag="account",
        body=billing.PackageQuery,
        answer=Answer("A page of deductions", billing.UnitPage),
    ),
    Operation(
        method="POST",
        path=f"{BILLING}/balance",
        name="listCashDeductions",
        summary="List what tasks cost in money: nothing",
        tag="account",
        body=billing.BalanceQuery,
        answer=Answer("A page of deductions", billing.CashPage),
    ),
)
