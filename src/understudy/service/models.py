"""The capability map as the operator set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from understudy.engines.capabilities import DEFAULT_MODEL, MODELS, Model, units_for
from understudy.media.limits import ClipLimits, Mode, Orientation, clip_limits
from understudy.settings import ExtraModel

__all__ = ["DEFAULT_MODEL", "Catalogue", "Model"]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that clients may name, by name and by path; a path may be the name as well."""

    by_name: Mapping[str, Model]
    by_path: Mapping[str, Model]

    @classmethod
    def of(
        cls, extra: Mapping[str, ExtraModel], max_clip_seconds: float | None = None
    ) -> Catalogue:
        """The contract's models and the operator's own, which win.

        max_clip_seconds: of models that set no length themselves.
        """
        models = {
            name: replace(model, max_seconds=max_clip_seconds) for name, model in MODELS.items()
        }
        for name, given in extra.items():
            models[name] = Model(
                name,
                given.path,
                MappingProxyType(
                    {mode: price for mode, price in _prices(given) if price is not None}
                ),
                elements=given.elements,
                engines=MappingProxyType(given.engines),
                max_seconds=given.max_seconds or max_clip_seconds,
            )
        offered = [model for model in models.values() if model.path]
        by_path = {model.name: model for model in offered}
        return cls(models, by_path | {model.path: model for model in offered if model.path})

    @property
    def engines(self) -> frozenset[str]:
        """The engines that serve them."""
        return frozenset(name for model in self.by_name.values() for name in model.engines.values())

    @property
    def longest_clip(self) -> ClipLimits:
        """The limits of a clip that at least one of them takes."""
        bounds = [clip_limits("video", model.max_seconds) for model in self.by_name.values()]
        return max(bounds, key=lambda each: each.max_seconds)

    def with_mode(self, mode: Mode) -> str:
        """The names of the models that are offered in a mode, for a message."""
        names = [f"'{model.name}'" for model in self.by_name.values() if mode in model.units]
        return " and ".join(names) or "none"


def _prices(given: ExtraModel) -> tuple[tuple[Mode, Decimal | None], ...]:
    return ("std", given.std), ("pro", given.pro)


def price(model: Model, mode: Mode, seconds: float) -> int:
    """Thousandths of units that an output of `seconds` costs."""
    return int(units_for(seconds, model.units[mode]) * 1000)


def reservation(
    model: Model, mode: Mode, orientation: Orientation, clip_seconds: float | None
) -> int:
    """Thousandths of units to hold for a take whose clip lasts `clip_seconds`, if known."""
    most = clip_limits(orientation, model.max_seconds).max_seconds
    return price(model, mode, most if clip_seconds is None else min(clip_seconds, most))


def show_units(thousandths: int) -> str:
    """Units as a decimal string without needless zeros: 4500 is "4.5"."""
    return format((Decimal(thousandths) / 1000).normalize(), "f")
