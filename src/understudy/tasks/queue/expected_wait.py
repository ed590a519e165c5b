"""Where a task stands in the queue, and how long it is expected to wait.

The place is the one that turns give it as things are now: of every other account as many tasks come
before it as its own has before it. The wait follows from it as customers leave a counter: with R
slots busy for S seconds each, a slot is free every S / R seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from understudy.tasks.db.repository.waiting import WaitingGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The queue at one moment.

    running: tasks that are being processed, by account. mean_run: seconds that tasks ran of late;
    None when unknown. slot_limit: of accounts without one of their own; None: any number.
    """

    groups: tuple[WaitingGroup, ...]
    running: Mapping[int, int]
    mean_run: float | None
    slot_limit: int | None = None

    @property
    def length(self) -> int:
        """How many tasks wait."""
        return sum(group.tasks for group in self.groups)

    @property
    def busy_slots(self) -> int:
        """How many tasks are being processed."""
        return sum(self.running.values())


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """A waiting task's position from 1 on, of `length`, and its expected wait.

    seconds: None when nothing is known yet of how long tasks run.
    """

    position: int
    length: int
    seconds: float | None


class AccountOrder:
    """An account's waiting tasks in the order in which they are claimed.

    ordered: priority and id of each. complete: whether these are all of them.
    """

    def __init__(
        self, account_id: int, ordered: Iterable[tuple[int, int]], *, complete: bool = True
    ) -> None:
        self._account_id = account_id
        self._complete = complete
        self._own: Counter[int] = Counter()
        # By a task's id: how many of the account's come before it at its priority, and in all.
        self._before: dict[int, tuple[int, int]] = {}
        for before, (priority, task_id) in enumerate(ordered):
            self._before[task_id] = (self._own[priority], before)
            self._own[priority] += 1

    def __len__(self) -> int:
        return len(self._before)

    def place(self, state: QueueState, task_id: int, priority: int) -> QueuePlace:
        """The place of one of the account's waiting tasks.

        One that is not among these comes after them or, where they are not complete, has the place
        of the last task that the state counts.
        """
        if task_id in self._before:
            own, before = self._before[task_id]
        elif self._complete:
            own, before = self._own[priority], _from(self._own, priority)
        else:
            counted = Counter(
                {
                    group.priority: group.tasks
                    for group in state.groups
                    if group.account_id == self._account_id
                }
            )
            own = max(counted[priority], 1) - 1
            before = own + _from(counted, priority + 1)
        position = 1 + before + _others_before(state, self._account_id, priority, own)
        return QueuePlace(
            position=position,
            # The state may be older than the task.
            length=max(state.length, position),
            seconds=_seconds(state, self._account_id, position, before),
        )


def _from(tasks: Counter[int], priority: int) -> int:
    """How many tasks have at least this priority."""
    return sum(count for each, count in tasks.items() if each >= priority)


def wait_of_newcomer(state: QueueState) -> float | None:
    """Seconds that a task would wait whose account has no other, at priority 0."""
    position = 1 + _others_before(state, None, 0, 0)
    return _seconds(state, None, position, 0) if state.length else 0.0


def _others_before(state: QueueState, account_id: int | None, priority: int, own: int) -> int:
    """Tasks of other accounts that come first; own: those of the account at this priority."""
    turn = min(
        (each.turn for each in state.groups if each.account_id == account_id),
        default=0,
    )
    count = 0
    for group in state.groups:
        if group.account_id == account_id or group.priority < priority:
            continue
        if group.priority > priority:
            count += group.tasks
        else:
            count += min(group.tasks, own + (group.turn < turn))
    return count


def _seconds(state: QueueState, account_id: int | None, position: int, before: int) -> float | None:
    if state.mean_run is None or not state.busy_slots:
        return None
    wait = state.mean_run * position / state.busy_slots
    limits = [each.slot_limit for each in state.groups if each.account_id == account_id]
    most = next((limit for limit in limits if limit is not None), state.slot_limit)
    if most is not None and account_id is not None:
        # Until its account may have one more slot.
        must_end = before + 1 - (most - state.running.get(account_id, 0))
        wait = max(wait, state.mean_run * must_end / most)
    return wait
