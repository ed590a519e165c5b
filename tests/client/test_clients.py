"""Both clients do the same against a real server; the blocking and the awaiting one share tests."""

from __future__ import annotations

import functools
import inspect
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import pytest
from starlette.responses import Response

import understudy_client
from understudy_client import (
    AsyncClient,
    AuthenticationError,
    Client,
    ClientError,
    NotFoundError,
    Progress,
    RequestError,
    Retries,
    TaskFailedError,
    UploadUnsupportedError,
)

API_KEY = "api-key-of-the-tests"
VIDEO = bytes(range(256)) * 2000
QUICK = Retries(attempts=4, first=0.001)
Make = Callable[..., Any]


class Blocking:
    """An AsyncClient that is called as a Client is, on an event loop in another thread."""

    def __init__(self, portal: anyio.from_thread.BlockingPortal, *given: Any, **options: Any):
        self._portal = portal
        self._client = AsyncClient(*given, **options)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        if name in ("tasks", "elements", "preset_elements"):
            return functools.partial(self._list, member)
        return lambda *given, **options: self._portal.call(
            functools.partial(member, *given, **options)
        )

    def _list(self, member: Any, **options: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [value async for value in member(**options)]

        return self._portal.call(collect)


@pytest.fixture(params=["blocking", "asyncio"])
def make(request: pytest.FixtureRequest, server: Any) -> Iterator[Make]:
    """Makes a client of either kind at the server."""
    made: list[Any] = []
    options: dict[str, Any] = {"api_key": API_KEY, "retries": QUICK}
    if request.param == "blocking":

        def blocking(**more: Any) -> Any:
            made.append(Client(server.base_url, **options | more))
            return made[-1]

        yield blocking
        for client in made:
            client.close()
        return
    with anyio.from_thread.start_blocking_portal() as portal:

        def awaiting(**more: Any) -> Any:
            made.append(Blocking(portal, server.base_url, **options | more))
            return made[-1]

        yield awaiting
        for client in made:
            client.aclose()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(b"a picture")
    return path


def test_animate_uploads_waits_tells_and_saves(
    make: Make, server: Any, picture: Path, tmp_path: Path
) -> None:
    told: list[Progress] = []
    output = tmp_path / "out.mp4"
    task = make().animate(
        picture, io.BytesIO(b"a clip"), output=output, progress=told.append, orientation="image"
    )
    assert task.status == "succeeded"
    assert (task.video.duration, task.units) == (9.066, Decimal("4.5"))
    assert output.read_bytes() == VIDEO
    assert sorted(server.files.values()) == [b"a clip", b"a picture"]
    assert server.bodies[0]["image_url"].startswith(server.base_url)
    assert [progress.status for progress in told] == [
        "uploading",
        "uploading",
        "processing",
        "succeeded",
    ]
    assert [path.name for path in tmp_path.iterdir() if path != picture] == ["out.mp4"]


def test_a_coroutine_function_may_watch(server: Any) -> None:
    told: list[float | None] = []

    async def watch(progress: Progress) -> None:
        await anyio.lowlevel.checkpoint()
        told.append(progress.percent)

    async def run() -> None:
        async with AsyncClient(server.base_url, api_key=API_KEY) as client:
            await client.animate("http://a.example/p", "http://a.example/c", progress=watch)

    anyio.run(run)
    assert told == [40.0, 100.0]


def test_the_key_goes_with_requests_but_not_with_the_results_url(
    make: Make, server: Any, tmp_path: Path
) -> None:
    make().animate("http://a.example/p", "http://a.example/c", output=tmp_path / "out.mp4")
    assert server.requests[-1].startswith("GET /results/")
    assert server.authorizations[-1] is None
    assert set(server.authorizations[:-1]) == {f"Bearer {API_KEY}"}


def test_a_key_pair_signs_in_with_tokens(make: Make, server: Any) -> None:
    client = make(api_key=None, access_key="ak", secret_key="s" * 32)
    client.create("http://a.example/p", "http://a.example/c")
    assert server.authorizations[0].startswith("Bearer eyJ")


def test_a_create_that_failed_after_the_server_acted_makes_no_second_task(
    make: Make, server: Any
) -> None:
    server.late_faults = [Response("Bad Gateway", 502)]
    task = make().create("http://a.example/p", "http://a.example/c")
    assert list(server.tasks) == [task.id]


def test_errors_carry_the_contracts_code_and_message(make: Make, server: Any) -> None:
    body = {"code": 1002, "message": "Auth failed", "request_id": "r-5"}
    server.faults = [Response(json.dumps(body), 401)]
    with pytest.raises(AuthenticationError, match="Auth failed") as caught:
        make().create("http://a.example/p", "http://a.example/c")
    assert (caught.value.code, caught.value.request_id) == (1002, "r-5")


def test_a_failed_task_raises_its_reason(make: Make, server: Any) -> None:
    server.fails_with = "Video duration can not less than 3s"
    with pytest.raises(TaskFailedError, match="less than 3s"):
        make().animate("http://a.example/p", "http://a.example/c")


def test_a_task_is_read_by_either_id(make: Make) -> None:
    client = make()
    made = client.create("http://a.example/p", "http://a.example/c", external_task_id="a b?c%")
    assert client.task(made.id).id == client.task("a b?c%").id == made.id
    with pytest.raises(NotFoundError):
        client.task("unknown")


def test_lists_walk_over_all_pages_once(make: Make, server: Any) -> None:
    client = make()
    made = [client.create("http://a.example/p", "http://a.example/c").id for _ in range(7)]
    server.requests.clear()
    assert [task.id for task in client.tasks(page_size=3)] == made[::-1]
    assert len(server.requests) == 3


def test_a_task_made_while_a_list_is_walked_is_not_seen_twice(server: Any) -> None:
    with Client(server.base_url, api_key=API_KEY) as client:
        for _ in range(4):
            client.create("http://a.example/p", "http://a.example/c")
        seen = []
        for task in client.tasks(page_size=2):
            seen.append(task.id)
            if len(seen) == 1:
                client.create("http://a.example/p", "http://a.example/c")
    assert len(seen) == len(set(seen)) == 4


def test_a_watermarked_video_is_saved_where_it_was_asked_for(
    make: Make, server: Any, tmp_path: Path
) -> None:
    client = make()
    marked = client.animate("http://a.example/p", "http://a.example/c", watermark=True)
    client.download(marked, tmp_path / "marked.mp4", watermarked=True)
    assert server.requests[-1] == "GET /results/marked.mp4"
    plain = client.animate("http://a.example/p", "http://a.example/c")
    with pytest.raises(LookupError, match="watermark"):
        client.download(plain.id, tmp_path / "none.mp4", watermarked=True)


def test_a_download_that_fails_leaves_what_was_there(
    make: Make, server: Any, tmp_path: Path
) -> None:
    client = make()
    task = client.animate("http://a.example/p", "http://a.example/c")
    output = tmp_path / "out.mp4"
    output.write_bytes(b"before")
    # Promises more bytes than it sends, which the connection's end shows, as often as it is asked.
    server.faults = [Response(b"half", headers={"content-length": "4000"}) for _ in range(4)]
    with pytest.raises(ClientError):
        client.download(task, output)
    assert output.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [output]


def test_cancel_inspect_and_costs_answer(make: Make, server: Any) -> None:
    client = make()
    task = client.create("http://a.example/p", "http://a.example/c")
    assert client.cancel(task.id).message == "cancelled"
    plan = client.inspect(b"picture", "http://a.example/c")
    assert (plan.usable, plan.problems, plan.plan) == (True, (), {"duration": 9.066})
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    (pack,) = client.costs(start, end)
    assert (pack.remaining, pack.effective_at, pack.invalid_at) == (Decimal("995.5"), start, end)
    with pytest.raises(ValueError, match="time zone"):
        client.costs(datetime(2026, 1, 1), end)


def test_an_element_is_made_listed_used_and_deleted_once(make: Make, server: Any) -> None:
    client = make()
    element = client.create_element(
        "Mira", "a dancer", frontal=b"front", others=[b"side"], tags=["o_102"]
    )
    assert (element.name, element.tags) == ("Mira", ("o_102",))
    body = server.bodies[-1]
    assert body["reference_type"] == "image_refer"
    assert len(body["element_image_list"]["refer_images"]) == 1
    assert [found.id for found in client.elements()] == [element.id]
    client.create("http://a.example/p", "http://a.example/c", model="kling-v3", element=element)
    assert server.bodies[-1]["element_list"] == [{"element_id": element.id}]
    alone = client.create(None, "http://a.example/c", element=element)
    assert server.requests[-1] == "POST /motion-control/kling-3.0"
    assert server.bodies[-1]["contents"][1] == {"type": "element", "element_id": element.id}
    assert client.wait(alone.id).id == alone.id
    client.delete_element(element)
    assert list(client.elements()) == []
    with pytest.raises(RequestError):
        client.delete_element(element)


def test_an_element_is_made_of_a_clip(make: Make, server: Any) -> None:
    make().create_element("Mira", "a dancer", clip=b"clip")
    assert server.bodies[-1]["reference_type"] == "video_refer"
    assert "element_image_list" not in server.bodies[-1]


def test_a_server_without_uploads_gets_pictures_as_base64_and_no_clips(
    make: Make, server: Any
) -> None:
    server.uploads = False
    client = make()
    client.create(b"picture", "http://a.example/c")
    assert server.bodies[-1]["image_url"] == "cGljdHVyZQ=="
    with pytest.raises(UploadUnsupportedError):
        client.create(b"picture", b"clip")
    with pytest.raises(UploadUnsupportedError):
        client.upload(b"picture")


def test_klings_own_servers_are_known_to_take_urls_only() -> None:
    with (
        Client("https://api-singapore.klingai.com", access_key="a", secret_key="s") as client,
        pytest.raises(UploadUnsupportedError),
    ):
        client.create(b"picture", b"clip")


def test_a_server_that_is_not_there_is_a_client_error() -> None:
    with (
        Client("http://127.0.0.1:9", api_key="k", retries=QUICK) as client,
        pytest.raises(understudy_client.ConnectionFailedError) as caught,
    ):
        client.task("1")
    assert not caught.value.sent


def test_the_key_of_a_local_servers_file_is_used(server: Any, tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({"api_key": API_KEY, "access_key": "a", "secret_key": "s"}))
    with Client.from_credentials(path, server.base_url) as client:
        client.create("http://a.example/p", "http://a.example/c")
    assert server.authorizations == [f"Bearer {API_KEY}"]


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://a.example", "http://"])
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        Client(url, api_key="k")


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    other_names = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}
    for name, member in inspect.getmembers(Client, inspect.isfunction):
        if name.startswith("_") and name not in other_names and name != "__init__":
            continue
        twin = inspect.signature(getattr(AsyncClient, other_names.get(name, name)))
        for one, other in zip(
            inspect.signature(member).parameters.values(), twin.parameters.values(), strict=True
        ):
            assert (one.name, one.kind, one.default) == (other.name, other.kind, other.default)


def test_importing_the_client_loads_nothing_heavy() -> None:
    heavy = {"numpy", "cv2", "av", "mediapipe", "fastapi", "pydantic", "rich", "cryptography"}
    code = "import sys, understudy_client; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(run.stdout.split())
