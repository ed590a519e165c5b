"""Which engines can run here, determined in a child because loading takes seconds and memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from understudy.service.probe_errors import probing
from understudy.tasks.workers.prober import Prober

_SECONDS = 60.0
# Somebody may install what an engine misses while the server runs.
_REMEMBERED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class EngineState:
    """reason: why it cannot run, '' when it can. whole_prompt: it takes prompts whole. raw_clip: it
    follows the clip itself, whose camera may move, and not landmarks found in it."""

    reason: str
    whole_prompt: bool
    raw_clip: bool


@dataclass(slots=True)
class Engines:
    """The engines that can run here, checked again after a while."""

    worker: Prober
    _known: dict[str, EngineState] = field(default_factory=dict)
    _until: float = 0.0

    async def states(self, names: frozenset[str]) -> dict[str, EngineState]:
        """How each engine is. Raises InternalTimeout, InternalFault."""
        if time.monotonic() > self._until or not names <= self._known.keys():
            with probing("Checking the engines took too long"):
                told = await self.worker.ask("engines", {"names": sorted(names)}, seconds=_SECONDS)
            self._known = {name: _state(value) for name, value in told.items()}
            self._until = time.monotonic() + _REMEMBERED_SECONDS
        return self._known


def _state(value: dict[str, Any]) -> EngineState:
    return EngineState(
        reason=str(value["reason"]),
        whole_prompt=bool(value["whole_prompt"]),
        raw_clip=bool(value["raw_clip"]),
    )
