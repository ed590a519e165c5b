"""The slots that a controller knows: which are free, which hold a job, which are made and ended."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from understudy.engines import EngineNeeds
from understudy.tasks.workers.executor import ExecutorAway
from understudy.tasks.workers.ray.cluster import (
    Cluster,
    SlotFailed,
    SlotHandle,
    SlotLost,
)
from understudy.tasks.workers.ray.orders import Order, SlotSettings, SlotState

IDLE_SECONDS = 600.0
"""Then a free slot is ended, so that its node is free for others or can be given back."""
ROOM_SECONDS = 600.0
"""How long a job waits for a node with room for it: one that is added takes minutes."""
_MAKE_ROOM_SECONDS = 2.0
"""A new slot that has no node after this is made room for: a free slot of other needs is ended."""
_LOOK_SECONDS = 2.0
"""How long a look at known slots waits for their answers; a frozen one must not hold up claims."""
_ENDING_SECONDS = 5.0
"""What a look at a new slot, which may hold a job, waits beyond the cluster's patience: in that
time the slot has answered, or been ended."""

log = structlog.get_logger(__name__)


class NoRoom(Exception):  # noqa: N818 - a state
    """No node has room for a slot; the message names what was asked for."""


@dataclass(slots=True, eq=False)
class PooledSlot:
    """A slot. state: what it last said of itself, None until it has. job: the name of the one that
    it holds, or is about to. used: when it last held one (monotonic seconds)."""

    handle: SlotHandle
    state: SlotState | None = None
    job: str | None = None
    used: float = field(default_factory=time.monotonic)

    def is_free_for(self, needs: EngineNeeds, version: str) -> bool:
        """Whether it can be given a job of these needs."""
        if self.state is None or self.job is not None:
            return False
        return self.state.settings.needs == needs and self.state.settings.version == version

    def has_loaded(self, engine: str) -> bool:
        """Whether the engine's models are loaded."""
        return self.state is not None and engine in self.state.engines


class SlotPool:
    """All slots of a namespace; one controller has it at a time.

    settings: of every slot, but for its needs.
    """

    def __init__(self, cluster: Cluster, settings: SlotSettings) -> None:
        self._cluster = cluster
        self._settings = settings
        self._slots: dict[str, PooledSlot] = {}
        # The jobs that this controller started or follows; others are found by asking.
        self._mine: set[str] = set()
        self._asking: dict[str, asyncio.Task[None]] = {}

    @property
    def busy(self) -> int:
        """How many slots hold a take; those that help with one do not count."""
        held = [slot.job for slot in self._slots.values() if slot.job is not None]
        return sum(Order.take_of(name) == name for name in held)

    def holding(self, name: str) -> PooledSlot | None:
        """The slot that holds a job; from now on the job is this controller's."""
        slot = self._find(name)
        if slot is not None:
            self._mine.add(name)
        return slot

    async def take(self, name: str, engine: str, needs: EngineNeeds, *, at_most: int) -> PooledSlot:
        """A free slot for a job, made if there is none. at_most: how many slots there may be.

        Raises NoRoom, SlotLost, SlotFailed, ExecutorAway.
        """
        self._mine.add(name)
        slot = self._free(engine, needs)
        if slot is not None:
            slot.job = name
            return slot
        if len(self._slots) >= at_most:
            await self._end_one_free()
        settings = replace(self._settings, needs=needs)
        handle = await self._cluster.new_slot(secrets.token_hex(6), settings)
        slot = self._slots[handle.name] = PooledSlot(handle, job=name)
        slot.state = await self._placed(slot, needs)
        return slot

    def forget(self, slot: PooledSlot) -> None:
        """Know a slot no longer; if it exists, the next look finds it again."""
        self._slots.pop(slot.handle.name, None)

    def forget_all(self) -> None:
        """Know no slot: the connection that they were known by is gone."""
        self._slots.clear()

    async def let_go(self, name: str, *, lost: bool = False) -> None:
        """Have the slot of a job forget it, ending it where it runs.

        lost: the slot does not answer. Such a slot is killed, and so is one that has no node yet.
        """
        slot = self._find(name)
        self._mine.discard(name)
        if slot is None:
            return
        try:
            if lost or slot.state is None:
                await self._end(slot)
            else:
                await slot.handle.release(name)
                slot.state = await slot.handle.state()
        except (SlotLost, SlotFailed, ExecutorAway):
            await self._end(slot)
        finally:
            slot.job, slot.used = None, time.monotonic()

    async def look(self) -> frozenset[str]:
        """Find new slots, end idle ones; the names of the jobs that slots hold.

        Raises ExecutorAway.
        """
        names = await self._cluster.slot_names()
        for name in self._slots.keys() - names:
            if self._slots[name].job not in self._mine:
                del self._slots[name]
        for name in names - self._slots.keys():
            with suppress(SlotLost):
                self._slots[name] = PooledSlot(await self._cluster.slot(name))
        others = [slot for slot in self._slots.values() if slot.job not in self._mine]
        if others:
            known = all(slot.state is not None for slot in others)
            patience = _LOOK_SECONDS if known else self._cluster.patience + _ENDING_SECONDS
            for slot in others:
                if slot.handle.name not in self._asking:
                    self._asking[slot.handle.name] = asyncio.create_task(self._ask(slot))
            await asyncio.wait(self._asking.values(), timeout=patience)
        await self._end_idle()
        held = {slot.job for slot in self._slots.values() if slot.job is not None}
        helpers = {name for name in held if Order.take_of(name) != name}
        for name in helpers - self._mine:
            # Of a controller that is gone; the take does without.
            await self.let_go(name)
        return frozenset(held - helpers)

    async def _ask(self, slot: PooledSlot) -> None:
        """Ask a slot that this controller has given nothing to do."""
        try:
            state = await slot.handle.state()
        except (SlotLost, SlotFailed, ExecutorAway) as error:
            if slot.job not in self._mine:
                log.warning("slot lost", slot=slot.handle.name, reason=str(error))
                await self._end(slot)
        else:
            if slot.job not in self._mine:
                slot.state, slot.job = state, state.job
        finally:
            del self._asking[slot.handle.name]

    async def _placed(self, slot: PooledSlot, needs: EngineNeeds) -> SlotState:
        """Wait until a slot has a node, making room for it; what it then says of itself."""
        answer = asyncio.create_task(slot.handle.state(seconds=ROOM_SECONDS))
        try:
            while not (await asyncio.wait({answer}, timeout=_MAKE_ROOM_SECONDS))[0]:
                await self._end_one_free()
            state = await answer
        except SlotLost as error:
            raise NoRoom(f"no node of the cluster has room for {_in_words(needs)}") from error
        finally:
            answer.cancel()
        if state.settings.version != (found := await slot.handle.version()):
            raise SlotFailed(
                f"a node runs version {found} of understudy, the server {state.settings.version}"
            )
        return state

    def _free(self, engine: str, needs: EngineNeeds) -> PooledSlot | None:
        """The free slot that is best used: one with the engine's models, else the last used."""
        free = [
            slot for slot in self._slots.values() if slot.is_free_for(needs, self._settings.version)
        ]
        return max(free, key=lambda slot: (slot.has_loaded(engine), slot.used), default=None)

    def _find(self, name: str) -> PooledSlot | None:
        return next((slot for slot in self._slots.values() if slot.job == name), None)

    async def _end_one_free(self) -> None:
        """End the free slot that has not been used for longest, if there is one."""
        free = [slot for slot in self._slots.values() if slot.job is None]
        if free:
            await self._end(min(free, key=lambda slot: slot.used))

    async def _end_idle(self) -> None:
        """End free slots that have been idle for long, or that another version has made."""
        now = time.monotonic()
        for slot in list(self._slots.values()):
            if slot.job is not None or slot.state is None:
                continue
            fits = slot.state.settings.version == self._settings.version
            if not fits or now - slot.used > IDLE_SECONDS:
                await self._end(slot)

    async def _end(self, slot: PooledSlot) -> None:
        self.forget(slot)
        with suppress(SlotLost, SlotFailed, ExecutorAway):
            await slot.handle.kill()


def _in_words(needs: EngineNeeds) -> str:
    words = [f"{needs.cpus:g} CPU"]
    if needs.gpus:
        words.append(f"{needs.gpus:g} GPU{f' ({needs.accelerator})' if needs.accelerator else ''}")
    if needs.memory_mb:
        words.append(f"{needs.memory_mb} MB")
    return ", ".join(words)
