"""What a request finds of the service: its parts, which `lifetime` opens and closes."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from understudy.service.characters import Characters
from understudy.service.drafts.creation import Creation
from understudy.service.drafts.inspection import Inspection
from understudy.service.engines import Engines
from understudy.service.exports import Exports
from understudy.service.http.authentication import Authenticator
from understudy.service.http.forwarding import base_of
from understudy.service.http.json_bodies import LargeBodies
from understudy.service.http.metrics import Metrics
from understudy.service.http.rates import RateLimiter
from understudy.service.media.checks import MediaChecks
from understudy.service.models import Catalogue
from understudy.service.queue_places import QueuePlaces
from understudy.service.watching import Watch
from understudy.settings import Settings
from understudy.tasks.accounts.keyring import Keyring
from understudy.tasks.db.database import Database
from understudy.tasks.db.repository.callbacks import WriteElementPayload, WritePayload
from understudy.tasks.files.links import Links
from understudy.tasks.files.storage import Storage
from understudy.tasks.queue.controller import Controller
from understudy.tasks.webhooks.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Service:
    """The service's parts."""

    settings: Settings
    database: Database
    storage: Storage
    keyring: Keyring
    links: Links
    catalogue: Catalogue
    authenticator: Authenticator
    rates: RateLimiter
    large_bodies: LargeBodies
    checks: MediaChecks
    creation: Creation
    inspection: Inspection
    characters: Characters
    engines: Engines
    exports: Exports
    outbox: Outbox
    watch: Watch
    metrics: Metrics
    write_payload: WritePayload
    write_element_payload: WriteElementPayload
    queue_places: QueuePlaces
    controller: Controller


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def links_of(request: Request) -> Links:
    """Makes URLs for the client of a request: by default under the address that it used itself."""
    return service_of(request).links.under(base_of(request))
