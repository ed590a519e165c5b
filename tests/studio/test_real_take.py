"""One take by the real engine, the whole way: from the page's first sight of it to its last."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import web
from tests.short_clip import short_clip
from tests.studio.waiting import stands_at, wait_until
from understudy.tasks.workers.local import JOBS
from understudy.testing import RehearsalServer, rehearsing
from understudy.tracking.formats import FORMATS

expect = pytest.importorskip("playwright.sync_api").expect

TAKE_MS = 240_000
Screenshot = Callable[[Any, str], None]


def test_a_take_is_planned_watched_compared_and_downloaded(
    open_page: Callable[..., Any],
    screenshot: Screenshot,
    tmp_path: Path,
) -> None:
    with rehearsing(tmp_path / "service", jobs=JOBS) as service:
        page = open_page(service.url)
        _plan(page, short_clip(), screenshot)
        _watch(page, screenshot)
        _compare(page, screenshot)
        _download(page, service)
        _again(page, screenshot)


def _plan(page: Any, clip: Path, screenshot: Screenshot) -> None:
    page.get_by_role("button", name="Sample: Robin").click()
    page.locator("input[type=file]").nth(1).set_input_files(clip)
    expect(page.get_by_role("img", name="Outline of the character")).to_be_visible(timeout=TAKE_MS)
    expect(page.get_by_role("img", name="The tracked person").first).to_be_visible()
    expect(page.get_by_text("puppet", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^The whole clip is used: 3\.\d s\.$"))).to_be_visible()
    screenshot(page, "real-plan")


def _watch(page: Any, screenshot: Screenshot) -> None:
    page.get_by_role("button", name="Start the take").click()
    page.get_by_role("article").first.get_by_role("link").click()
    # A quick machine may be done before its first frame is shown.
    result = page.get_by_label("The result", exact=True)
    preview = page.get_by_role("img", name="The latest frame")
    expect(preview.or_(result).first).to_be_visible(timeout=TAKE_MS)
    screenshot(page, "real-preview")
    expect(result).to_be_visible(timeout=TAKE_MS)
    # It is there before the browser has read how large it is.
    wait_until(page, lambda: result.evaluate("video => video.readyState >= video.HAVE_METADATA"))
    assert result.evaluate("video => [video.videoWidth, video.videoHeight]") == [720, 960]


def _compare(page: Any, screenshot: Screenshot) -> None:
    result = page.get_by_label("The result", exact=True)
    driver = page.get_by_label("The driver", exact=True)
    page.get_by_role("switch", name="Skeleton over the driver").check(force=True)
    skeleton = page.get_by_label("The driver’s skeleton")
    expect(page.get_by_text("Drawing the skeleton")).to_be_hidden(timeout=TAKE_MS)
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Position", exact=True).fill("1.5")
    for video in (result, driver, skeleton):
        wait_until(page, partial(stands_at, video, 1.5))
    screenshot(page, "real-result")
    page.get_by_role("radio", name="Wipe").check(force=True)
    page.get_by_label("Wipe between driver and result").fill("40")
    screenshot(page, "real-wipe")


def _download(page: Any, service: RehearsalServer) -> None:
    """Everything that the take left can be had, its performance in every format."""
    links = page.get_by_role("region", name="Downloads").get_by_role("link")
    found = {
        link.get_attribute("download"): web.get(link.get_attribute("href")) for link in links.all()
    }
    assert {answer.status_code for answer in found.values()} == {200}
    for suffix in FORMATS:
        assert any(name.endswith(f".performance{suffix}") for name in found), suffix
    (kept,) = (answer for name, answer in found.items() if name.endswith(".npz"))
    with np.load(io.BytesIO(kept.content)) as arrays:
        assert np.isfinite(arrays["body"]).all()


def _again(page: Any, screenshot: Screenshot) -> None:
    """Another picture with the same clip: its motion is not followed a second time."""
    page.get_by_role("button", name="Reuse with another picture").click()
    page.get_by_role("button", name="Sample: A cartoon").click()
    expect(page.get_by_text("puppet", exact=True)).to_be_visible(timeout=TAKE_MS)
    screenshot(page, "real-again")
    page.get_by_role("button", name="Start the take").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("article").first.get_by_role("link").click()
    expect(page.get_by_label("The result", exact=True)).to_be_visible(timeout=TAKE_MS)
    expect(page.get_by_text("Motion reused from the cache.")).to_be_visible()
