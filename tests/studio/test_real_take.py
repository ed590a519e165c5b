"""One take by the real engine, from the page's first sight of it to its last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from understudy.tasks.local import JOBS
from understudy.testing import rehearsing

expect = pytest.importorskip("playwright.sync_api").expect

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TAKE_MS = 240_000


def test_a_take_is_planned_watched_and_played(
    open_page: Callable[..., Any],
    screenshot: Callable[[Any, str], None],
    tmp_path: Path,
) -> None:
    with rehearsing(tmp_path, jobs=JOBS) as service:
        page = open_page(service.url)
        inputs = page.locator("input[type=file]")
        inputs.nth(0).set_input_files(EXAMPLES / "photo.jpg")
        inputs.nth(1).set_input_files(EXAMPLES / "dance.mp4")
        expect(page.get_by_text("puppet", exact=True)).to_be_visible(timeout=TAKE_MS)
        expect(page.get_by_text("The whole clip is used: 6.0 s.")).to_be_visible()
        screenshot(page, "real-plan")
        page.get_by_role("button", name="Start the take").click()
        page.get_by_role("article").first.get_by_role("link").click()
        expect(page.get_by_role("img", name="The latest frame")).to_be_visible(timeout=TAKE_MS)
        screenshot(page, "real-preview")
        result = page.get_by_label("The result", exact=True)
        expect(result).to_be_visible(timeout=TAKE_MS)
        while result.evaluate("video => video.currentTime") < 1:
            page.wait_for_timeout(50)
        assert result.evaluate("video => [video.videoWidth, video.videoHeight]") == [720, 960]
        assert result.evaluate("video => Math.round(video.duration)") == 6
        screenshot(page, "real-result")
