"""What can be asked of the service, as a table; `openapi` writes it out, the routes serve it.

`parts` what an operation is described by · `contract` those of the wire contract · `ours` those
beside it
"""

from __future__ import annotations

from understudy.service.operations.contract import CONTRACT
from understudy.service.operations.ours import OURS
from understudy.service.operations.parts import Answer, Operation, Parameter

__all__ = ["OPERATIONS", "Answer", "Operation", "Parameter"]

OPERATIONS: tuple[Operation, ...] = (*CONTRACT, *OURS)
