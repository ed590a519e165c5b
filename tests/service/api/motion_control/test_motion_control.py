"""The legacy design over HTTP: create, one, list, in the contract's exact shapes."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.service.api import motion_control

Body = Callable[..., dict[str, Any]]

RECORD: TypeAdapter[Any] = TypeAdapter(motion_control.Record)


def test_a_task_goes_from_create_to_a_downloaded_video(
    client: Client, create_body: Body, media: dict[str, bytes]
) -> None:
    body = create_body(external_task_id="mine", watermark_info={"enabled": True})
    made = client.data("POST", PATH, json=body)
    assert set(made) == {"task_id", "task_status", "task_info", "created_at", "updated_at"}
    assert made["task_status"] == "submitted"
    assert made["task_info"] == {"external_task_id": "mine"}
    assert made["created_at"] == made["updated_at"]
    assert len(made["task_id"]) == 18
    assert made["task_id"].isdecimal()

    record = client.ended(made["task_id"])
    RECORD.validate_python(record, strict=True, extra="forbid")
    assert record["task_status"] == "succeed"
    assert record["task_status_msg"] == ""
    assert record["watermark_info"] == {"enabled": True}
    assert record["final_unit_deduction"] == "1.5"
    assert record["final_balance_deduction"] == {"quota": "0", "list_price": "0"}
    (video,) = record["task_result"]["videos"]
    assert video["duration"] == "3.066"
    for url in (video["url"], video["watermark_url"]):
        answer = web.get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.content == media["clip.mp4"]
    assert client.data("GET", f"{PATH}/mine") == record


def test_optional_parts_of_a_record_are_absent_until_they_are_known(
    client: Client, create_body: Body, tmp_path: Any
) -> None:
    body = create_body(prompt=f"hold {tmp_path / 'go'}")
    made = client.data("POST", PATH, json=body)
    record = client.data("GET", f"{PATH}/{made['task_id']}")
    RECORD.validate_python(record, strict=True, extra="forbid")
    assert not {"task_result", "final_unit_deduction", "final_balance_deduction"} & set(record)
    assert record["task_info"] == {}
    (tmp_path / "go").touch()
    record = client.ended(made["task_id"])
    assert "watermark_url" not in record["task_result"]["videos"][0]


def test_every_answer_has_the_envelope_and_its_own_request_id(
    client: Client, create_body: Body
) -> None:
    answers = [
        client.ask("GET", PATH),
        client.ask("GET", f"{PATH}/nope"),
        client.ask("POST", PATH, json={}),
        client.ask("GET", "/nowhere"),
        client.ask("PUT", PATH),
    ]
    ids = [answer.json()["request_id"] for answer in answers]
    assert len(set(ids)) == len(ids)
    for answer in answers:
        body = answer.json()
        uuid.UUID(body["request_id"])
        assert answer.headers["x-request-id"] == body["request_id"]
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert ("data" in body) == (body["code"] == 0) == (answer.status_code == 200)


def test_unknown_paths_and_methods_are_404_with_codes_of_their_own(client: Client) -> None:
    assert client.error("GET", "/v1/videos/nowhere")[:2] == (404, 1203)
    assert client.error("DELETE", "/tasks")[:2] == (404, 1202)


@pytest.mark.parametrize(
    "path", [f"{PATH}/", f"{PATH}//", "/account/costs/?start_time=0&end_time=1"]
)
def test_trailing_slashes_are_accepted(client: Client, path: str) -> None:
    client.data("GET", path)


def test_media_may_come_as_base64_or_uploads(
    client: Client, create_body: Body, media: dict[str, bytes]
) -> None:
    encoded = base64.b64encode(media["picture.png"]).decode()
    uploaded = {
        name: client.data("POST", "/v1/files", files={"file": (name, media[name])})["url"]
        for name in ("picture.jpg", "clip.mp4")
    }
    for picture, clip in (
        (encoded, ...),
        (encoded.rstrip("="), uploaded["clip.mp4"]),
        (uploaded["picture.jpg"], uploaded["clip.mp4"]),
    ):
        body = create_body(image_url=picture)
        if clip is not ...:
            body["video_url"] = clip
        made = client.data("POST", PATH, json=body)
        assert client.ended(made["task_id"])["task_status"] == "succeed"


def test_an_upload_is_for_its_account_alone(
    client: Client, new_client: Callable[[], Client], create_body: Body, media: dict[str, bytes]
) -> None:
    upload = client.data("POST", "/v1/files", files={"file": ("p", media["picture.png"])})
    other = new_client()
    assert other.error("POST", PATH, json=create_body(image_url=upload["url"])) == (
        400,
        1201,
        "Something went wrong when we tried to get the contents of the file.",
    )
    assert other.error("GET", f"/v1/files/{upload['file_id']}")[:2] == (404, 1203)
    own = client.ask("GET", f"/v1/files/{upload['file_id']}")
    assert own.content == media["picture.png"]
    assert own.headers["content-type"] == "image/png"


def test_accounts_do_not_see_one_another(
    client: Client, new_client: Callable[[], Client], create_body: Body
) -> None:
    made = client.data("POST", PATH, json=create_body(external_task_id="shared name"))
    other = new_client()
    for reference in (made["task_id"], "shared name"):
        message = f"Task not found by id/external id: {reference}"
        for method, path in (
            ("GET", f"{PATH}/{reference}"),
            ("POST", f"{PATH}/{reference}/cancel"),
            ("GET", f"{PATH}/{reference}/events"),
        ):
            assert other.error(method, path) == (400, 1201, message)
    assert other.data("GET", PATH) == []
    again = other.data("POST", PATH, json=create_body(external_task_id="shared name"))
    assert again["task_id"] != made["task_id"]


def test_an_external_id_is_taken_once_across_both_designs(
    client: Client, create_body: Body, far: FarSide
) -> None:
    client.data("POST", PATH, json=create_body(external_task_id="once"))
    taken = (400, 1201, "External_task_id once already exists")
    assert client.error("POST", PATH, json=create_body(external_task_id="once")) == taken
    other = {
        "contents": [
            {"type": "image", "url": f"{far.url}/picture.png"},
            {"type": "video", "url": f"{far.url}/clip.mp4"},
        ],
        "settings": {"character_orientation": "video"},
        "options": {"external_task_id": "once"},
    }
    assert client.error("POST", "/motion-control/kling-3.0", json=other) == taken


def test_lists_are_bare_arrays_newest_first(client: Client, create_body: Body) -> None:
    ids = [client.data("POST", PATH, json=create_body())["task_id"] for _ in range(3)]
    assert [task["task_id"] for task in client.data("GET", PATH)] == ids[::-1]
    pages = [
        [task["task_id"] for task in client.data("GET", f"{PATH}?pageNum={n}&pageSize=2")]
        for n in (1, 2, 3)
    ]
    assert pages == [ids[:0:-1], ids[:1], []]


@pytest.mark.parametrize("name", ["pageNum", "pageSize"])
@pytest.mark.parametrize("value", ["0", "-1", "1001", "x", "1.5", "1e2", "９", "9" * 30])
def test_pages_out_of_range_are_refused(client: Client, name: str, value: str) -> None:
    status, code, message = client.error("GET", PATH, params={name: value})
    assert (status, code) == (400, 1201)
    assert message.startswith(f"{name} value '{value}' is invalid")


def test_the_last_page_and_the_largest_are_allowed(client: Client) -> None:
    assert client.data("GET", PATH, params={"pageNum": 1000, "pageSize": 500}) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The request body is not valid JSON"),
        (b"{", "The request body is not valid JSON"),
        (b"[]", "The request body is not a JSON object"),
        (b'"text"', "The request body is not a JSON object"),
        (b'{"prompt": NaN}', "The request body is not valid JSON"),
        (b"\xff\xfe\x00", "The request body is not valid JSON"),
        (b"[" * 100_000, "The request body is not valid JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "The request body is not valid JSON"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused_as_a_whole(
    client: Client, body: bytes, message: str
) -> None:
    assert client.error("POST", PATH, content=body) == (400, 1200, message)


def test_a_body_needs_no_content_type(client: Client) -> None:
    assert client.error("POST", PATH, content=b"{}") == (400, 1201, "imageUrl: must not be blank")


def test_a_model_costs_what_the_capability_map_says(client: Client, create_body: Body) -> None:
    for model, mode, units in (
        ("kling-v2-6", "std", "1.5"),
        ("kling-v2-6", "pro", "2.4"),
        ("kling-v3", "std", "2.7"),
        ("kling-v3", "pro", "3.6"),
    ):
        made = client.data("POST", PATH, json=create_body(model_name=model, mode=mode))
        record = client.ended(made["task_id"])
        assert Decimal(record["final_unit_deduction"]) == Decimal(units)


def test_a_refusal_found_in_the_task_ends_it_with_its_message(
    client: Client, create_body: Body
) -> None:
    made = client.data("POST", PATH, json=create_body(prompt="refuse"))
    record = client.ended(made["task_id"])
    assert record["task_status"] == "failed"
    assert record["task_status_msg"] == (
        "Image recognition failed. No complete upper body detected in the image. "
        "image_url: the picture shows no character; use a picture of one"
    )
    assert "final_unit_deduction" not in record


def test_a_model_that_cannot_run_here_is_refused_and_those_that_can_are_named(
    client: Client, create_body: Body
) -> None:
    status, code, message = client.error("POST", PATH, json=create_body(model_name="generated"))
    assert (status, code) == (400, 1201)
    assert message.startswith("model_name: 'generated' cannot run here (wan-animate-2")
    assert message.endswith("'kling-v2-6' and 'kling-v3' and 'brief' and 'patient' can be used")


def test_a_model_that_cannot_replace_the_person_refuses_the_clips_scene(
    client: Client, create_body: Body
) -> None:
    status, code, message = client.error("POST", PATH, json=create_body(background="clip"))
    assert (status, code) == (400, 1201)
    assert message == (
        "background: 'kling-v2-6' cannot draw the character in the clip's scene; none can"
    )


def test_a_clip_longer_than_the_model_takes_is_refused(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(model_name="brief", video_url=f"{far.url}/eleven.mp4")
    status, code, message = client.error("POST", PATH, json=body)
    assert (status, code) == (400, 1201)
    assert message == "video_url: the video lasts 11.00 s; allowed: 3 to 5 s"


def test_a_model_may_take_longer_clips_than_the_contract(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(
        model_name="patient", video_url=f"{far.url}/eleven.mp4", character_orientation="image"
    )
    made = client.data("POST", PATH, json=body)
    assert client.ended(made["task_id"])["task_status"] == "succeed"


def test_the_result_has_the_format_that_was_asked_for(client: Client, create_body: Body) -> None:
    body = create_body(
        background="transparent",
        output_format="webm",
        loop=True,
        driver=2,
        watermark_info={"enabled": True},
    )
    made = client.data("POST", PATH, json=body)
    (video,) = client.ended(made["task_id"])["task_result"]["videos"]
    for url in (video["url"], video["watermark_url"]):
        assert httpx2.URL(url).path.endswith(".webm")
        answer = web.get(url)
        assert answer.headers["content-type"] == "video/webm"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"background": "transparent"},
            "background: a .mp4 file cannot be transparent; write .webm, .mov, .gif, .webp or a"
            " folder of PNG files",
        ),
        (
            {"background": "file"},
            "background: the value is 'file'; use 'keep', 'clip', 'transparent'",
        ),
        (
            {"background": "/a.png"},
            "background: the value is '/a.png'; use 'keep', 'clip', 'transp",
        ),
        ({"background": "sky"}, "background: the value is 'sky'; use 'keep', 'clip',"),
        ({"output_format": "avi"}, "output_format value 'avi' is invalid"),
        ({"driver": "left"}, "driver: the value is 'left'; give a person's number"),
        ({"driver": 0}, "driver: the value is '0'; give a person's number"),
        ({"loop": "yes"}, "loop value 'yes' is invalid"),
    ],
)
def test_options_of_ours_that_cannot_be_are_named(
    client: Client, create_body: Body, fields: dict[str, Any], message: str
) -> None:
    status, code, said = client.error("POST", PATH, json=create_body(**fields))
    assert (status, code) == (400, 1201)
    assert said.startswith(message)


def test_the_tasks_design_takes_our_options_among_its_settings(
    client: Client, create_body: Body
) -> None:
    legacy = create_body()
    body = {
        "contents": [
            {"type": "image", "url": legacy["image_url"]},
            {"type": "video", "url": legacy["video_url"]},
        ],
        "settings": {
            "character_orientation": "video",
            "background": "#00b140",
            "output_format": "mov",
            "driver": "0.7,0.4",
        },
    }
    made = client.data("POST", "/motion-control/kling-2.6", json=body)
    record = client.ended(made["id"])
    (video,) = record["task_result"]["videos"]
    assert httpx2.URL(video["url"]).path.endswith(".mov")
