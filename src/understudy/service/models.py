"""The capability map as the operator set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from understudy.engines.capabilities import DEFAULT_MODEL, MODELS, Model, units_for
from understudy.media.limits import CLIP_MAX_SECONDS, Mode, Orientation
from understudy.settings import ExtraModel

__all__ = ["DEFAULT_MODEL", "Catalogue", "Model"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that clients may name, by name and by path."""

    by_name: Mapping[str, Model]
    by_path: Mapping[str, Model]

    @classmethod
    def of(cls, extra: Mapping[str, ExtraModel]) -> Catalogue:
        """The contract's models and the operator's own, which win."""
        models = dict(MODELS)
        for name, given in extra.items():
            models[name] = Model(
                name,
                given.path,
                MappingProxyType({"std": given.std, "pro": given.pro}),
                elements=given.elements,
                engine=given.engine,
            )
        return cls(models, {model.path: model for model in models.values() if model.path})


def price(model: Model, mode: Mode, seconds: float) -> int:
    """Thousandths of units that an output of `seconds` costs."""
    return int(units_for(seconds, model.units[mode]) * 1000)


def reservation(
    model: Model, mode: Mode, orientation: Orientation, clip_seconds: float | None
) -> int:
    """Thousandths of units to hold for a take whose clip lasts `clip_seconds`, if known."""
    most = float(CLIP_MAX_SECONDS[orientation])
    return price(model, mode, most if clip_seconds is None else min(clip_seconds, most))


def show_units(thousandths: int) -> str:
    """Units as a decimal string without needless zeros: 4500 is "4.5"."""
    return format((Decimal(thousandths) / 1000).normalize(), "f")
