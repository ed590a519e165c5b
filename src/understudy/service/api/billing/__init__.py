"""Deductions in detail: what each task cost the account.

`bodies` requests · `responses` · `routes`
"""

from __future__ import annotations

from understudy.service.api.billing.bodies import (
    BalanceQuery,
    DeductionQuery,
    PackageQuery,
    read_balance_query,
    read_package_query,
)
from understudy.service.api.billing.responses import CashPage, UnitPage, record

__all__ = [
    "BalanceQuery",
    "CashPage",
    "DeductionQuery",
    "PackageQuery",
    "UnitPage",
    "read_balance_query",
    "read_package_query",
    "record",
]
