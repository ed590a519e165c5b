"""Which engines can run here, determined in a child because loading takes seconds and memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from understudy.service.probe_errors import probing
from understudy.tasks.workers.prober import Prober
from understudy.tasks.workers.questions import EngineState, engine_states

_SECONDS = 60.0
# Somebody may install what an engine misses while the server runs.
_REMEMBERED_SECONDS = 60.0


@dataclass(slots=True)
class Engines:
    """The engines that can run, checked again after a while.

    elsewhere: takes run on other machines; an engine that is installed here can then run.
    """

    worker: Prober
    elsewhere: bool = False
    _known: dict[str, EngineState] = field(default_factory=dict)
    _until: float = 0.0

    async def states(self, names: frozenset[str]) -> dict[str, EngineState]:
        """How each engine is. Raises InternalTimeout, InternalFault."""
        if time.monotonic() > self._until or not names <= self._known.keys():
            with probing("Checking the engines took too long"):
                self._known = await self.worker.ask(
                    engine_states(names, elsewhere=self.elsewhere), seconds=_SECONDS
                )
            self._until = time.monotonic() + _REMEMBERED_SECONDS
        return self._known
