"""The table of all operations; `openapi` writes it out, the routes serve it.

`parts` what an operation is described by · `contract` those of the wire contract · `ours` those
beside it
"""

from __future__ import annotations

from understudy.service.openapi.contract_operations import CONTRACT
from understudy.service.openapi.operation import Answer, Operation, Parameter
from understudy.service.openapi.our_operations import OURS

__all__ = ["OPERATIONS", "Answer", "Operation", "Parameter"]

OPERATIONS: tuple[Operation, ...] = (*CONTRACT, *OURS)
