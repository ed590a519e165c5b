"""What clients read of deductions."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from understudy.service.api import motion_control
from understudy.tasks.records import Deduction

FUNCTION = "Motion Control"
_RESOLUTIONS: dict[str, Literal["720p", "1080p"]] = {"std": "720p", "pro": "1080p"}


class _Made(TypedDict):
    task_id: str
    api_key_name: str
    product_function: str
    model_name: str
    resolution: Literal["720p", "1080p"]
    duration: str
    refer_video_input: bool
    video_sound: Literal["original", "off"]
    voice_control: bool
    deduction_time: str


class UnitDeduction(_Made):
    """What a task cost of the account's units."""

    package_id: str
    product_type: Literal["video"]
    unit_before_deduction: float
    deduction_amount: float
    unit_after_deduction: float


class CashDeduction(_Made):
    """What a task cost in money."""

    cash_type: Literal["balance", "test_balance"]
    balance_before_deduction: float
    deduction_amount: float
    balance_after_deduction: float
    list_price: float
    currency: str


class UnitDeductions(TypedDict):
    """A page of what tasks cost in units."""

    detail: list[UnitDeduction]
    count: int


class CashDeductions(TypedDict):
    """A page of what tasks cost in money."""

    detail: list[CashDeduction]
    count: int


class UnitPage(TypedDict):
    """What tasks cost in units, and how to go on."""

    result: UnitDeductions
    next_cursor: str
    has_more: bool


class CashPage(TypedDict):
    """What tasks cost in money, and how to go on."""

    result: CashDeductions
    next_cursor: str
    has_more: bool


def record(deduction: Deduction, package_id: str) -> UnitDeduction:
    """A deduction as clients read it."""
    return {
        "package_id": package_id,
        "product_type": "video",
        "task_id": str(deduction.task_id),
        "api_key_name": deduction.key_name,
        "product_function": FUNCTION,
        "model_name": deduction.model,
        "resolution": _RESOLUTIONS[deduction.mode],
        "duration": motion_control.seconds(deduction.duration_ms),
        "refer_video_input": True,
        "video_sound": "original" if deduction.sound else "off",
        "voice_control": False,
        "deduction_time": str(deduction.deducted_at),
        "unit_before_deduction": deduction.units_before / 1000,
        "deduction_amount": deduction.units / 1000,
        "unit_after_deduction": (deduction.units_before - deduction.units) / 1000,
    }
