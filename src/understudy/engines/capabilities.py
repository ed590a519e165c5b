"""The capability map: the model names a client may request, their prices and abilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from understudy.media.limits import Mode

DEFAULT_MODEL = "kling-v2-6"
DEFAULT_ENGINE = "puppet"

_PUPPET: Mapping[Mode, str] = MappingProxyType({"std": DEFAULT_ENGINE, "pro": DEFAULT_ENGINE})


@dataclass(frozen=True, slots=True)
class Model:
    """A model as the wire contract names it.

    name: on the legacy paths. path: in the paths of the tasks API, None if it is not offered there.
    units: per second of output, for the modes that it is offered in. elements: whether a request
    may include an element. engines: the name of the engine that serves each mode. max_seconds: of
    a clip in either orientation, None for the contract's.
    """

    name: str
    path: str | None
    units: Mapping[Mode, Decimal]
    elements: bool
    engines: Mapping[Mode, str] = field(default_factory=lambda: _PUPPET)
    max_seconds: float | None = None


def _units(std: str, pro: str) -> Mapping[Mode, Decimal]:
    return MappingProxyType({"std": Decimal(std), "pro": Decimal(pro)})


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("kling-v2-6", "kling-2.6", _units("0.5", "0.8"), elements=False),
            Model("kling-v3", "kling-3.0", _units("0.9", "1.2"), elements=True),
        )
    }
)


def units_for(seconds: float, per_second: Decimal) -> Decimal:
    """Units charged for an output of `seconds`, rounded to whole seconds, half up, at least one."""
    whole = Decimal(str(round(seconds, 3))).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(Decimal(1), whole) * per_second
