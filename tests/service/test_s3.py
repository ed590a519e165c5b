"""The whole service over a storage that is elsewhere: clients are sent there for what is large."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import web
from tests.s3 import keys, make_bucket, speaking_s3
from tests.service.conftest import PATH, Client
from tests.waiting import until
from understudy.testing import rehearsing

ELEMENTS = "/v1/general/advanced-custom-elements"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The endpoint of a server that speaks S3."""
    with speaking_s3() as endpoint:
        yield endpoint


@contextmanager
def serving(data: Path, bucket: str) -> Iterator[Client]:
    """A client of a server whose files lie in a folder of a bucket."""
    storage_url = f"s3://{bucket}/here"
    with (
        rehearsing(data, storage_url=storage_url, shutdown_seconds=0) as server,
        web.client(base_url=server.url) as http,
    ):
        yield Client(http, server.credentials)


def upload(client: Client, data: bytes) -> str:
    url: str = client.data("POST", "/v1/files", files={"file": ("file", data)})["url"]
    return url


def followed(url: str, **headers: str) -> httpx2.Response:
    """What a client that was given a link ends up with, elsewhere."""
    sent_on = web.get(url, headers=headers)
    assert sent_on.status_code == 302
    place = sent_on.headers["location"]
    return web.get(place, headers=headers)


def test_a_take_lies_in_s3_from_upload_to_deletion(
    s3: str, tmp_path: Path, media: dict[str, bytes]
) -> None:
    bucket = make_bucket(s3)

    def lie(*folders: str) -> list[str]:
        return [key for key in keys(s3, bucket) if key.startswith(folders)]

    with serving(tmp_path, bucket) as client:
        assert client.ask("GET", "/readyz").status_code == 200
        body = {
            "image_url": base64.b64encode(media["picture.png"]).decode(),
            "video_url": upload(client, media["clip.mp4"]),
            "character_orientation": "video",
            "mode": "std",
            "watermark_info": {"enabled": True},
        }
        task = client.data("POST", PATH, json=body)["task_id"]
        (video,) = client.ended(task)["task_result"]["videos"]
        for url in (video["url"], video["watermark_url"]):
            got = followed(url)
            assert (got.content, got.headers["content-type"]) == (media["clip.mp4"], "video/mp4")
            part = followed(url, range="bytes=4-7")
            assert (part.status_code, part.content) == (206, b"ftyp")
        files = client.data("GET", f"{PATH}/{task}/detail")["files"]
        skeleton = next(f for f in files if (f["kind"], f["format"]) == ("performance", "mp4"))
        assert followed(skeleton["url"]).content[4:8] == b"ftyp"
        assert len(lie(f"here/inputs/{task}/")) == 1
        assert not list(tmp_path.glob("files/**/*"))
        client.data("DELETE", f"{PATH}/{task}")

    # What is due is deleted at the start.
    with serving(tmp_path, bucket):
        until(lambda: not lie(f"here/inputs/{task}/", f"here/results/{task}/"))
    assert len(lie("here/uploads/")) == 1


def test_an_element_s_pictures_come_from_the_server_itself(
    s3: str, tmp_path: Path, media: dict[str, bytes]
) -> None:
    """The page takes one as a take's picture, which browsers allow from its own server alone."""
    with serving(tmp_path, make_bucket(s3)) as client:
        url = upload(client, media["picture.png"])
        made = client.data(
            "POST",
            ELEMENTS,
            json={
                "element_name": "Kit",
                "element_description": "A fox",
                "reference_type": "image_refer",
                "element_image_list": {"frontal_image": url, "refer_images": [{"image_url": url}]},
            },
        )

        def element() -> Any:
            return client.data("GET", f"{ELEMENTS}/{made['task_id']}")

        until(lambda: element()["task_status"] == "succeed")
        (found,) = element()["task_result"]["elements"]
        got = web.get(found["element_image_list"]["frontal_image"])
        assert (got.status_code, got.content) == (200, media["picture.png"])
        assert got.headers["content-type"] == "image/png"
        (preset, *_) = client.data("GET", "/v1/general/advanced-presets-elements")
        (shown,) = preset["task_result"]["elements"]
        got = web.get(shown["element_image_list"]["frontal_image"])
        assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")


def test_a_storage_that_does_not_answer_is_told_within_seconds(
    s3: str, tmp_path: Path, media: dict[str, bytes]
) -> None:
    with serving(tmp_path, "no-such-bucket") as client:
        for answer in (
            client.ask("GET", "/readyz"),
            client.ask("POST", "/v1/files", files={"file": ("file", media["picture.png"])}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, 5001)
            assert int(answer.headers["retry-after"]) > 0
