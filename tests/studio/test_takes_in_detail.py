"""What the page shows of a take beside its video, and of the account, if the service tells it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests import web
from tests.short_clip import short_clip
from tests.studio.waiting import stands_at, wait_until
from understudy.testing import RehearsalServer
from understudy_client import Client, Task

expect = pytest.importorskip("playwright.sync_api").expect

TYPESCRIPT = Path(__file__).resolve().parents[2] / "studio/node_modules/typescript"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PICTURE = EXAMPLES / "photo.jpg"


@pytest.fixture
def client(service: RehearsalServer) -> Iterator[Client]:
    with Client(service.url, api_key=service.credentials.api_key) as client:
        yield client


@pytest.fixture(scope="module")
def task(service: RehearsalServer) -> Task:
    """A take that is done, asked for with other options than the page's own."""
    with Client(service.url, api_key=service.credentials.api_key) as client:
        return client.animate(
            PICTURE,
            client.upload(short_clip()),
            mode="pro",
            orientation="image",
            sound=False,
            prompt="it's slow",
            watermark=True,
        )


def test_driver_and_result_play_in_step(
    page: Any, service: RehearsalServer, task: Task, screenshot: Callable[[Any, str], None]
) -> None:
    page.goto(f"{service.url}/#/take/{task.id}")
    driver = page.get_by_label("The driver", exact=True)
    result = page.get_by_label("The result", exact=True)
    expect(driver).to_be_visible()
    expect(result).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Position", exact=True).fill("1.5")
    wait_until(page, partial(stands_at, driver, 1.5))
    assert abs(result.evaluate("video => video.currentTime") - 1.5) < 0.02
    page.get_by_role("radio", name="Wipe").check(force=True)
    page.get_by_label("Wipe between driver and result").fill("20")
    screenshot(page, "wipe")
    page.get_by_role("radio", name="Result", exact=True).check(force=True)
    expect(driver).to_be_hidden()


def test_everything_of_a_take_can_be_downloaded(
    page: Any, service: RehearsalServer, task: Task
) -> None:
    page.goto(f"{service.url}/#/take/{task.id}")
    for name in ("Video", "Watermarked video", "Report"):
        link = page.get_by_role("link", name=re.compile(f"^{name} "))
        assert web.get(link.get_attribute("href")).status_code == 200


def test_a_take_is_made_again_with_another_picture(
    page: Any, service: RehearsalServer, client: Client, task: Task
) -> None:
    page.goto(f"{service.url}/#/take/{task.id}")
    page.get_by_role("button", name="Reuse with another picture").click()
    expect(page.get_by_role("radio", name="As in the picture")).to_be_checked()
    expect(page.get_by_role("radio", name="1080p")).to_be_checked()
    page.locator("input[type=file]").nth(0).set_input_files(PICTURE)
    made = _start(page, client)
    one, other = _asked(service, task.id), _asked(service, made.id)
    assert one.pop("image_url") != other.pop("image_url")
    assert one == other


def test_the_call_that_is_shown_makes_the_same_take(
    page: Any, service: RehearsalServer, client: Client, task: Task, tmp_path: Path
) -> None:
    page.goto(f"{service.url}/#/take/{task.id}")
    page.get_by_role("radio", name="Python").check(force=True)
    code = page.get_by_label("The call in python").inner_text()
    code = code.replace('"take.mp4"', repr(str(tmp_path / "take.mp4")))
    name = "UNDERSTUDY_API_KEY"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(name, service.credentials.api_key)
        exec(compile(code, "shown", "exec"), {})
    assert (tmp_path / "take.mp4").stat().st_size > 0
    again = next(client.tasks(page_size=1))
    assert again.id != task.id
    assert _asked(service, again.id) == _asked(service, task.id)


@pytest.mark.parametrize("language", ["curl", "TypeScript"])
def test_the_call_that_is_shown_runs_in_other_languages_too(
    language: str, page: Any, service: RehearsalServer, client: Client, task: Task
) -> None:
    page.goto(f"{service.url}/#/take/{task.id}")
    again = _call_that_is_shown(page, language, service, client)
    assert again.id != task.id
    assert _asked(service, again.id) == _asked(service, task.id)


def _call_that_is_shown(page: Any, language: str, service: RehearsalServer, client: Client) -> Task:
    """Make the call that the page of a take shows; the take that it made."""
    page.get_by_role("radio", name=language).check(force=True)
    code = page.get_by_label(f"The call in {language.lower()}").inner_text()
    if language == "curl":
        # The second call is to be made by hand, with the id that the first one gives.
        command = ["bash", "-euc", code.partition("# Then")[0]]
    else:
        command = [*_node(), "--input-type=module", "-e", _compiled(code)]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]}")
    environment = {**os.environ, "UNDERSTUDY_API_KEY": service.credentials.api_key}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(client.tasks(page_size=1))


def _start(page: Any, client: Client) -> Task:
    """Start the take that is ready; it, once it is done."""
    page.get_by_role("button", name="Start the take").click()
    expect(page.get_by_text("The take has started.")).to_be_visible()
    return client.wait(next(client.tasks(page_size=1)).id)


def _asked(service: RehearsalServer, task_id: str) -> dict[str, Any]:
    """What a take was asked for with, but for its own name."""
    url = f"{service.url}/v1/videos/motion-control/{task_id}/detail"
    asked: dict[str, Any] = web.get(url, headers=service.headers).json()["data"]["request"]
    asked.pop("external_task_id", None)
    return asked


def _node() -> list[str]:
    node = shutil.which("node")
    if node is None or not TYPESCRIPT.is_dir():
        pytest.skip("node or its TypeScript is missing: run studio/check")
    return [node]


def _compiled(source: str) -> str:
    """TypeScript as JavaScript."""
    program = (
        "const ts = require(process.argv[1]);"
        "console.log(ts.transpile(process.argv[2], { module: 'esnext', target: 'es2023' }))"
    )
    done = subprocess.run(
        [*_node(), "-e", program, str(TYPESCRIPT), source],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_a_take_is_deleted_after_asking(
    page: Any, service: RehearsalServer, client: Client
) -> None:
    task = client.animate(PICTURE, client.upload(short_clip()))
    page.goto(f"{service.url}/#/takes")
    page.get_by_label("Search by id").fill(task.id)
    page.get_by_role("button", name=f"Delete take {task.id}").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name=f"Delete take {task.id}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No take has this id.")).to_be_visible()


def test_a_key_is_shown_once_works_and_is_revoked(
    page: Any, service: RehearsalServer, screenshot: Callable[[Any, str], None]
) -> None:
    page.goto(f"{service.url}/#/account")
    rows = page.get_by_role("region", name="Keys").get_by_role("listitem")
    expect(rows.first).to_be_visible()
    before = rows.count()
    page.get_by_role("button", name="API key").click()
    dialog = page.get_by_role("dialog")
    key = dialog.locator("code").inner_text()
    screenshot(page, "new-key")
    with Client(service.url, api_key=key) as other:
        list(other.tasks(page_size=1))
    dialog.get_by_role("button", name="Close").click()
    expect(rows).to_have_count(before + 1)
    page.get_by_role("button", name=re.compile("^Revoke")).last.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(rows).to_have_count(before)


class _Receiver(HTTPServer):
    """Takes callbacks; `answer` is the HTTP status that it gives."""

    answer = 500

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        assert isinstance(self.server, _Receiver)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    with _Receiver(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_callbacks_show_their_tries_and_are_sent_again(
    page: Any,
    service: RehearsalServer,
    client: Client,
    receiver: _Receiver,
    screenshot: Callable[[Any, str], None],
) -> None:
    client.animate(PICTURE, client.upload(short_clip()), callback_url=receiver.url)
    page.goto(f"{service.url}/#/account")
    callbacks = page.get_by_role("region", name="Callbacks")
    callbacks.get_by_text("Waiting").last.click()
    expect(callbacks.get_by_text("HTTP 500").first).to_be_visible()
    receiver.answer = 204
    callbacks.get_by_role("button", name="Send again").last.click()
    expect(callbacks.get_by_text("Delivered").first).to_be_visible()
    callbacks.get_by_label("URL to test").fill(receiver.url)
    callbacks.get_by_role("button", name="Send a test").click()
    expect(callbacks.get_by_text("HTTP 204 after")).to_be_visible()
    screenshot(page, "account")


def test_an_element_is_made_used_and_deleted(
    page: Any, service: RehearsalServer, client: Client, screenshot: Callable[[Any, str], None]
) -> None:
    page.goto(f"{service.url}/#/elements")
    page.get_by_role("button", name="New element").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill("Mira")
    form.locator("input[type=file]").nth(0).set_input_files(PICTURE)
    form.locator("input[type=file]").nth(1).set_input_files(PICTURE)
    screenshot(page, "element-form")
    form.get_by_role("button", name="Create element").click()
    expect(page.get_by_role("heading", name="Mira")).to_be_visible()
    screenshot(page, "elements")
    page.get_by_role("button", name="View Mira").click()
    expect(page.get_by_role("dialog").get_by_alt_text("From the front")).to_be_visible()
    page.keyboard.press("Escape")
    # Used, it plays in its own picture, by a model that knows elements.
    page.get_by_role("button", name="Use Mira").click()
    expect(page.get_by_role("img", name="The element Mira")).to_be_visible()
    page.get_by_text("Engine, element, background, watermark").click()
    expect(page.get_by_label("Model")).to_have_value("kling-v3")
    expect(page.get_by_text("Choose a clip.")).to_be_visible()
    page.locator("input[type=file]").nth(1).set_input_files(short_clip())
    expect(page.get_by_text("rehearsal")).to_be_visible()
    screenshot(page, "element-alone")
    made = _start(page, client)
    page.goto(f"{service.url}/#/take/{made.id}")
    again = _call_that_is_shown(page, "curl", service, client)
    assert _asked(service, again.id) == _asked(service, made.id)
    page.goto(f"{service.url}/#/elements")
    page.get_by_role("button", name="Delete Mira").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Mira")).to_be_hidden()
