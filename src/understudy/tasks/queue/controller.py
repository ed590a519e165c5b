"""The controller: claims tasks, keeps attempts running, and recovers abandoned ones.

One controller per database leads; the others wait. Next to the attempts it runs the loops that
deliver callbacks, make elements and delete what retention has ended for.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable

import structlog

from understudy.tasks.db.database import DatabaseUnavailable
from understudy.tasks.db.repository import tasks, transitions
from understudy.tasks.files.storage import StorageUnavailable
from understudy.tasks.ids import now_ms
from understudy.tasks.queue.attempt import fail_or_retry, put_back, run_attempt
from understudy.tasks.queue.attempt_context import AttemptContext
from understudy.tasks.queue.leadership import Leadership, wait_for
from understudy.tasks.records import Status, Task
from understudy.tasks.waiting import wait_at_most
from understudy.tasks.workers.executor import ExecutorAway

POLL_SECONDS = 1.0
"""How often the queue is read when nothing wakes the controller, such as for a retry."""
CLAIMED_AT_ONCE = 32
"""Tasks claimed in one transaction, which other changes of the same accounts wait for."""
SWEEP_SECONDS = 5.0
"""How often rows are compared with attempts, and the leadership is checked."""

Loop = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


class LeadershipLost(Exception):  # noqa: N818 - a state
    """Another controller may have taken over."""


class Controller:
    """Runs the takes of one database.

    background: loops that run while this controller leads, and are cancelled with it.
    grace: seconds that running attempts get when it is stopped.
    """

    def __init__(
        self,
        context: AttemptContext,
        leadership: Leadership,
        *,
        background: tuple[Loop, ...] = (),
        grace: float = 0.0,
    ) -> None:
        self._context = context
        self._leadership = leadership
        self._background = background
        self._grace = grace
        self._leads = False
        self._attempts: dict[str, asyncio.Task[None]] = {}
        # What ended without a word in its row, because the database did not respond.
        self._unwritten: set[str] = set()
        self._wakened = asyncio.Event()
        self._stopping = asyncio.Event()
        # Between a claim and its attempt's start, a sweep would take the row for abandoned.
        self._claiming = asyncio.Lock()

    @property
    def running(self) -> int:
        """How many attempts are under way here."""
        return len(self._attempts)

    @property
    def leads(self) -> bool:
        """Whether it runs the takes of its database; otherwise another one does."""
        return self._leads

    @property
    def slots(self) -> int:
        """How many attempts can be under way here; none while another controller leads."""
        return self._context.executor.capacity if self._leads else 0

    @property
    def fault(self) -> str | None:
        """What this machine lacked at the last attempt, in a few words; None when nothing."""
        return self._context.machine.fault

    def wake(self) -> None:
        """Look for work now, if there is room for it: a task was made."""
        if len(self._attempts) < self._context.executor.capacity:
            self._wakened.set()

    def cancel(self, task_id: int) -> None:
        """Cancel the attempt at a task whose row has ended."""
        for name, attempt in self._attempts.items():
            if name.startswith(f"{task_id}#"):
                attempt.cancel()

    def stop(self) -> None:
        """Claim nothing more, and let `run` end when the attempts have, or their grace is over."""
        self._stopping.set()
        self._wakened.set()

    async def run(self) -> None:
        """Lead whenever possible, until stopped."""
        while not self._stopping.is_set():
            try:
                if not await self._before_stop(wait_for(self._leadership)):
                    return
                log.info("controller leads", slots=self._context.executor.capacity)
                self._leads = True
                await self._lead()
            except LeadershipLost:
                log.warning("leadership lost")
            except Exception:
                log.exception("controller failed")
                await asyncio.sleep(POLL_SECONDS)
            finally:
                self._leads = False
                self._leadership.let_go()

    async def _before_stop(self, waiting: Awaitable[None]) -> bool:
        """Wait for something; False when this controller was stopped before."""
        task = asyncio.ensure_future(waiting)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
            done = task.done()
        finally:
            task.cancel()
            stopping.cancel()
            # To wait for them one by one would swallow a cancellation of this controller.
            await asyncio.gather(task, stopping, return_exceptions=True)
        if done:
            task.result()
        return done

    async def _lead(self) -> None:
        self._clean_scratch()
        loops = [
            asyncio.create_task(self._guarded(loop))
            for loop in (self._sweep, self._watch_leadership, *self._background)
        ]
        claiming = asyncio.create_task(self._claim_until_stopped())
        try:
            done, _ = await asyncio.wait((claiming, *loops), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await self._end_attempts(self._grace)
        finally:
            for task in (claiming, *loops):
                task.cancel()
            await asyncio.gather(claiming, *loops, return_exceptions=True)
            await self._end_attempts(0.0)

    async def _claim_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._wakened.clear()
            try:
                while len(self._attempts) < self._context.executor.capacity:
                    if not await self._claim():
                        break
            except DatabaseUnavailable as error:
                log.warning("database unavailable", reason=str(error))
            await wait_at_most(self._wakened, POLL_SECONDS)

    async def _claim(self) -> bool:
        """Fill free slots, with one task of each account; whether any was waiting."""
        async with self._claiming:
            room = self._context.executor.capacity - len(self._attempts)
            claimed = await self._context.database.write(
                transitions.claim,
                self._context.write_payload,
                now=now_ms(),
                limit=max(0, min(room, CLAIMED_AT_ONCE)),
                slot_limit=self._context.slot_limit,
            )
            for task in claimed:
                self._start(task)
        return bool(claimed)

    def _start(self, task: Task, *, attached: bool = False) -> None:
        name = f"{task.id}#{task.attempt}"
        attempt = asyncio.create_task(
            run_attempt(self._context, task, attached=attached), name=name
        )
        self._attempts[name] = attempt

        def end(ended: asyncio.Task[None]) -> None:
            self._attempts.pop(name, None)
            self._wakened.set()
            if ended.cancelled() or ended.exception() is None:
                return
            if isinstance(ended.exception(), DatabaseUnavailable):
                self._unwritten.add(name)
            log.error("attempt failed", task=str(task.id), exc_info=ended.exception())

        attempt.add_done_callback(end)

    async def _sweep(self) -> None:
        """Reconcile rows and attempts: adopt, retry or cancel whatever does not match."""
        async with self._claiming:
            held = await self._context.executor.attached()
            rows = await self._context.database.read(transitions.processing)
            claimed = {f"{task_id}#{attempt}" for task_id, attempt in rows.items()}
            # Read whole only where nobody is at them: of ten thousand tasks, hardly any.
            unattended = [int(name.partition("#")[0]) for name in claimed - self._attempts.keys()]
            read = self._context.database.read
            for task in await read(tasks.by_ids, unattended) if unattended else ():
                name = f"{task.id}#{task.attempt}"
                if task.status is not Status.PROCESSING or name in self._attempts:
                    continue
                if name in held:
                    self._start(task, attached=True)
                elif name in self._unwritten:
                    await put_back(self._context, task, "the database did not respond")
                else:
                    await fail_or_retry(self._context, task, "its worker is gone")
            for name, attempt in self._attempts.items():
                if name not in claimed:
                    attempt.cancel()
            self._unwritten.clear()
            for name in held - claimed - self._attempts.keys():
                await self._context.executor.cancel(name)
        await asyncio.sleep(SWEEP_SECONDS)

    async def _watch_leadership(self) -> None:
        await asyncio.sleep(SWEEP_SECONDS)
        if not await asyncio.to_thread(self._leadership.holds):
            raise LeadershipLost

    async def _guarded(self, loop: Loop) -> None:
        """Run a loop's rounds one after the other; an error in one does not end it."""
        while True:
            try:
                await loop()
            except LeadershipLost:
                raise
            except DatabaseUnavailable as error:
                log.warning("database unavailable", reason=str(error))
                await asyncio.sleep(POLL_SECONDS)
            except StorageUnavailable as error:
                log.warning("storage unavailable", reason=str(error))
                await asyncio.sleep(POLL_SECONDS)
            except ExecutorAway as error:
                log.warning("executor unavailable", reason=str(error))
                await asyncio.sleep(SWEEP_SECONDS)
            except Exception:
                log.exception("loop failed", loop=getattr(loop, "__qualname__", ""))
                await asyncio.sleep(POLL_SECONDS)

    async def _end_attempts(self, grace: float) -> None:
        attempts = list(self._attempts.values())
        if not attempts:
            return
        await asyncio.wait(attempts, timeout=grace)
        for attempt in attempts:
            attempt.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)

    def _clean_scratch(self) -> None:
        """Delete the temporary files of attempts of a server that was killed."""
        mine = {name.replace("#", "-") for name in self._attempts}
        for folder in self._context.scratch.iterdir():
            if folder.name not in mine:
                shutil.rmtree(folder, ignore_errors=True)
