"""The client at the real service, whose takes are stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from understudy.testing import RehearsalServer, rehearsing
from understudy_client import (
    AsyncClient,
    AuthenticationError,
    Client,
    NotFoundError,
    Progress,
    RequestError,
    Retries,
    TaskFailedError,
)

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PICTURE, CLIP = EXAMPLES / "photo.jpg", EXAMPLES / "dance.mp4"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    with rehearsing(tmp_path_factory.mktemp("service")) as server:
        yield server


@pytest.fixture
def client(service: RehearsalServer) -> Iterator[Client]:
    with Client(service.url, api_key=service.credentials.api_key) as client:
        yield client


def test_a_take_of_local_files_comes_back_whole(client: Client, tmp_path: Path) -> None:
    told: list[Progress] = []
    output = tmp_path / "out.mp4"
    task = client.animate(PICTURE, CLIP, output=output, progress=told.append, watermark=True)
    assert task.status == "succeeded"
    # The stand-in gives the clip itself back.
    assert output.read_bytes() == CLIP.read_bytes()
    assert task.units is not None
    assert task.video.watermark_url is not None
    assert told[-1].percent == 100
    assert task.id in [listed.id for listed in client.tasks(page_size=1)]


def test_an_upload_serves_several_takes(client: Client) -> None:
    clip = client.upload(CLIP)
    picture = client.upload(PICTURE.read_bytes())
    assert (clip.kind, picture.kind) == ("clip", "picture")
    assert client.inspect(picture, clip).usable
    first = client.create(picture, clip, external_task_id="twice-1")
    second = client.create(picture, clip, external_task_id="twice-2")
    assert client.wait("twice-1").id == first.id
    assert client.wait(second.id).external_id == "twice-2"


def test_an_element_plays_without_a_picture(client: Client) -> None:
    robin = next(element for element in client.preset_elements() if element.name == "Robin")
    clip = client.upload(CLIP)
    assert client.inspect(None, clip, element=robin).usable
    task = client.animate(None, clip, element=robin, external_task_id="robin-plays", prompt="pan")
    assert (task.status, task.external_id) == ("succeeded", "robin-plays")


def test_one_of_two_inputs_is_inspected_by_itself(client: Client) -> None:
    found = client.inspect(None, CLIP)
    assert [problem.field for problem in found.problems] == ["image_url"]
    assert found.picture is None
    assert found.clip is not None
    assert found.clip["used"] == {"start": 0.0, "end": found.clip["duration"]}


def test_a_file_of_the_wrong_kind_is_refused_in_the_name_of_its_field(
    client: Client, tmp_path: Path
) -> None:
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    with pytest.raises(RequestError, match=r"^image_url: .* allowed: jpg, jpeg and png"):
        client.inspect(text, None)


def test_a_key_pair_signs_in(service: RehearsalServer) -> None:
    keys = service.credentials
    with Client(service.url, access_key=keys.access_key, secret_key=keys.secret_key) as client:
        assert isinstance(list(client.tasks()), list)


def test_refusals_are_typed(service: RehearsalServer, client: Client) -> None:
    with Client(service.url, api_key="api-key-unknown") as stranger:
        with pytest.raises(AuthenticationError) as caught:
            stranger.task("1")
        assert caught.value.code == 1002
    with pytest.raises(NotFoundError, match="Task not found"):
        client.task("no such task")
    with pytest.raises(RequestError, match="mode value 'ultra' is invalid"):
        client.create(PICTURE, client.upload(CLIP), mode="ultra")  # type: ignore[arg-type]


def test_an_inspection_names_the_field_of_a_problem(client: Client) -> None:
    found = client.inspect(PICTURE, CLIP, prompt="refuse")
    assert not found.usable
    assert found.plan is None
    assert [problem.field for problem in found.problems] == ["image_url"]


def test_a_take_that_fails_and_one_that_is_cancelled_say_so(client: Client) -> None:
    with pytest.raises(TaskFailedError, match="no character"):
        client.animate(PICTURE, CLIP, prompt="refuse")
    task = client.create(PICTURE, CLIP, prompt="hang")
    assert client.cancel(task.id).status == "failed"
    with pytest.raises(TaskFailedError, match="cancelled"):
        client.wait(task.id)


def test_presets_can_be_listed(client: Client) -> None:
    assert all(element.owner == "kling" for element in client.preset_elements())


def test_the_asynchronous_client_makes_takes_at_once(service: RehearsalServer) -> None:
    ids: list[str] = []

    async def run() -> None:
        key = service.credentials.api_key
        async with AsyncClient(service.url, api_key=key, retries=Retries(first=0.01)) as client:
            clip = await client.upload(CLIP)

            async def one() -> None:
                ids.append((await client.animate(PICTURE, clip)).id)

            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(one)

    anyio.run(run)
    assert len(set(ids)) == 3
