"""Uploads, and the signed URLs that results are read by."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests import web
from tests.service.conftest import PATH, Client

Body = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("picture.png", "picture"), ("picture.jpg", "picture"), ("clip.mp4", "clip")],
)
def test_an_upload_says_what_it_is(
    client: Client, media: dict[str, bytes], name: str, kind: str
) -> None:
    made = client.data("POST", "/v1/files", files={"file": ("wrong.txt", media[name])})
    assert set(made) == {"file_id", "url", "kind", "bytes"}
    assert (made["kind"], made["bytes"]) == (kind, len(media[name]))
    assert made["url"].endswith(f"/v1/files/{made['file_id']}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty.png", "file: the file is empty; at most 200 MB is allowed"),
        (
            "picture.gif",
            "file: the file is GIF by its content; allowed: jpg, jpeg, png, mp4 and mov",
        ),
        (
            "narrow.png",
            "Image pixel is invalid. "
            "file: the size is 299 x 300 px; each side must be 300 to 65536 px",
        ),
        ("cut.png", "file: the PNG is cut off; allowed: jpg, jpeg and png"),
        ("short.mp4", "Video duration can not less than 3s"),
        ("long.mp4", "file: the video lasts 31.00 s; allowed: 3 to 30 s"),
    ],
)
def test_an_upload_that_cannot_be_used_is_refused(
    client: Client, media: dict[str, bytes], name: str, message: str
) -> None:
    error = client.error("POST", "/v1/files", files={"file": (name, media[name])})
    assert error == (400, 1201, message)


@pytest.mark.parametrize(
    ("field", "taken", "refused", "words"),
    [
        (
            "image_url",
            "picture.png",
            "clip.mp4",
            "mp4 by its content; allowed: jpg, jpeg and png",
        ),
        ("video_url", "clip.mp4", "picture.png", "png by its content; allowed: mp4 and mov"),
    ],
)
def test_an_upload_for_a_field_is_of_its_kind_or_refused_in_its_name(
    client: Client, media: dict[str, bytes], field: str, taken: str, refused: str, words: str
) -> None:
    path = f"/v1/files?field={field}"
    client.data("POST", path, files={"file": ("x", media[taken])})
    error = client.error("POST", path, files={"file": ("x", media[refused])})
    assert error == (400, 1201, f"{field}: the file is {words}")


def test_a_field_that_takes_no_uploads_is_refused(client: Client, media: dict[str, bytes]) -> None:
    files = {"file": ("x", media["picture.png"])}
    error = client.error("POST", "/v1/files?field=mode", files=files)
    assert error[2] == "field value 'mode' is invalid: image_url or video_url is expected"


def test_limits_that_depend_on_the_use_are_checked_at_the_create(
    client: Client, create_body: Body, media: dict[str, bytes]
) -> None:
    upload = client.data("POST", "/v1/files", files={"file": ("c", media["eleven.mp4"])})
    body = create_body(video_url=upload["url"], character_orientation="image")
    assert client.error("POST", PATH, json=body)[2] == (
        "video_url: the video lasts 11.00 s; allowed: 3 to 10 s"
    )
    body = create_body(image_url=upload["url"])
    assert client.error("POST", PATH, json=body)[2] == (
        "image_url: the upload is a clip; use a picture"
    )


MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{}", 1200),
        ("multipart/form-data", b"", 1200),
        ("multipart/form-data; boundary=x", b"", 1200),
        ("multipart/form-data; boundary=x", b"nonsense", 1200),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\nhalf", 1200),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 1201),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\na\r\n--x--\r\n',
            1201,
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: " + b"a" * 20_000 + b"\r\n\r\na\r\n--x--\r\n",
            1200,
        ),
    ],
)
def test_a_body_that_holds_no_file_is_refused(
    client: Client, content_type: str, body: bytes, code: int
) -> None:
    headers = {
        "Authorization": f"Bearer {client.credentials.api_key}",
        "Content-Type": content_type,
    }
    assert client.error("POST", "/v1/files", content=body, headers=headers)[:2] == (400, code)


@pytest.fixture
def result_url(client: Client, create_body: Body) -> str:
    """The signed URL of a finished task's video."""
    made = client.data("POST", PATH, json=create_body())
    url: str = client.ended(made["task_id"])["task_result"]["videos"][0]["url"]
    return url


def get(url: str, **headers: str) -> httpx2.Response:
    return web.get(url, headers=headers)


def test_a_result_is_read_by_ranges(result_url: str, media: dict[str, bytes]) -> None:
    clip = media["clip.mp4"]
    whole = get(result_url)
    assert (whole.status_code, whole.content) == (200, clip)
    assert whole.headers["accept-ranges"] == "bytes"
    part = get(result_url, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, clip[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(clip)}"
    tail = get(result_url, Range="bytes=-5")
    assert (tail.status_code, tail.content) == (206, clip[-5:])
    beyond = get(result_url, Range=f"bytes={len(clip)}-")
    assert beyond.status_code == 416
    head = httpx2.head(result_url, trust_env=False)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(clip)))


def test_what_is_no_range_of_bytes_counts_for_nothing(
    result_url: str, media: dict[str, bytes]
) -> None:
    for asked in ("bytes=5-2", "bytes=a-b", "bytes=", "bytes=-", "items=0-1", "x", "bytes=0-1,x"):
        answer = get(result_url, Range=asked)
        assert (answer.status_code, answer.content) == (200, media["clip.mp4"]), asked


def test_a_link_carries_its_expiry_of_thirty_days(result_url: str) -> None:
    found = re.search(r"expires=(\d+)", result_url)
    assert found is not None
    assert abs(int(found[1]) - time.time() - 30 * 86_400) < 60


def test_a_link_that_was_changed_opens_nothing(result_url: str) -> None:
    base, _, query = result_url.partition("?")
    later = re.sub(r"expires=\d+", "expires=9999999999", query)
    for url in (
        base,
        f"{base}?{later}",
        f"{base}?{query[:-1]}",
        f"{base}?{query}x",
        f"{base}?expires=x&signature=y",
        f"{base}?expires=&signature=",
        f"{base}x?{query}",
        f"{base.rpartition('/')[0]}/../../../understudy.db?{query}",
        f"{base.partition('/v1/')[0]}/v1/media/%2e%2e/understudy.db?{query}",
        f"{base.partition('/v1/')[0]}/v1/media/uploads/1/x?{query}",
    ):
        answer = get(url)
        assert answer.status_code in (403, 404)
        assert answer.json()["code"] in (1103, 1203)


def test_what_is_no_clients_file_cannot_be_signed_for(server: Any, result_url: str) -> None:
    """Links open results, elements and inputs only, whoever could sign."""
    from understudy.tasks.accounts.keyring import load_keyring
    from understudy.tasks.files.links import Links

    links = Links(server.url, load_keyring(None, server.data), 10**9)
    for key in ("../understudy.db", "understudy.db", "/secret.key", ""):
        signature = links.keyring.sign(f"{key}\n9999999999")
        assert not links.opens(key, "9999999999", signature, now=0)
    good = links.keyring.sign("results/1/1/x.mp4\n9999999999")
    assert links.opens("results/1/1/x.mp4", "9999999999", good, now=0)
    assert not links.opens("results/1/1/y.mp4", "9999999999", good, now=0)
