"""A take's performance in every format: made from its NPZ on first request, then kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from understudy.service.http.contract_errors import ResourceUnknown
from understudy.service.probe_errors import probing
from understudy.tasks.files.storage import Storage
from understudy.tasks.records import Result
from understudy.tasks.workers.prober import Prober
from understudy.tasks.workers.questions import export
from understudy.tracking.formats import FORMATS

_SECONDS = 300.0
_KEPT = ".npz"
_MARK = ".performance"


def performance_keys(result: Result) -> dict[str, str]:
    """The keys of a take's performance by suffix, also of those that are not made yet."""
    if result.performance is None:
        return {}
    stem = result.performance.removesuffix(_KEPT)
    return {suffix: stem + suffix for suffix in FORMATS}


@dataclass(frozen=True, slots=True)
class Exports:
    """Makes exports on request.

    worker: a child that writes the formats. temporary: a folder for temporary files.
    """

    storage: Storage
    worker: Prober
    temporary: Path
    _turns: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def ensure(self, key: str) -> None:
        """Make the file of a key if it is a performance's export; ignore other keys.

        Raises ResourceUnknown when the performance is gone, InternalTimeout, InternalFault.
        """
        path = PurePosixPath(key)
        known = path.suffix in FORMATS and path.suffix != _KEPT
        if not known or not path.stem.endswith(_MARK):
            return
        async with self._turns[key]:
            if not await self.storage.has(key):
                await self._make(key, path.suffix)
        self._turns.pop(key, None)

    async def _make(self, key: str, suffix: str) -> None:
        source = key.removesuffix(suffix) + _KEPT
        with TemporaryDirectory(dir=self.temporary) as folder:
            made = Path(folder) / f"performance{suffix}"
            try:
                kept = await self.storage.fetch(source, Path(folder) / f"kept{_KEPT}")
                with probing("The export took too long"):
                    await self.worker.ask(export(kept, made), seconds=_SECONDS)
            except FileNotFoundError as error:
                raise ResourceUnknown from error
            await self.storage.put_or_move(key, made)
