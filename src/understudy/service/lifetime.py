"""The service's parts, made at its start and let go at its end, in the opposite order."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from understudy.library.element_jobs import Library
from understudy.service.callback_payloads import element_payload_writer, task_payload_writer
from understudy.service.context import Service
from understudy.service.creation import Creation
from understudy.service.engines import Engines
from understudy.service.exports import Exports
from understudy.service.http.authentication import Authenticator
from understudy.service.http.metrics import Metrics
from understudy.service.http.rates import RateLimiter
from understudy.service.inspection import Inspection
from understudy.service.media_checks import MediaChecks
from understudy.service.models import Catalogue, price
from understudy.service.watching import Watch
from understudy.settings import Settings
from understudy.tasks.accounts.credentials import ensure_account
from understudy.tasks.accounts.keyring import load_keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.migrations import migrate
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.links import Links
from understudy.tasks.files.retention import Retention
from understudy.tasks.files.storage import Storage
from understudy.tasks.queue.attempt_context import AttemptContext
from understudy.tasks.queue.controller import Controller
from understudy.tasks.queue.leadership import leadership_of
from understudy.tasks.records import Task
from understudy.tasks.webhooks.outbox import Outbox
from understudy.tasks.workers.local import LocalExecutor
from understudy.tasks.workers.prober import Prober

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
# A folder of a create under way is seconds old; an older one is left from a server that was killed.
_STALE_SECONDS = 3600.0


@asynccontextmanager
async def running_service(
    settings: Settings, jobs: str, metrics: Metrics
) -> AsyncIterator[Service]:
    """The service of these settings; jobs: the module whose functions the children run."""
    async with AsyncExitStack() as ends:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = _Scratch.under(settings.data.absolute() / "scratch")
        database = Database(settings.resolved_database_url)
        ends.callback(database.close)
        migrate(database)
        configured = settings.secret_key.get_secret_value() if settings.secret_key else None
        keyring = load_keyring(configured, settings.data)
        ensure_account(database, keyring, settings.data)
        retention_ms = int(settings.retention_days * _DAY_MS)
        links = Links(settings.base_url, keyring, retention_ms)
        catalogue = Catalogue.of(settings.models)
        storage = Storage(settings.resolved_storage_url)
        fetcher = Fetcher(allow_private=settings.allow_private_urls)
        ends.push_async_callback(fetcher.close)
        # Checks are quick, inspecting and exporting are not: none waits for another.
        prober, inspector, exporter = (
            Prober(scratch.looks, memory_mb=settings.take_memory_mb, jobs=jobs) for _ in range(3)
        )
        for child in (prober, inspector, exporter):
            ends.push_async_callback(child.close)
        checks = MediaChecks(database, storage, fetcher, prober, links, scratch.looks)
        executor = LocalExecutor(
            settings.resolved_slots,
            seconds=settings.take_seconds,
            memory_mb=settings.take_memory_mb,
            jobs=jobs,
        )
        ends.push_async_callback(executor.close)
        outbox = Outbox(
            database,
            keyring,
            allow_private=settings.allow_private_urls,
            timeout=settings.callback_timeout_seconds,
            lifetime_ms=int(settings.callback_hours * _HOUR_MS),
            observer=metrics,
        )
        ends.push_async_callback(outbox.close)
        library = Library(
            database=database,
            storage=storage,
            fetcher=fetcher,
            prober=prober,
            write_payload=element_payload_writer(links),
            temporary=scratch.looks,
            fetch_seconds=settings.fetch_seconds,
            max_attempts=settings.max_attempts,
        )
        retention = Retention(database, storage, kept_ms=retention_ms)
        write_payload = task_payload_writer(links)

        def price_of(task: Task, seconds: float) -> int:
            model = catalogue.by_name.get(task.request.take.model)
            if model is None:
                # The operator took it out since: the task costs what was held.
                return task.units_reserved
            return price(model, task.request.take.mode, seconds)

        controller = Controller(
            AttemptContext(
                database=database,
                storage=storage,
                fetcher=fetcher,
                executor=executor,
                write_payload=write_payload,
                price=price_of,
                scratch=scratch.attempts,
                fetch_seconds=settings.fetch_seconds,
                max_attempts=settings.max_attempts,
                observer=metrics,
            ),
            leadership_of(database),
            beside=(outbox.round, library.round, retention.round),
            grace=settings.shutdown_seconds,
        )
        running = asyncio.create_task(controller.run())
        ends.push_async_callback(_stopped, controller, running)
        watch = Watch(database)
        ends.callback(watch.close)
        yield Service(
            settings=settings,
            database=database,
            storage=storage,
            keyring=keyring,
            links=links,
            catalogue=catalogue,
            authenticator=Authenticator(database, keyring),
            rates=RateLimiter(settings.rate_limit),
            checks=checks,
            creation=Creation(database, checks, controller.wake, settings.concurrency_limit),
            inspection=Inspection(database, checks, inspector, settings.fetch_seconds),
            engines=Engines(exporter),
            exports=Exports(storage, exporter, scratch.looks),
            outbox=outbox,
            watch=watch,
            metrics=metrics,
            write_payload=write_payload,
            controller=controller,
        )


async def _stopped(controller: Controller, running: asyncio.Task[None]) -> None:
    controller.stop()
    with suppress(asyncio.CancelledError):
        await running


@dataclass(frozen=True, slots=True)
class _Scratch:
    """Folders for the files of attempts, and of looks at what clients send."""

    attempts: Path
    looks: Path

    @classmethod
    def under(cls, folder: Path) -> _Scratch:
        made = cls(folder / "attempts", folder / "looks")
        made.attempts.mkdir(parents=True, exist_ok=True)
        made.looks.mkdir(exist_ok=True)
        for left in made.looks.iterdir():
            if left.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        return made
