"""What a create says of pictures and clips, whatever side they come from, within its time."""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import CLIENT_SECONDS, PATH, Client
from tests.service.far_side import FarSide
from understudy.service.http.contract_errors import ParameterInvalid
from understudy.service.media.checks import write_base64

Body = Callable[..., dict[str, Any]]

UNREACHABLE = "Something went wrong when we tried to get the contents of the file."
NOT_BASE64 = "File is not in a valid base64 format"
PICTURES = "allowed: jpg, jpeg and png"
CLIPS = "allowed: mp4 and mov"

PICTURE_FAULTS = {
    "narrow.png": "Image pixel is invalid. image_url: the size is 299 x 300 px; each side must be "
    "300 to 65536 px",
    "too-tall.png": "Image pixel is invalid. image_url: the aspect ratio of 300 x 751 px is "
    "1:2.51; allowed: 1:2.5 to 2.5:1",
    "picture.gif": f"image_url: the picture is GIF by its content; {PICTURES}",
    "page.html": f"image_url: the picture is an HTML page; {PICTURES}",
    "clip.mp4": f"image_url: the picture is mp4 by its content; {PICTURES}",
    "empty.png": "image_url: the file is empty; at most 10 MB is allowed",
    "cut.png": f"image_url: the PNG is cut off; {PICTURES}",
}
CLIP_FAULTS = {
    "short.mp4": "Video duration can not less than 3s",
    "long.mp4": "video_url: the video lasts 31.00 s; allowed: 3 to 30 s",
    "small.mp4": "video_url: the size is 336 x 340 px; each side must be 340 to 3850 px",
    "picture.png": f"video_url: the file is png by its content; {CLIPS}",
    "page.html": f"video_url: the file is an HTML page; {CLIPS}",
}


@pytest.mark.parametrize("name", PICTURE_FAULTS)
def test_a_picture_that_cannot_be_used_is_refused_at_once(
    client: Client, create_body: Body, far: FarSide, media: dict[str, bytes], name: str
) -> None:
    expected = (400, 1201, PICTURE_FAULTS[name])
    assert client.error("POST", PATH, json=create_body(image_url=f"{far.url}/{name}")) == expected
    encoded = base64.b64encode(media[name]).decode()
    if encoded:
        assert client.error("POST", PATH, json=create_body(image_url=encoded)) == expected


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg", "tall.png"])
def test_a_picture_at_the_limits_is_taken(
    client: Client, create_body: Body, far: FarSide, name: str
) -> None:
    client.data("POST", PATH, json=create_body(image_url=f"{far.url}/{name}"))


@pytest.mark.parametrize("ranged", [True, False])
@pytest.mark.parametrize("name", CLIP_FAULTS)
def test_a_clip_that_cannot_be_used_is_refused_at_once(
    client: Client, create_body: Body, far: FarSide, name: str, ranged: bool
) -> None:
    far.ranged = ranged
    try:
        body = create_body(video_url=f"{far.url}/{name}")
        assert client.error("POST", PATH, json=body) == (400, 1201, CLIP_FAULTS[name])
    finally:
        far.ranged = True


def test_the_orientation_sets_how_long_a_clip_may_be(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(video_url=f"{far.url}/eleven.mp4")
    client.data("POST", PATH, json=body)
    assert client.error("POST", PATH, json={**body, "character_orientation": "image"}) == (
        400,
        1201,
        "video_url: the video lasts 11.00 s; allowed: 3 to 10 s",
    )


@pytest.mark.parametrize(
    "text",
    [
        "data:image/png;base64,aGVsbG8=",
        "not base64!",
        "example.com/picture.png",
        "ftp://example.com/picture.png",
        "aGVsbG8===x",
        "aGVs-bG8_",
        "=",
        "a",
        "ключ",
    ],
)
def test_text_that_is_neither_url_nor_base64_is_refused(
    client: Client, create_body: Body, text: str
) -> None:
    assert client.error("POST", PATH, json=create_body(image_url=text)) == (400, 1201, NOT_BASE64)


def test_base64_of_a_picture_too_large_is_refused(
    client: Client, create_body: Body, media: dict[str, bytes]
) -> None:
    data = media["picture.png"] + bytes(10 * 1024 * 1024)
    body = create_body(image_url=base64.b64encode(data).decode())
    assert client.error("POST", PATH, json=body) == (
        400,
        1201,
        "image_url: the file has 10.01 MB; at most 10 MB is allowed",
    )


@pytest.mark.parametrize("field", ["image_url", "video_url"])
@pytest.mark.parametrize(
    "url",
    [
        "{far}/absent",
        "http://127.0.0.1:9/refused",
        "http://name-that-is-not.invalid/",
        "https://{host}/no-tls",
    ],
)
def test_media_that_cannot_be_reached_are_refused_in_the_contracts_words(
    client: Client, create_body: Body, far: FarSide, field: str, url: str
) -> None:
    url = url.format(far=far.url, host=far.url.removeprefix("http://"))
    assert client.error("POST", PATH, json=create_body(**{field: url})) == (400, 1201, UNREACHABLE)


def test_the_pictures_fault_is_told_before_the_clips(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(image_url=f"{far.url}/narrow.png", video_url=f"{far.url}/short.mp4")
    assert "image_url" in client.error("POST", PATH, json=body)[2]


def test_a_far_side_that_hangs_is_left_to_the_task(
    client: Client, create_body: Body, far: FarSide
) -> None:
    body = create_body(image_url=f"{far.url}/hang-1", video_url=f"{far.url}/hang-2")
    began = time.monotonic()
    made = client.data("POST", PATH, json=body)
    assert time.monotonic() - began < CLIENT_SECONDS
    cancelled = client.data("POST", f"{PATH}/{made['task_id']}/cancel")
    assert cancelled["task_status"] == "failed"


def test_what_was_left_to_the_task_ends_it_with_the_same_words(
    client: Client, create_body: Body, far: FarSide, media: dict[str, bytes]
) -> None:
    """A header that tells nothing certain: the clip is opened by the task."""
    data = media["short.mp4"]
    hidden = data.replace(b"mvhd", b"free")
    far.put("hidden.mp4", hidden)
    made = client.data("POST", PATH, json=create_body(video_url=f"{far.url}/hidden.mp4"))
    far.files.pop("/hidden.mp4")
    record = client.ended(made["task_id"])
    assert (record["task_status"], record["task_status_msg"]) == ("failed", UNREACHABLE)


def test_a_create_that_is_refused_leaves_no_file(
    client: Client, create_body: Body, media: dict[str, bytes], server: Any
) -> None:
    before = set((server.data / "files").rglob("*"))
    encoded = base64.b64encode(media["picture.png"]).decode()
    body = create_body(image_url=encoded, video_url="http://127.0.0.1:9/")
    assert client.error("POST", PATH, json=body)[2] == UNREACHABLE
    left = set((server.data / "files").rglob("*")) - before
    assert [path for path in left if path.is_file()] == []


def test_the_tasks_design_takes_larger_pictures(client: Client, far: FarSide) -> None:
    """A picture of noise: 2000 x 2000 px do not compress below 10 MB."""
    import io

    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=0)
    far.put("large.png", file.getvalue())
    body = {
        "contents": [
            {"type": "image", "url": f"{far.url}/large.png"},
            {"type": "video", "url": f"{far.url}/clip.mp4"},
        ],
        "settings": {"character_orientation": "video"},
    }
    client.data("POST", "/motion-control/kling-2.6", json=body)
    legacy = {
        "image_url": f"{far.url}/large.png",
        "video_url": f"{far.url}/clip.mp4",
        "character_orientation": "video",
        "mode": "std",
    }
    assert client.error("POST", PATH, json=legacy) == (
        400,
        1201,
        "image_url: the file has 11.45 MB; at most 10 MB is allowed",
    )


@pytest.mark.parametrize("size", [1, 2, 3, 786_431, 786_432, 786_433, 2_000_000])
def test_base64_is_written_as_the_bytes_that_it_stands_for(tmp_path: Path, size: int) -> None:
    data = random.Random(size).randbytes(size)
    for text in (
        base64.b64encode(data).decode(),
        base64.b64encode(data).decode().rstrip("="),
        base64.encodebytes(data).decode().replace("\n", "\r\n"),
    ):
        write_base64(text, tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == data


@pytest.mark.parametrize("place", [1024 * 1024, 1024 * 1024 - 4, 4])
def test_base64_that_ends_before_its_end_is_refused(tmp_path: Path, place: int) -> None:
    text = "A" * (place - 1) + "=" + "A" * (1024 * 1024)
    with pytest.raises(ParameterInvalid, match=NOT_BASE64):
        write_base64(text, tmp_path / "file")
