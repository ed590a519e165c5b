"""Databases for tests: a fresh SQLite file, and a fresh PostgreSQL database where one is reachable.

`UNDERSTUDY_TEST_POSTGRES` names the server; without it 127.0.0.1:5432 is tried as user postgres.
"""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from tests.ray_cluster import RayCluster, running_cluster
from understudy.cores import CORES_VARIABLE
from understudy.weights import weights_folder

# An example is not timed: the machine may be busy with other work.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Where the weights of this machine lie, before tests are given a folder without any.
_MACHINE_WEIGHTS = weights_folder()

POSTGRES = os.environ.get(
    "UNDERSTUDY_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres"
)

# The files that take longest, longest first. Files are given out whole: what is begun last should
# be short, or one core waits for the other.
_LONGEST = (
    "studio/test_page.py",
    "take/test_run.py",
    "service/openapi/test_operations.py",
    "studio/test_real_take.py",
    "examples/test_drawing.py",
    "elements/test_assignment.py",
    "studio/test_adjust.py",
    "media/picture/test_open.py",
    "service/test_real_takes.py",
    "studio/test_takes_in_detail.py",
    "tasks/queue/test_controller.py",
    "character/test_cast.py",
    "character/test_outline_drawings.py",
    "service/test_rolling_upgrade.py",
    "character/figure/unrecognized/test_find.py",
    "service/test_several_servers.py",
    "judge/test_judge.py",
    "tracking/scene/test_analysis.py",
    "service/test_s3.py",
    "character/test_samples.py",
    "service/test_killing.py",
    "client/test_documents.py",
    "character/figure/unrecognized/test_strokes.py",
    "cli/test_serve.py",
    "tasks/webhooks/test_outbox.py",
    "service/http/test_forwarding.py",
    "take/test_output_formats.py",
    "elements/test_views.py",
    "cli/test_cast.py",
    "cli/animate/test_batch.py",
    "service/test_machine_faults.py",
    "service/test_failures.py",
    "take/test_sharing.py",
    "service/api/takes/test_details.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no cycles in what is imported and collected, which stays: it took a tenth of the
    time of a process of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first."""
    folder = Path(__file__).parent
    places = {folder / name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop that asynchronous tests run in."""
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What takes remember goes to a folder of this run's own, also in the processes it starts.

    It holds no weights, so that takes come out the same on every machine. The processes that share
    a run (pytest-xdist) share it, and keep one core busy each.
    """
    folder = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ:
            folder = folder.parent
            patch.setenv(CORES_VARIABLE, "1")
        patch.setenv("UNDERSTUDY_CACHE_DIR", str(folder / "remembered"))
        patch.delenv("UNDERSTUDY_WEIGHTS_DIR", raising=False)
        yield


@pytest.fixture
def machine_weights(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the weights that were fetched to this machine, for one test to use."""
    monkeypatch.setenv("UNDERSTUDY_WEIGHTS_DIR", str(_MACHINE_WEIGHTS))
    return _MACHINE_WEIGHTS


@contextmanager
def new_postgres_database() -> Iterator[str]:
    """The URL of an empty PostgreSQL database, dropped at the end."""
    psycopg = pytest.importorskip("psycopg")
    name = f"understudy_test_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=30) as connection:
            connection.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL: {str(error).splitlines()[0]}")
    try:
        yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def new_postgres() -> Iterator[str]:
    """The URL of a PostgreSQL database without tables."""
    with new_postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_database() -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this run's own."""
    from understudy.tasks.db.database import Database
    from understudy.tasks.db.migrations import migrate

    with new_postgres_database() as url:
        database = Database(url)
        migrate(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[RayCluster]:
    """A Ray cluster of three simulated nodes; its tests are skipped where Ray is not installed."""
    pytest.importorskip("ray")
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'understudy.db'}"
        return
    import psycopg

    from understudy.tasks.db.schema import compatibility, metadata

    url = request.getfixturevalue("_postgres_database")
    yield url
    with psycopg.connect(url) as connection:
        # What a migration wrote stays.
        for table in reversed(metadata.sorted_tables):
            if table is compatibility:
                continue
            connection.execute(f"DELETE FROM {table.name}")
