"""Several servers on one PostgreSQL and one S3: any of them serves, one runs the takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import pytest
import sqlalchemy as sa

from tests import web
from tests.conftest import new_postgres_database
from tests.s3 import keys, make_bucket, speaking_s3
from tests.service.conftest import PATH, Client
from tests.waiting import until
from understudy.tasks.db.database import Database
from understudy.tasks.db.schema import accounts
from understudy.testing import RehearsalServer
from understudy.testing.service import start

SERVERS = 3
TAKES = 6
NAP_SECONDS = 0.5


@dataclass
class Fleet:
    """Servers beside each other, and a client of each that is there. bucket, endpoint: where their
    files are.
    """

    servers: list[RehearsalServer]
    clients: list[Client]
    database: Database
    endpoint: str
    bucket: str

    def leads(self, place: int) -> bool:
        """Whether a server says that it runs the takes."""
        page = self.clients[place].ask("GET", "/metrics", headers={}).text
        return re.search(r"^understudy_controller_leads 1.0$", page, re.MULTILINE) is not None

    def leader(self) -> int:
        """The one that leads, of those that are there."""
        found: list[int] = []

        def found_one() -> bool:
            found[:] = [place for place in range(len(self.clients)) if self.leads(place)]
            return bool(found)

        until(found_one)
        (only,) = found
        return only


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Servers that share all but their own data folders; each could run two takes at once."""
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as ends:
        database_url = ends.enter_context(new_postgres_database())
        endpoint = ends.enter_context(speaking_s3())
        bucket = make_bucket(endpoint)
        servers: list[RehearsalServer] = []
        for place in range(SERVERS):
            server = start(
                folder / str(place),
                database_url=database_url,
                storage_url=f"s3://{bucket}/here",
                secret_key="a key of all servers",
                slots=2,
                rate_limit="",
                shutdown_seconds=0,
            )
            ends.callback(server.kill)
            servers.append(server)
        # The first one made the account.
        credentials = servers[0].credentials
        clients = [
            Client(
                ends.enter_context(web.client(base_url=each.url)),
                credentials,
            )
            for each in servers
        ]
        database = Database(database_url)
        ends.callback(database.close)
        yield Fleet(servers, clients, database, endpoint, bucket)


def _upload(client: Client, data: bytes) -> str:
    url: str = client.data("POST", "/v1/files", files={"file": ("file", data)})["url"]
    return url


def _downloaded(url: str) -> bytes:
    """What a client gets that was given a link to a result, from the object store."""
    sent_on = web.get(url)
    assert sent_on.status_code == 302
    return web.get(sent_on.headers["location"]).content


def test_a_take_is_cancelled_on_a_server_that_does_not_run_it(
    fleet: Fleet, media: dict[str, bytes]
) -> None:
    client = fleet.clients[(fleet.leader() + 1) % SERVERS]
    body = {
        "image_url": _upload(client, media["picture.png"]),
        "video_url": _upload(client, media["clip.mp4"]),
        "character_orientation": "video",
        "mode": "std",
    }

    def create(**changes: str) -> str:
        task_id: str = client.data("POST", PATH, json={**body, **changes})["task_id"]
        return task_id

    def is_processed(task_id: str) -> bool:
        record = client.data("GET", f"{PATH}/{task_id}")
        return bool(record["task_status"] == "processing")

    for task_id in [create(prompt="hang") for _ in range(2)]:
        until(partial(is_processed, task_id))
        stopped = client.data("POST", f"{PATH}/{task_id}/cancel")
        assert stopped["task_status_msg"] == "Task was cancelled"
    # Both slots of the leader were taken: this one waits until one is free.
    assert client.ended(create())["task_status"] == "succeed"


def test_each_take_is_published_once_though_the_leader_is_killed(
    fleet: Fleet, media: dict[str, bytes]
) -> None:
    """This comes last, as it ends one of the servers."""
    used, *_ = fleet.database.read_now(_units_and_places)
    first = fleet.leader()
    one, other = (client for place, client in enumerate(fleet.clients) if place != first)
    body = {
        "image_url": _upload(one, media["picture.png"]),
        "video_url": _upload(other, media["clip.mp4"]),
        "character_orientation": "video",
        "mode": "std",
        "prompt": f"nap {NAP_SECONDS}",
    }
    made = [
        fleet.clients[number % len(fleet.clients)].data("POST", PATH, json=body)["task_id"]
        for number in range(TAKES)
    ]
    until(
        lambda: (
            "processing"
            in [one.data("GET", f"{PATH}/{task_id}")["task_status"] for task_id in made]
        )
    )
    fleet.servers[first].kill()
    fleet.clients = [one, other]
    fleet.leader()
    # Either tells of every take, and gives its result away.
    for client in fleet.clients:
        for task_id in made:
            record = client.ended(task_id)
            assert (record["task_status"], record["final_unit_deduction"]) == ("succeed", "1.5")
            (video,) = record["task_result"]["videos"]
            assert _downloaded(video["url"]) == media["clip.mp4"]
    stored = [key.split("/") for key in keys(fleet.endpoint, fleet.bucket)]
    videos = [key[2] for key in stored if key[1] == "results" and key[-1].endswith(".mp4")]
    assert sorted(set(made) & set(videos)) == sorted(made)
    assert len(videos) == len(set(videos))
    assert fleet.database.read_now(_units_and_places) == (used + 1500 * TAKES, 0, 0)


def _units_and_places(connection: sa.Connection) -> tuple[int, ...]:
    """Of the only account: units used and reserved, and unfinished tasks."""
    asked = sa.select(accounts.c.units_used, accounts.c.units_reserved, accounts.c.active_tasks)
    return tuple(connection.execute(asked).one())
