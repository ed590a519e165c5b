"""Adjusting a character in a real browser, by mouse, by touch and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests import web
from tests.studio.test_accessibility import AXE, violations
from tests.studio.waiting import wait_until
from understudy.character.carried_corrections import corrections_of
from understudy.character.corrections import Corrections
from understudy.character.image.png_files import matte_from_png
from understudy.media.picture import open_picture
from understudy.testing import RehearsalServer

expect = pytest.importorskip("playwright.sync_api").expect

PICTURE = Path(__file__).resolve().parents[2] / "examples" / "photo.jpg"
Screenshot = Callable[[Any, str], None]


def open_adjust(page: Any) -> Any:
    """Give the page a picture and open its character; the dialog."""
    page.locator("input[type=file]").nth(0).set_input_files(PICTURE)
    page.get_by_role("button", name="Adjust").click()
    dialog = page.get_by_role("dialog", name="Adjust the character")
    expect(dialog.get_by_role("button", name="Left wrist")).to_be_visible()
    return dialog


def middle(locator: Any) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def surface_of(dialog: Any, tool: str) -> dict[str, float]:
    """Choose a tool; where on the page it works."""
    dialog.get_by_role("radio", name=tool, exact=True).check(force=True)
    box = dialog.get_by_role("application").bounding_box()
    assert box is not None
    return dict(box)


def save(page: Any, dialog: Any, service: RehearsalServer) -> Corrections:
    """Keep what was adjusted; the corrections that the stored picture carries."""
    with page.expect_response(re.compile("/v1/characters$")) as answered:
        dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("adjusted by hand")).to_be_visible()
    url = answered.value.json()["data"]["url"]
    stored = web.get(url, headers=service.headers)
    return corrections_of(open_picture(stored.content))


def test_a_joint_is_dragged_undone_and_kept_with_the_picture(
    page: Any, screenshot: Screenshot, service: RehearsalServer
) -> None:
    dialog = open_adjust(page)
    wrist = dialog.get_by_role("button", name="Left wrist")
    x, y = middle(wrist)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y - 40, steps=5)
    page.mouse.up()
    assert middle(wrist) == pytest.approx((x + 30, y - 40), abs=1)
    screenshot(page, "adjust-joints")
    page.keyboard.press("Control+z")
    assert middle(wrist) == pytest.approx((x, y), abs=1)
    page.keyboard.press("Control+Shift+z")
    assert middle(wrist) == pytest.approx((x + 30, y - 40), abs=1)
    kept = save(page, dialog, service)
    assert set(kept.joints) == {"left_wrist"}
    assert (kept.left_arm, kept.matte) == ("auto", None)
    # Opened again, it is as it was kept.
    page.get_by_role("button", name="Adjust").click()
    assert middle(wrist) == pytest.approx((x + 30, y - 40), abs=1)
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()


def test_keys_alone_move_joints_choose_arms_and_paint(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    elbow = dialog.get_by_role("button", name="Right elbow")
    before = middle(elbow)
    elbow.focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowUp"):
        page.keyboard.press(key)
    after = middle(elbow)
    assert after[0] < before[0]
    assert after[1] < before[1] - 2 * (before[0] - after[0])
    # The presses in a row are one gesture.
    page.keyboard.press("Control+z")
    assert middle(elbow) == pytest.approx(before, abs=1)
    dialog.get_by_role("radio", name="Automatic").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("group", name="Left arm stays with the body")).to_be_visible()
    surface_of(dialog, "Remove")
    dialog.get_by_role("application").focus()
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    kept = save(page, dialog, service)
    assert (kept.left_arm, kept.right_arm, kept.joints) == ("fixed", "auto", {})
    assert kept.matte is not None
    width, height = 400, 533
    matte = matte_from_png(kept.matte, (width, height), "matte")
    # From the middle down it was taken away, beside it the oval is still there.
    assert matte[height // 2 : height // 2 + 40, width // 2].max() < 0.1
    assert matte[height // 2, width // 2 - 40] > 0.9


def test_the_brush_adds_and_removes_and_both_can_be_undone(
    page: Any, screenshot: Screenshot, service: RehearsalServer
) -> None:
    dialog = open_adjust(page)
    box = surface_of(dialog, "Add")

    def stroke(start: tuple[float, float], end: tuple[float, float]) -> None:
        page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
        page.mouse.down()
        page.mouse.move(
            box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=8
        )
        page.mouse.up()

    stroke((0.05, 0.05), (0.3, 0.05))
    surface_of(dialog, "Remove")
    stroke((0.4, 0.5), (0.6, 0.5))
    stroke((0.4, 0.7), (0.6, 0.7))
    screenshot(page, "adjust-brush")
    page.keyboard.press("Control+z")
    kept = save(page, dialog, service)
    assert kept.matte is not None
    matte = matte_from_png(kept.matte, (400, 533), "matte")

    def at(x: float, y: float) -> float:
        return float(matte[round(y * 533), round(x * 400)])

    assert at(0.2, 0.05) > 0.9
    assert at(0.5, 0.5) < 0.1
    assert at(0.5, 0.7) > 0.9
    assert np.isfinite(matte).all()


def test_one_click_takes_a_whole_part(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    box = surface_of(dialog, "Add")
    dialog.get_by_role("switch", name="Whole parts").check(force=True)
    page.mouse.click(box["x"] + 0.15 * box["width"], box["y"] + 0.2 * box["height"])
    expect(dialog.get_by_role("button", name="Undo")).to_be_enabled()
    surface_of(dialog, "Remove")
    # By keys, from the middle of the picture.
    dialog.get_by_role("application").focus()
    page.keyboard.press("Shift+ArrowUp")
    with page.expect_response(re.compile("/v1/characters/select$")):
        page.keyboard.press("Enter")
    expect(dialog.get_by_text("Looking for the part")).to_be_hidden()
    kept = save(page, dialog, service)
    assert kept.matte is not None
    matte = matte_from_png(kept.matte, (400, 533), "matte")
    assert matte[round(0.2 * 533), round(0.15 * 400)] > 0.9
    assert matte[round(0.47 * 533), 200] < 0.1
    assert matte[round(0.7 * 533), 200] > 0.9


def test_another_figure_is_chosen_by_a_click(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    box = surface_of(dialog, "Figure")
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    kept = save(page, dialog, service)
    picture = open_picture(PICTURE)
    assert kept.figure is not None
    shares = [kept.figure[axis] / picture.source_size[axis] for axis in (0, 1)]
    assert shares == pytest.approx([0.25, 0.5], abs=0.01)


def test_a_take_is_made_of_the_adjusted_picture(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    dialog.get_by_role("radio", name="Stays").first.check(force=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    with page.expect_response(re.compile("/v1/characters$")) as answered:
        dialog.get_by_role("button", name="Save").click()
    url = answered.value.json()["data"]["url"]
    # The plan is that of the adjusted picture, and so is what a reload brings back.
    wait_until(page, lambda: any("character_orientation" in body and url in body for body in asked))
    page.reload()
    expect(page.get_by_text("adjusted by hand")).to_be_visible()
    page.get_by_role("button", name="Adjust").click()
    expect(page.get_by_role("radio", name="Stays").first).to_be_checked()


def test_legs_that_stay_are_kept_with_the_picture(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    legs = dialog.get_by_role("group", name="Legs")
    legs.get_by_role("radio", name="Stay").check(force=True)
    expect(dialog.get_by_role("group", name="Legs take no steps")).to_be_visible()
    assert save(page, dialog, service).legs == "fixed"


def test_an_element_is_made_of_the_adjusted_picture(page: Any, service: RehearsalServer) -> None:
    dialog = open_adjust(page)
    dialog.get_by_role("radio", name="Stays").first.check(force=True)
    save(page, dialog, service)
    page.goto(f"{service.url}/#/elements")
    page.get_by_role("button", name="New element").click()
    page.get_by_label("Name").fill("Adjusted")
    page.get_by_role("switch", name="The picture on the stage").check(force=True)
    page.get_by_role("button", name="Create element").click()
    page.get_by_role("button", name="View Adjusted").click()
    front = page.get_by_role("img", name="From the front")
    kept = web.get(front.get_attribute("src"))
    assert corrections_of(open_picture(kept.content)).left_arm == "fixed"


def test_it_fits_a_phone_and_works_by_touch(
    open_page: Callable[..., Any], screenshot: Screenshot, service: RehearsalServer
) -> None:
    page = open_page(service.url, viewport={"width": 390, "height": 844}, has_touch=True)
    dialog = open_adjust(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    box = surface_of(dialog, "Figure")
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.4 * box["height"])
    expect(dialog.get_by_role("button", name="Undo")).to_be_enabled()
    screenshot(page, "adjust-phone")


def test_everybody_can_use_it(page: Any) -> None:
    if not AXE.is_file():
        pytest.skip("the page's development packages are not installed: run studio/check")
    page.emulate_media(reduced_motion="reduce")
    dialog = open_adjust(page)
    found = violations(page, "joints")
    surface_of(dialog, "Add")
    assert found + violations(page, "brush") == []
