"""Prometheus metrics of the service."""

from __future__ import annotations

import math
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from understudy.tasks.queue.controller import Controller
from understudy.tasks.queue.expected_wait import QueueState, wait_of_newcomer

_HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_STAGE_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_WAIT_SECONDS = (0.1, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)


class Metrics:
    """The service's counters; also the observer of the controller."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        counter = partial(Counter, registry=self._registry)
        gauge = partial(Gauge, registry=self._registry)
        histogram = partial(Histogram, registry=self._registry)
        self._requests = counter(
            "understudy_http_requests", "Answers", ("method", "route", "status")
        )
        self._seconds = histogram(
            "understudy_http_seconds",
            "Time until the response is complete",
            ("method", "route"),
            buckets=_HTTP_SECONDS,
        )
        self._tasks = gauge("understudy_tasks", "Unfinished tasks", ("status",))
        self._running = gauge("understudy_takes_running", "Takes running on this server")
        self._leads = gauge(
            "understudy_controller_leads", "Whether this server runs the takes of its database"
        )
        self._slots = gauge("understudy_slots", "Takes that this server can run at once")
        self._queue = gauge("understudy_queue_length", "Waiting tasks", ("priority",))
        self._queue_accounts = gauge(
            "understudy_queue_accounts", "Accounts that have waiting tasks"
        )
        self._expected_wait = gauge(
            "understudy_queue_expected_wait_seconds",
            "Expected wait of a new task of an account that has no other; NaN when not known",
        )
        self._attempts = counter(
            "understudy_attempts", "Attempts that ended on this server", ("outcome",)
        )
        self._stages = histogram(
            "understudy_stage_seconds",
            "Time that takes spend in each stage",
            ("stage",),
            buckets=_STAGE_SECONDS,
        )
        self._waits = histogram(
            "understudy_queue_wait_seconds",
            "Time that tasks wait in the queue",
            buckets=_WAIT_SECONDS,
        )
        self._callbacks = counter("understudy_callback_tries", "Callbacks tried", ("outcome",))

        # Looking a counter up by its labels costs more than counting.
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        key = (method, route, status)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(method, route),
            )
        count, times = found
        count.inc()
        times.observe(seconds)

    def waited(self, seconds: float) -> None:
        """Count a task's wait."""
        self._waits.observe(seconds)

    def staged(self, stage: str, seconds: float) -> None:
        """Count a stage of a take."""
        self._stages.labels(stage).observe(seconds)

    def ended(self, outcome: str) -> None:
        """Count an attempt's end."""
        self._attempts.labels(outcome).inc()

    def called_back(self, outcome: str) -> None:
        """Count a try at a callback."""
        self._callbacks.labels(outcome).inc()

    def page(self, *, live: dict[str, int], queue: QueueState, controller: Controller) -> bytes:
        """The page that Prometheus reads; live: unfinished tasks by status."""
        for status, count in live.items():
            self._tasks.labels(status).set(count)
        self._running.set(controller.running)
        self._leads.set(controller.leads)
        self._slots.set(controller.slots)
        self._queue.clear()
        for group in queue.groups:
            self._queue.labels(str(group.priority)).inc(group.tasks)
        self._queue_accounts.set(len({group.account_id for group in queue.groups}))
        wait = wait_of_newcomer(queue)
        self._expected_wait.set(math.nan if wait is None else wait)
        return generate_latest(self._registry)
