"""A real browser, and the service with the page: takes are stand-ins, all else is as it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from understudy.testing import RehearsalServer, rehearsing

playwright = pytest.importorskip("playwright.sync_api")
# For the page to show something, ms: the machine is busy with other tests beside.
PATIENCE_MS = 60_000
playwright.expect.set_options(timeout=PATIENCE_MS)

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "out" / "studio"
# What the browser would look up or fetch by itself, it is told not to.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
# Answers that a test asks for, which the browser reports as errors of the page, and those of a
# server that a test killed.
EXPECTED = ("status of 4", "net::ERR_")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, without a window; skips where there is none.

    Ends with its module: Playwright runs an event loop in this thread for as long as it lives.
    """
    path = os.environ.get("UNDERSTUDY_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("there is no Chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    # Of its models one is served by an engine that is not there.
    models = {"dream": {"engine": "nowhere", "std": "1", "pro": "2"}}
    with rehearsing(tmp_path_factory.mktemp("service"), slots=2, models=models) as server:
        yield server


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages of fresh browsers; the test fails when a script of one of them does, or when one
    asks another server for anything."""
    contexts: list[Any] = []
    faults: list[str] = []
    asked: list[str] = []
    allowed = ["blob:", "data:"]

    def note(message: Any) -> None:
        if message.type == "error" and not any(part in message.text for part in EXPECTED):
            faults.append(message.text)

    def open_one(url: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        allowed.append(url)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults
    assert [url for url in asked if not url.startswith(tuple(allowed))] == []


@pytest.fixture
def page(open_page: Callable[..., Any], service: RehearsalServer) -> Any:
    """The studio, signed in by itself."""
    page = open_page(service.url)
    page.get_by_role("heading", level=1).wait_for()
    return page


@pytest.fixture
def screenshot() -> Callable[[Any, str], None]:
    """Leaves a picture of a page for people to look at."""

    def take(page: Any, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    return take
