"""The pages hold what WCAG 2.2 AA asks for, as far as a program can tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from understudy.testing import RehearsalServer
from understudy_client import Client

expect = pytest.importorskip("playwright.sync_api").expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "studio/node_modules/axe-core/axe.min.js"
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Any, place: str) -> list[str]:
    """What axe finds wrong with the page as it is: all of it in light, contrast in dark as well."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = []
    for scheme, rules in (("dark", CONTRAST), ("light", RULES)):
        page.emulate_media(color_scheme=scheme)
        # What it found in order is megabytes of places, which nobody asks for.
        broken = page.evaluate(
            """async rules => {
                const options = { runOnly: rules, resultTypes: ['violations'] }
                const { violations } = await axe.run(document, options)
                return violations.map(v => [v.help, v.nodes.map(node => node.target.join(' '))])
            }""",
            rules,
        )
        found += [f"{place}, {scheme}: {rule}: {places}" for rule, places in broken]
    return found


def test_every_page_can_be_used_by_everybody(
    open_page: Callable[..., Any], service: RehearsalServer
) -> None:
    if not AXE.is_file():
        pytest.skip("the page's development packages are not installed: run studio/check")
    examples = ROOT / "examples"
    with Client(service.url, api_key=service.credentials.api_key) as client:
        clip = client.upload(examples / "dance.mp4")
        task = client.animate(examples / "photo.jpg", clip)
        client.create(examples / "photo.jpg", clip, prompt="refuse")
    page = open_page(service.url, reduced_motion="reduce")
    page.locator("input[type=file]").nth(0).set_input_files(examples / "photo.jpg")
    page.locator("input[type=file]").nth(1).set_input_files(examples / "dance.mp4")
    expect(page.get_by_text("rehearsal")).to_be_visible()
    page.get_by_text("Engine, element, background, watermark").click()
    found = violations(page, "stage")
    for place in ("takes", f"take/{task.id}", "account", "elements"):
        page.goto(f"{service.url}/#/{place}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += violations(page, place)
    page.get_by_role("button", name="New element").click()
    found += violations(page, "element form")
    page.goto(f"{service.url}/#/account")
    page.reload()
    page.get_by_role("button", name="Sign out").click()
    found += violations(page, "sign-in")
    assert found == []
