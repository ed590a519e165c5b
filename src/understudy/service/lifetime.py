"""The service's parts, opened at its start and closed in reverse order at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from understudy.library.element_jobs import Library
from understudy.media.output.content_credentials import SigningIdentity, configured_identity
from understudy.service.callback_payloads import element_payload_writer, task_payload_writer
from understudy.service.characters import Characters
from understudy.service.context import Service
from understudy.service.drafts.creation import Creation
from understudy.service.drafts.inspection import Inspection
from understudy.service.engines import Engines
from understudy.service.executors import open_executor
from understudy.service.exports import Exports
from understudy.service.http.authentication import Authenticator
from understudy.service.http.json_bodies import LargeBodies
from understudy.service.http.metrics import Metrics
from understudy.service.http.rates import RateLimiter
from understudy.service.media.checks import MediaChecks
from understudy.service.models import Catalogue, price
from understudy.service.queue_places import QueuePlaces
from understudy.service.scratch import Scratch
from understudy.service.watching import Watch
from understudy.settings import Settings
from understudy.tasks.accounts.credentials import check_key, ensure_account
from understudy.tasks.accounts.keyring import Keyring, load_keyring
from understudy.tasks.db.database import Database, DatabaseUnavailable
from understudy.tasks.db.migrations import migrate
from understudy.tasks.db.repository import callbacks
from understudy.tasks.files.fetching import Fetcher
from understudy.tasks.files.links import Links
from understudy.tasks.files.retention import Retention
from understudy.tasks.files.storage import Storage
from understudy.tasks.queue.attempt_context import AttemptContext
from understudy.tasks.queue.controller import Controller, Loop
from understudy.tasks.queue.leadership import leadership_of
from understudy.tasks.records import Task
from understudy.tasks.webhooks.outbox import Outbox
from understudy.tasks.workers.prober import Prober

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_CHECKERS = 4
"""Children that check files, of about 100 MB each; one account gets three of them at most."""
_INSPECTORS = 2
"""An inspection keeps two cores busy; one account has one at a time."""


@asynccontextmanager
async def running_service(
    settings: Settings, jobs: str, metrics: Metrics
) -> AsyncIterator[Service]:
    """The service of these settings; jobs: the module whose functions the children run."""
    async with AsyncExitStack() as ends:
        stores = _open_stores(settings, ends)
        probers = _open_probers(settings, jobs, stores, ends)
        outbox = _open_outbox(settings, stores, metrics, ends)
        library = _library(settings, stores, probers.checker)
        controller = _controller(
            settings,
            _attempt_context(settings, jobs, stores, probers, metrics, ends),
            background=(outbox.round, *library.rounds, stores.retention.round),
        )
        running = asyncio.create_task(controller.run())
        ends.push_async_callback(_stop, controller, running)
        watch = Watch(stores.database)
        ends.callback(watch.close)
        yield _service(settings, stores, probers, metrics, outbox, watch, controller)


def check_stores(settings: Settings) -> None:
    """Open database and keys once, so that what is wrong with them is told before serving.

    Raises OSError, DatabaseUnavailable, DatabaseUnfit, KeyUnfit, CannotSign.
    """
    _identity(settings)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url)
    try:
        migrate(database)
        check_key(database, _load_keyring(settings))
    finally:
        database.close()


def _identity(settings: Settings) -> SigningIdentity | None:
    return configured_identity(settings.signing_certificates, settings.signing_key)


def _load_keyring(settings: Settings) -> Keyring:
    configured = settings.secret_key.get_secret_value() if settings.secret_key else None
    return load_keyring(configured, settings.data)


@dataclass(frozen=True, slots=True)
class _Stores:
    """What is kept, and the ways to it."""

    database: Database
    keyring: Keyring
    links: Links
    storage: Storage
    fetcher: Fetcher
    retention: Retention
    catalogue: Catalogue
    scratch: Scratch


def _open_stores(settings: Settings, ends: AsyncExitStack) -> _Stores:
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Scratch.under(settings.data.absolute() / "scratch")
    database = Database(settings.resolved_database_url)
    ends.callback(database.close)
    migrate(database)
    keyring = _load_keyring(settings)
    check_key(database, keyring)
    _seal_bodies(database, keyring)
    ensure_account(database, keyring, settings.data)
    retention_ms = int(settings.retention_days * _DAY_MS)
    storage = Storage(settings.resolved_storage_url)
    fetcher = Fetcher(allow_private=settings.allow_private_urls)
    ends.push_async_callback(fetcher.close)
    return _Stores(
        database=database,
        keyring=keyring,
        links=Links(
            settings.base_url, keyring, retention_ms, fixed=settings.public_url is not None
        ),
        storage=storage,
        fetcher=fetcher,
        retention=Retention(database, storage, kept_ms=retention_ms),
        catalogue=Catalogue.of(settings.models, settings.max_clip_seconds),
        scratch=scratch,
    )


def _seal_bodies(database: Database, keyring: Keyring) -> None:
    """Seal what an earlier version kept plain; a start on a full disk puts it off."""
    if database.read_now(callbacks.has_plain):
        with suppress(DatabaseUnavailable):
            database.write_now(callbacks.seal_plain, keyring.seal)


@dataclass(frozen=True, slots=True)
class _Probers:
    """Checks are quick, inspecting, exporting and casting are not: each has children of its own, so
    that none waits."""

    checker: Prober
    inspector: Prober
    exporter: Prober
    caster: Prober
    checks: MediaChecks


def _open_probers(settings: Settings, jobs: str, stores: _Stores, ends: AsyncExitStack) -> _Probers:
    folder = stores.scratch.checks
    checker, inspector, exporter, caster = (
        Prober(folder, memory_mb=settings.take_memory_mb, children=children, jobs=jobs)
        for children in (_CHECKERS, _INSPECTORS, 1, 1)
    )
    for prober in (checker, inspector, exporter, caster):
        ends.push_async_callback(prober.close)
    checks = MediaChecks(
        stores.database, stores.storage, stores.fetcher, stores.keyring, checker, folder
    )
    return _Probers(checker, inspector, exporter, caster, checks)


def _open_outbox(
    settings: Settings, stores: _Stores, metrics: Metrics, ends: AsyncExitStack
) -> Outbox:
    outbox = Outbox(
        stores.database,
        stores.keyring,
        allow_private=settings.allow_private_urls,
        timeout=settings.callback_timeout_seconds,
        lifetime_ms=int(settings.callback_hours * _HOUR_MS),
        observer=metrics,
    )
    ends.push_async_callback(outbox.close)
    return outbox


def _library(settings: Settings, stores: _Stores, prober: Prober) -> Library:
    return Library(
        database=stores.database,
        storage=stores.storage,
        fetcher=stores.fetcher,
        keyring=stores.keyring,
        prober=prober,
        write_payload=element_payload_writer(stores.links),
        temporary=stores.scratch.checks,
        fetch_seconds=settings.fetch_seconds,
        max_attempts=settings.max_attempts,
    )


def _attempt_context(  # noqa: PLR0913 - every part that an attempt needs
    settings: Settings,
    jobs: str,
    stores: _Stores,
    probers: _Probers,
    metrics: Metrics,
    ends: AsyncExitStack,
) -> AttemptContext:
    return AttemptContext(
        database=stores.database,
        storage=stores.storage,
        fetcher=stores.fetcher,
        keyring=stores.keyring,
        executor=open_executor(settings, jobs, probers.exporter, ends),
        write_payload=task_payload_writer(stores.links),
        price=partial(_price, stores.catalogue),
        scratch=stores.scratch.attempts,
        fetch_seconds=settings.fetch_seconds,
        max_attempts=settings.max_attempts,
        slot_limit=settings.account_slots,
        identity=_identity(settings),
        observer=metrics,
    )


def _price(catalogue: Catalogue, task: Task, seconds: float) -> int:
    """Thousandths of units for a task's output of so many seconds."""
    model = catalogue.by_name.get(task.request.take.model)
    if model is None:
        # The operator has removed the model since: the task costs what was reserved.
        return task.units_reserved
    return price(model, task.request.take.mode, seconds)


def _controller(
    settings: Settings, context: AttemptContext, *, background: tuple[Loop, ...]
) -> Controller:
    return Controller(
        context,
        leadership_of(context.database),
        background=background,
        grace=settings.shutdown_seconds,
    )


def _service(  # noqa: PLR0913 - every part of the service, put together
    settings: Settings,
    stores: _Stores,
    probers: _Probers,
    metrics: Metrics,
    outbox: Outbox,
    watch: Watch,
    controller: Controller,
) -> Service:
    database, checks = stores.database, probers.checks
    engines = Engines(probers.exporter, elsewhere=settings.ray_address is not None)
    write_payload = task_payload_writer(stores.links)
    rates = RateLimiter(settings.rate_limit)
    return Service(
        settings=settings,
        database=database,
        storage=stores.storage,
        keyring=stores.keyring,
        links=stores.links,
        catalogue=stores.catalogue,
        authenticator=Authenticator(database, stores.keyring),
        rates=rates,
        large_bodies=LargeBodies(stores.scratch.checks, rates),
        checks=checks,
        creation=Creation(
            database,
            checks,
            write_payload,
            controller.wake,
            outbox.wake,
            settings.concurrency_limit,
            stores.catalogue,
            engines,
            settings.allow_private_urls,
        ),
        inspection=Inspection(database, checks, probers.inspector, settings.fetch_seconds),
        characters=Characters(database, checks, probers.caster, settings.fetch_seconds),
        engines=engines,
        exports=Exports(stores.storage, probers.exporter, stores.scratch.checks),
        outbox=outbox,
        watch=watch,
        metrics=metrics,
        write_payload=write_payload,
        write_element_payload=element_payload_writer(stores.links),
        queue_places=QueuePlaces(database, settings.account_slots),
        controller=controller,
    )


async def _stop(controller: Controller, running: asyncio.Task[None]) -> None:
    controller.stop()
    with suppress(asyncio.CancelledError):
        await running
