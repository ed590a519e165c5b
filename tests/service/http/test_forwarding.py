"""The URLs that clients get start with the address that they used, or with the public one."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from understudy.testing import RehearsalServer, rehearsing

Body = Callable[..., dict[str, Any]]

FORWARDED = {"X-Forwarded-Host": "motion.example.com", "X-Forwarded-Proto": "https"}


def as_client(client: Client, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.credentials.api_key}", **headers}


def base(url: str) -> str:
    return "/".join(url.split("/")[:3])


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Host": "192.168.1.20:8000"}, "http://192.168.1.20:8000"),
        ({"Host": "studio_1.lan"}, "http://studio_1.lan"),
        ({"Host": "[fd00::5]:8000"}, "http://[fd00::5]:8000"),
        (FORWARDED, "https://motion.example.com"),
        ({**FORWARDED, "X-Forwarded-Host": "a.example:8443, inner"}, "https://a.example:8443"),
        (
            {"Host": "motion.example.com", "X-Forwarded-Proto": "https"},
            "https://motion.example.com",
        ),
    ],
)
def test_urls_start_with_the_address_that_the_client_used(
    client: Client, create_body: Body, headers: dict[str, str], expected: str
) -> None:
    made = client.data("POST", PATH, json=create_body(watermark_info={"enabled": True}))
    client.ended(made["task_id"])
    signed_in = as_client(client, **headers)
    record = client.data("GET", f"{PATH}/{made['task_id']}", headers=signed_in)
    (video,) = record["task_result"]["videos"]
    (task,) = client.data("GET", f"/tasks?task_ids={made['task_id']}", headers=signed_in)
    listed = client.data("GET", PATH, headers=signed_in)
    page = client.data("POST", "/tasks", json={}, headers=signed_in)
    detail = client.data("GET", f"{PATH}/{made['task_id']}/detail", headers=signed_in)
    urls = [
        *(video["url"], video["watermark_url"]),
        *(task["outputs"][0]["url"], listed[0]["task_result"]["videos"][0]["url"]),
        *(page["result"][0]["outputs"][0]["url"], detail["files"][0]["url"]),
        *(file["url"] for file in detail["files"] if file["kind"] == "video"),
    ]
    assert {base(url) for url in urls} == {expected}
    document = client.ask("GET", "/openapi.json", headers=signed_in).json()
    assert document["servers"] == [{"url": expected}]


@pytest.mark.parametrize("host", ["", "a/b", "a b", "user@a", "a?b", "a:b", "x" * 300])
def test_a_host_that_is_none_is_not_repeated(
    client: Client, create_body: Body, server: RehearsalServer, host: str
) -> None:
    made = client.data("POST", PATH, json=create_body())
    client.ended(made["task_id"])
    headers = as_client(client, **{"X-Forwarded-Host": host})
    record = client.data("GET", f"{PATH}/{made['task_id']}", headers=headers)
    assert base(record["task_result"]["videos"][0]["url"]) == server.url


def test_a_callback_has_the_address_of_the_create(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(callback_url=f"{far.url}/named")
    made = client.data("POST", PATH, json=body, headers=as_client(client, Host="10.0.0.7:8000"))
    while True:
        told = json.loads(far.next_callback("/named").body)
        if told["task_id"] == made["task_id"] and told["task_status"] == "succeed":
            break
    assert base(told["task_result"]["videos"][0]["url"]) == "http://10.0.0.7:8000"


def test_an_elements_callback_has_the_address_of_its_create(client: Client, far: FarSide) -> None:
    picture = f"{far.url}/picture.png"
    body = {
        "element_name": "Mira",
        "element_description": "A dancer",
        "reference_type": "image_refer",
        "element_image_list": {
            "frontal_image": picture,
            "refer_images": [{"image_url": picture}],
        },
        "callback_url": f"{far.url}/element-named",
    }
    client.data(
        "POST",
        "/v1/general/advanced-custom-elements",
        json=body,
        headers=as_client(client, Host="10.0.0.8:8000"),
    )
    while True:
        told = json.loads(far.next_callback("/element-named").body)
        if told["task_status"] == "succeed":
            break
    (element,) = told["task_result"]["elements"]
    assert base(element["element_image_list"]["frontal_image"]) == "http://10.0.0.8:8000"


def test_an_upload_is_known_by_every_name_of_the_server(
    client: Client, create_body: Body, media: dict[str, bytes], server: RehearsalServer
) -> None:
    headers = as_client(client, Host="studio.lan:8000")
    files = {"file": ("p", media["picture.png"])}
    upload = client.data("POST", "/v1/files", files=files, headers=headers)
    assert base(upload["url"]) == "http://studio.lan:8000"
    made = client.data("POST", PATH, json=create_body(image_url=upload["url"]))
    assert client.ended(made["task_id"])["task_status"] == "succeed"
    detail = client.data("GET", f"{PATH}/{made['task_id']}/detail")
    assert detail["request"]["image_url"] == f"{server.url}/v1/files/{upload['file_id']}"


def test_a_url_that_only_looks_like_an_upload_is_fetched(
    client: Client, create_body: Body, media: dict[str, bytes], far: FarSide
) -> None:
    url = far.put("v1/files/" + "a" * 32, media["picture.png"])
    made = client.data("POST", PATH, json=create_body(image_url=url))
    assert client.ended(made["task_id"])["task_status"] == "succeed"


def test_nobody_but_a_trusted_proxy_is_believed(tmp_path: Path) -> None:
    with rehearsing(tmp_path, trusted_proxies="10.9.9.9") as server:
        document = web.get(f"{server.url}/openapi.json", headers=FORWARDED)
        assert document.json()["servers"] == [{"url": server.url}]


def test_a_public_url_counts_before_the_request(tmp_path: Path, media: dict[str, bytes]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    public = "https://motion.example.com/kling"
    with rehearsing(tmp_path, port=port, public_url=f"{public}/") as server:
        answer = web.post(
            f"http://127.0.0.1:{port}/v1/files",
            files={"file": ("p", media["picture.png"])},
            headers={**server.headers, "Host": "elsewhere.example"},
        )
        assert answer.json()["data"]["url"].startswith(f"{public}/v1/files/")
