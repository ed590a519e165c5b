"""The page in a real browser, at the service with takes that are stand-ins."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import web
from tests.short_clip import short_clip
from tests.studio.waiting import wait_until
from understudy.testing import RehearsalServer, rehearsing
from understudy_client import Client, TaskFailedError

expect = pytest.importorskip("playwright.sync_api").expect

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PICTURE = EXAMPLES / "photo.jpg"
FORMATS_OF_PICTURES = "The file is text by its content. Allowed: jpg, jpeg and png."
Screenshot = Callable[[Any, str], None]


def file_inputs(page: Any) -> tuple[Any, Any]:
    """Where files for the picture and for the clip go in."""
    inputs = page.locator("input[type=file]")
    return inputs.nth(0), inputs.nth(1)


def choose(page: Any, picture: Path = PICTURE, clip: Path | None = None) -> None:
    """Give the page a picture and a clip, and wait for the plan."""
    file_inputs(page)[0].set_input_files(picture)
    file_inputs(page)[1].set_input_files(clip or short_clip())
    expect(page.get_by_text("rehearsal")).to_be_visible()


def start(page: Any, prompt: str = "") -> Any:
    """Start a take; its card."""
    if prompt:
        page.get_by_label("Prompt").fill(prompt)
    cards = page.get_by_role("article")
    known = {card.get_attribute("aria-label") for card in cards.all()}
    page.get_by_role("button", name="Start the take").click()
    wait_until(page, lambda: cards.first.get_attribute("aria-label") not in known)
    return page.get_by_label(cards.first.get_attribute("aria-label"), exact=True)


def client_of(service: RehearsalServer) -> Client:
    return Client(service.url, api_key=service.credentials.api_key)


def test_a_take_goes_the_whole_way(page: Any, screenshot: Screenshot, tmp_path: Path) -> None:
    screenshot(page, "empty")
    choose(page)
    expect(page.get_by_role("button", name="Start the take")).to_be_enabled()
    screenshot(page, "ready")
    card = start(page)
    expect(card.get_by_text("Done")).to_be_visible()
    card.get_by_role("link").click()
    result = page.get_by_label("The result", exact=True)
    expect(result).to_be_visible()
    wait_until(page, lambda: result.evaluate("video => video.currentTime") > 0.2)
    screenshot(page, "take")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Video")).click()
    assert Path(download.value.path()).read_bytes() == short_clip().read_bytes()


def test_a_running_take_survives_a_reload_and_can_be_cancelled(
    page: Any, screenshot: Screenshot, tmp_path: Path
) -> None:
    choose(page)
    start(page, f"linger {tmp_path / 'never'}")
    page.get_by_role("switch", name="Keep the clip’s sound").uncheck(force=True)
    page.reload()
    card = page.get_by_role("article").first
    expect(card.get_by_role("progressbar")).to_be_visible()
    # What was chosen is still there, and is looked at again.
    expect(page.get_by_text(PICTURE.name)).to_be_visible()
    expect(page.get_by_text(short_clip().name)).to_be_visible()
    expect(page.get_by_role("switch", name="Keep the clip’s sound")).not_to_be_checked()
    expect(page.get_by_label("Prompt")).to_have_value(re.compile("^linger"))
    screenshot(page, "running")
    card.get_by_role("button", name=re.compile("^Cancel")).click()
    expect(card.get_by_text("Cancelled", exact=True)).to_be_visible()


def test_several_takes_run_at_once(page: Any, tmp_path: Path) -> None:
    choose(page)
    gate = tmp_path / "gate"
    for _ in range(2):
        start(page, f"linger {gate}")
    expect(page.get_by_role("article").get_by_role("progressbar")).to_have_count(2)
    expect(page.get_by_label("2 running")).to_be_visible()
    gate.touch()
    expect(page.get_by_role("article").get_by_role("progressbar")).to_have_count(0)


def test_problems_stand_beside_their_fields(
    page: Any, screenshot: Screenshot, tmp_path: Path
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    file_inputs(page)[0].set_input_files(text)
    picture = page.get_by_role("region", name=re.compile("^Picture"))
    expect(picture.get_by_text("A picture can be jpg, jpeg or png")).to_be_visible()
    # It says it is a picture, the server says it is not.
    fake = tmp_path / "fake.png"
    fake.write_text("no picture")
    file_inputs(page)[0].set_input_files(fake)
    expect(picture.get_by_text(FORMATS_OF_PICTURES)).to_be_visible()
    # The clip is looked at all the same.
    file_inputs(page)[1].set_input_files(short_clip())
    expect(page.get_by_text("The whole clip is used: 3.1 s.")).to_be_visible()
    expect(page.get_by_role("button", name="Start the take")).to_be_disabled()
    expect(page.get_by_text("Fix the problems first.")).to_be_visible()
    screenshot(page, "problems")


def test_each_input_is_looked_at_as_soon_as_it_is_there(page: Any, screenshot: Screenshot) -> None:
    character = page.get_by_role("img", name="Outline of the character")
    person = page.get_by_role("img", name="The tracked person").first
    file_inputs(page)[0].set_input_files(PICTURE)
    expect(character).to_be_visible()
    expect(page.get_by_text("Choose a clip.")).to_be_visible()
    # What is missing is still to be chosen, and no problem.
    expect(page.get_by_text("nothing is given")).to_be_hidden()
    screenshot(page, "picture-alone")
    page.get_by_role("button", name="Remove the picture").click()
    expect(character).to_be_hidden()
    file_inputs(page)[1].set_input_files(short_clip())
    expect(person).to_be_visible()
    expect(page.get_by_text("The whole clip is used: 3.1 s.")).to_be_visible()
    expect(page.get_by_text("Choose a picture.")).to_be_visible()
    screenshot(page, "clip-alone")
    # Another picture takes nothing away from what is known of the clip.
    file_inputs(page)[0].set_input_files(PICTURE)
    expect(person).to_be_visible()
    expect(page.get_by_text("rehearsal")).to_be_visible()


def test_what_the_inspection_finds_stands_beside_its_field(page: Any) -> None:
    choose(page)
    page.get_by_label("Prompt").fill("refuse")
    picture = page.get_by_role("region", name=re.compile("^Picture"))
    expect(
        picture.get_by_text("The picture shows no character. Use a picture of one.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Start the take")).to_be_disabled()


def test_what_an_engine_cannot_do_is_greyed_out_with_the_reason(
    page: Any, screenshot: Screenshot
) -> None:
    page.get_by_text("Engine, element, background, watermark").click()
    expect(page.get_by_role("option", name=re.compile("^dream"))).to_be_disabled()
    expect(page.get_by_text("dream is unavailable: no engine is called")).to_be_visible()
    # The model of the start takes no elements; one that does makes the choice free.
    expect(page.get_by_label("Element", exact=True)).to_be_disabled()
    expect(page.get_by_text("kling-v2-6 does not support elements.")).to_be_visible()
    page.get_by_label("Model").select_option("kling-v3")
    expect(page.get_by_label("Element", exact=True)).to_be_enabled()
    screenshot(page, "engines")


def test_another_person_and_another_background_are_chosen_by_clicks(page: Any) -> None:
    with page.expect_request(
        lambda request: (
            request.url.endswith("/inspect") and (request.post_data_json or {}).get("driver") == 2
        )
    ):
        file_inputs(page)[1].set_input_files(short_clip())
        page.get_by_role("button", name="Follow person 2").click()
    page.get_by_text("Engine, element, background, watermark").click()
    with page.expect_request(
        lambda request: (
            request.url.endswith("/inspect")
            and (request.post_data_json or {}).get("output_format") == "webm"
        )
    ) as asked:
        page.get_by_label("Background").select_option("transparent")
    assert asked.value.post_data_json["background"] == "transparent"
    page.get_by_role("button", name="Follow person 1").wait_for()


def test_a_picture_is_put_behind_the_character(page: Any, screenshot: Screenshot) -> None:
    choose(page)
    page.get_by_text("Engine, element, background, watermark").click()
    with page.expect_request(
        lambda request: (
            request.url.endswith("/inspect")
            and "/v1/files/" in (request.post_data_json or {}).get("background", "")
        )
    ):
        with page.expect_file_chooser() as chooser:
            page.get_by_label("Background", exact=True).select_option("file")
        chooser.value.set_files(EXAMPLES / "drawing.jpg")
    expect(page.get_by_text("before your picture or clip")).to_be_visible()
    screenshot(page, "background")
    expect(start(page).get_by_text("Done")).to_be_visible()


def test_several_pictures_perform_the_same_clip(page: Any, screenshot: Screenshot) -> None:
    pictures = [EXAMPLES / name for name in ("photo.jpg", "cartoon.png", "drawing.jpg")]
    file_inputs(page)[0].set_input_files(pictures)
    file_inputs(page)[1].set_input_files(short_clip())
    expect(page.get_by_text("rehearsal")).to_be_visible()
    more = page.get_by_role("list", name="More pictures")
    expect(more.get_by_role("listitem")).to_have_count(2)
    screenshot(page, "several")
    more.get_by_role("button", name="Remove drawing.jpg").click()
    known = page.get_by_role("article").count()
    start_both = page.get_by_role("button", name="Start 2 takes")
    expect(start_both).to_be_enabled()
    start_both.click()
    expect(page.get_by_text("The takes have started.")).to_be_visible()
    expect(more).to_have_count(0)
    wait_until(page, lambda: page.get_by_role("article").count() >= min(known + 2, 6))


def test_a_picture_beside_the_first_that_cannot_be_used_is_told_before_anything_starts(
    page: Any, tmp_path: Path, screenshot: Screenshot
) -> None:
    text = tmp_path / "text.png"
    text.write_text("no picture at all")
    file_inputs(page)[0].set_input_files([PICTURE, text])
    file_inputs(page)[1].set_input_files(short_clip())
    entry = page.get_by_role("list", name="More pictures").get_by_role("listitem").first
    expect(entry.get_by_text(FORMATS_OF_PICTURES)).to_be_visible()
    expect(page.get_by_role("button", name="Start 2 takes")).to_be_disabled()
    screenshot(page, "several-with-a-problem")
    entry.get_by_role("button", name="Remove text.png").click()
    expect(page.get_by_role("button", name="Start the take")).to_be_enabled()


def test_a_sample_is_one_click_away(page: Any) -> None:
    page.get_by_role("button", name="Sample: Robin").click()
    page.get_by_role("button", name="Sample: A talk").click()
    expect(page.get_by_text("rehearsal")).to_be_visible()
    expect(page.get_by_role("img", name="Outline of the character")).to_be_visible()
    expect(page.get_by_role("img", name="The tracked person").first).to_be_visible()


def test_files_can_be_dropped_anywhere_on_their_card(page: Any) -> None:
    data = page.evaluate_handle(
        """async () => {
            const transfer = new DataTransfer()
            const canvas = new OffscreenCanvas(400, 500)
            canvas.getContext('2d').fillRect(0, 0, 400, 500)
            const blob = await canvas.convertToBlob()
            transfer.items.add(new File([blob], 'dropped.png', { type: 'image/png' }))
            return transfer
        }"""
    )
    # A picture finds its place wherever it is dropped.
    clip = page.get_by_role("region", name=re.compile("^Clip"))
    clip.dispatch_event("drop", {"dataTransfer": data})
    picture = page.get_by_role("region", name=re.compile("^Picture"))
    expect(picture.get_by_text("dropped.png")).to_be_visible()


def test_media_can_be_given_by_url(page: Any, service: RehearsalServer) -> None:
    with client_of(service) as client:
        urls = {"Picture": client.upload(PICTURE).url, "Clip": client.upload(short_clip()).url}
    for name, url in urls.items():
        region = page.get_by_role("region", name=re.compile(f"^{name}"))
        region.get_by_role("button", name="URL").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("URL").fill(url)
        dialog.get_by_role("button", name="Use it").click()
        expect(dialog).to_be_hidden()
    expect(page.get_by_text("rehearsal")).to_be_visible()


def test_a_clip_can_be_recorded(page: Any) -> None:
    button = page.get_by_role("button", name="Camera")
    if button.is_disabled():
        pytest.skip("this Chromium records no MP4")
    button.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Record").click()
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text(re.compile(r"^camera .*\.mp4$"))).to_be_visible()


def test_takes_are_found_and_filtered(
    page: Any, service: RehearsalServer, screenshot: Screenshot
) -> None:
    with client_of(service) as client:
        clip = client.upload(short_clip())
        client.animate(PICTURE, clip, external_task_id="to-find")
        with pytest.raises(TaskFailedError):
            client.animate(PICTURE, clip, prompt="refuse", external_task_id="to-fail")
    page.goto(f"{service.url}/#/takes")
    page.get_by_role("radio", name="Failed").check(force=True)
    expect(
        page.get_by_text("The picture shows no character. Use a picture of one.").first
    ).to_be_visible()
    page.get_by_role("radio", name="All").check(force=True)
    screenshot(page, "takes")
    page.get_by_label("Search by id").fill("to-find")
    expect(page.get_by_role("article")).to_have_count(1)


def test_the_page_works_by_keyboard_alone(page: Any, service: RehearsalServer) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    # Whether the browser tells of its file dialog is a matter of luck; that it is asked for is not.
    chosen = page.locator("input[type=file]").first
    chosen.evaluate(
        """input => input.addEventListener('click', event => {
            event.preventDefault()
            input.dataset.asked = 'yes'
        })"""
    )
    page.keyboard.press("Enter")
    expect(chosen).to_have_attribute("data-asked", "yes")
    chosen.set_input_files(PICTURE)
    expect(page.get_by_text(PICTURE.name)).to_be_visible()
    page.get_by_role("radio", name="As in the clip").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="As in the picture")).to_be_checked()


def test_signing_in_takes_a_key_that_is_known(
    page: Any, service: RehearsalServer, screenshot: Screenshot
) -> None:
    page.goto(f"{service.url}/#/account")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").fill("api-key-wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This server does not know this key.")
    screenshot(page, "sign-in")
    page.get_by_label("API key").fill(service.credentials.api_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Account")


def test_the_page_fits_a_phone(
    open_page: Callable[..., Any], service: RehearsalServer, screenshot: Screenshot
) -> None:
    page = open_page(
        service.url, viewport={"width": 360, "height": 740}, has_touch=True, device_scale_factor=2
    )
    for name in ("takes", "elements", "account", ""):
        page.goto(f"{service.url}/#/{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    choose(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        screenshot(page, f"phone-{scheme}")


def test_the_page_outlives_its_server(open_page: Callable[..., Any], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with rehearsing(tmp_path) as service:
        port = int(service.url.rpartition(":")[2])
        with client_of(service) as client:
            task = client.create(PICTURE, client.upload(short_clip()), prompt=f"linger {gate}")
        page = open_page(service.url)
        card = page.get_by_label(f"Take {task.id}", exact=True)
        expect(card.get_by_text("Rendering")).to_be_visible()
        service.kill()
        expect(page.get_by_text("The server cannot be reached")).to_be_visible()
        expect(card).to_be_visible()
        gate.touch()
        with rehearsing(tmp_path, port=port):
            expect(card.get_by_text("Done")).to_be_visible()
            expect(page.get_by_text("The server cannot be reached")).to_be_hidden()


def test_how_much_of_the_motion_is_taken_is_set_by_slider_and_switches(
    page: Any, service: RehearsalServer, screenshot: Screenshot
) -> None:
    choose(page)
    page.get_by_text("Motion", exact=True).click()
    strength = page.get_by_label("Strength")
    strength.fill("60")
    page.get_by_role("switch", name="Body").uncheck(force=True)
    page.get_by_role("switch", name="Travel").uncheck(force=True)
    expect(page.get_by_text("60 %, without body, way")).to_be_visible()
    screenshot(page, "motion")
    card = start(page)
    expect(card.get_by_text("Done")).to_be_visible()
    with client_of(service) as client:
        task = next(client.tasks(page_size=1))
    url = f"{service.url}/v1/videos/motion-control/{task.id}/detail"
    asked = web.get(url, headers=service.headers).json()["data"]["request"]
    assert asked["motion_strength"] == 60
    assert asked["motion_parts"] == {"body": False, "travel": False}
