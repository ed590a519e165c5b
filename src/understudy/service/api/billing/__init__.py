"""Deductions in detail: what each task cost the account.

`bodies` requests · `responses` · `routes`
"""

from __future__ import annotations

from understudy.service.api.billing.bodies import (
    BalanceQuery,
    PackageQuery,
    Wanted,
    read_balance_query,
    read_package_query,
)
from understudy.service.api.billing.responses import CashPage, UnitPage, record

__all__ = [
    "BalanceQuery",
    "CashPage",
    "PackageQuery",
    "UnitPage",
    "Wanted",
    "read_balance_query",
    "read_package_query",
    "record",
]
