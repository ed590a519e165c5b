"""The executor that the settings name."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from understudy import __version__
from understudy.engines import DEFAULT_ENGINE, EngineNeeds
from understudy.errors import MachineFault
from understudy.settings import Settings
from understudy.tasks.workers.executor import Executor
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.prober import ProbeFailed, Prober
from understudy.tasks.workers.questions import engine_states

_SECONDS = 60.0


def open_executor(settings: Settings, jobs: str, prober: Prober, ends: AsyncExitStack) -> Executor:
    """The executor; jobs: the module of the jobs' functions. prober: asked for engines' needs."""
    executor = _executor(settings, jobs, prober)
    ends.push_async_callback(executor.close)
    return executor


def _executor(settings: Settings, jobs: str, prober: Prober) -> Executor:
    if settings.ray_address is None:
        return LocalExecutor(
            settings.resolved_slots,
            seconds=settings.take_seconds,
            memory_mb=settings.take_memory_mb,
            jobs=jobs,
            is_resident=NeedsByEngine(settings, prober).are_resident,
            kept_workers=settings.kept_workers,
            idle_seconds=settings.models_idle_seconds,
        )
    from understudy.tasks.workers.ray.cluster import Cluster
    from understudy.tasks.workers.ray.executor import RayExecutor
    from understudy.tasks.workers.ray.orders import SlotSettings

    return RayExecutor(
        Cluster(settings.ray_address, settings.ray_namespace),
        NeedsByEngine(settings, prober).of,
        SlotSettings(
            version=__version__,
            jobs=jobs,
            seconds=settings.take_seconds,
            memory_mb=settings.take_memory_mb,
        ),
        slots=settings.slots,
        spread=settings.take_slots,
    )


@dataclass(slots=True)
class NeedsByEngine:
    """What engines need: their own word, and the operator's over it."""

    settings: Settings
    prober: Prober
    _known: dict[str, EngineNeeds] = field(default_factory=dict)

    async def are_resident(self, engine: str) -> bool:
        """Whether an engine's models are kept for the next take. Raises MachineFault."""
        told = self.settings.engine_needs.get(engine)
        if told is not None and told.resident is not None:
            return told.resident
        # The built-in engine loads in a second, which asking it would take as well.
        return engine != DEFAULT_ENGINE and (await self.of(engine)).resident

    async def of(self, engine: str) -> EngineNeeds:
        """Those of an engine. Raises MachineFault."""
        if engine not in self._known:
            question = engine_states({engine}, elsewhere=True)
            try:
                states = await self.prober.ask(question, seconds=_SECONDS)
            except ProbeFailed as error:
                raise MachineFault(f"the needs of {engine} cannot be read") from error
            told = self.settings.engine_needs.get(engine)
            changes = {} if told is None else told.model_dump(exclude_none=True)
            self._known[engine] = replace(states[engine].needs, **changes)
        return self._known[engine]
