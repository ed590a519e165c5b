"""Takes by the real engine over HTTP: from create to a video that opens, told of by callbacks."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from standardwebhooks import Webhook

from tests import web
from tests.service.conftest import PATH, Client
from tests.service.far_side import FarSide
from tests.short_clip import short_clip
from understudy.tasks.workers.local import JOBS
from understudy.testing import rehearsing

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True)
class Real:
    """A server that makes real takes, and a client of it."""

    client: Client
    callback_secret: str


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """A server with one slot, so that takes wait for one another."""
    data = tmp_path_factory.mktemp("real")
    with (
        rehearsing(data, jobs=JOBS, slots=1, shutdown_seconds=0) as server,
        web.client(base_url=server.url) as http,
    ):
        made = server.credentials
        yield Real(Client(http, made), made.callback_secret)


@pytest.fixture(scope="module")
def picture(far: FarSide) -> str:
    """The URL of a sample's picture, made small."""
    file = io.BytesIO()
    with Image.open(EXAMPLES / "cartoon.png") as opened:
        small = opened.convert("RGB")
        small.thumbnail((640, 640))
        small.save(file, "PNG")
    return far.put("character.png", file.getvalue())


@pytest.fixture(scope="module")
def clip(far: FarSide) -> str:
    """The URL of the first three seconds of a sample's clip, small, picture and sound."""
    return far.put("dance.mp4", short_clip().read_bytes())


def video_of(url: str) -> tuple[int, int, float, bool]:
    """Width, height, seconds and whether it sounds, of a video that decodes to its end."""
    answer = web.get(url)
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content)) as opened:
        stream = opened.streams.video[0]
        frames = sum(1 for _ in opened.decode(stream))
        assert stream.average_rate is not None
        seconds = frames / float(stream.average_rate)
        return stream.width, stream.height, seconds, bool(opened.streams.audio)


def test_a_take_by_urls_is_made_watermarked_told_and_read_by_both_designs(
    real: Real, picture: str, clip: str, far: FarSide
) -> None:
    body = {
        "image_url": picture,
        "video_url": clip,
        "character_orientation": "video",
        "mode": "std",
        "watermark_info": {"enabled": True},
        "callback_url": f"{far.url}/real",
        "external_task_id": "by-url",
    }
    made = real.client.data("POST", PATH, json=body)
    record = real.client.ended(made["task_id"])
    assert record["task_status"] == "succeed", record
    (video,) = record["task_result"]["videos"]
    plain, marked = web.get(video["url"]), video_of(video["watermark_url"])
    width, height, seconds, sounds = video_of(video["url"])
    assert min(width, height) == 720
    assert (width, height) == marked[:2]
    assert seconds == pytest.approx(float(video["duration"]), abs=0.05)
    assert sounds
    assert plain.content != web.get(video["watermark_url"]).content
    assert record["final_unit_deduction"] == "1.5"

    told = []
    while len(told) < 3:
        call = far.next_callback()
        if call.path == "/real":
            told.append(Webhook(real.callback_secret).verify(call.body, call.headers))
    assert [each["task_status"] for each in told] == ["submitted", "processing", "succeed"]
    assert told[2] == record

    (theirs,) = real.client.data("GET", "/tasks?external_task_ids=by-url")
    assert theirs["status"] == "succeeded"
    assert theirs["outputs"][0]["url"] == video["url"]


def test_a_take_by_base64_in_the_other_design_reuses_the_clip(
    real: Real, picture: str, clip: str, far: FarSide
) -> None:
    encoded = base64.b64encode(far.files["/character.png"]).decode()
    body = {
        "contents": [{"type": "image", "url": encoded}, {"type": "video", "url": clip}],
        "settings": {"character_orientation": "image", "audio": "off"},
        "options": {"external_task_id": "by-base64"},
    }
    made = real.client.data("POST", "/motion-control/kling-3.0", json=body)
    record = real.client.ended(made["id"])
    assert record["task_status"] == "succeed", record
    (video,) = record["task_result"]["videos"]
    *_, sounds = video_of(video["url"])
    assert not sounds
    (newest,) = real.client.data("GET", f"{PATH}?pageNum=1&pageSize=1")
    assert newest == record


def test_a_running_take_is_cancelled_and_another_one_takes_its_place(
    real: Real, picture: str, clip: str
) -> None:
    body = {
        "image_url": picture,
        "video_url": clip,
        "character_orientation": "video",
        "mode": "pro",
    }
    made = real.client.data("POST", PATH, json=body)
    key = {"Authorization": f"Bearer {real.client.credentials.api_key}"}
    events = f"{PATH}/{made['task_id']}/events"
    with real.client.http.stream("GET", events, headers=key) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: ") and json.loads(line[6:])["stage"]:
                break
    record = real.client.data("POST", f"{PATH}/{made['task_id']}/cancel")
    assert (record["task_status"], record["task_status_msg"]) == ("failed", "Task was cancelled")
    assert "task_result" not in record
    still = {**body, "mode": "std", "image_url": "aGVsbG8="}
    assert real.client.error("POST", PATH, json=still)[:2] == (400, 1201)
    other: Any = real.client.data("POST", PATH, json={**body, "mode": "std"})
    assert real.client.ended(other["task_id"])["task_status"] == "succeed"


def frames_of(url: str) -> NDArray[np.float32]:
    """Every second frame of a video, (n, h, w) float32 luma, at a quarter of its size."""
    with av.open(io.BytesIO(web.get(url).content), "r") as opened:
        stream = opened.streams.video[0]
        size = stream.width // 4, stream.height // 4
        frames = [
            frame.to_ndarray(format="gray", width=size[0], height=size[1])
            for index, frame in enumerate(opened.decode(stream))
            if index % 2 == 0
        ]
    return np.array(frames, np.float32)


def test_a_take_of_a_corrected_picture_moves_as_it_was_corrected(
    real: Real, picture: str, clip: str
) -> None:
    corrected = real.client.data(
        "POST",
        "/v1/characters",
        json={"image_url": picture, "corrections": {"left_arm": "fixed", "right_arm": "fixed"}},
    )
    found = real.client.data("POST", "/v1/characters/cast", json={"image_url": picture})
    assert (found["left_arm"], found["right_arm"]) == ("free", "free")
    moved = []
    for given in (picture, corrected["url"]):
        body = {
            "image_url": given,
            "video_url": clip,
            "character_orientation": "video",
            "mode": "std",
        }
        record = real.client.ended(real.client.data("POST", PATH, json=body)["task_id"])
        assert record["task_status"] == "succeed", record
        frames = frames_of(record["task_result"]["videos"][0]["url"])
        # How much changes beside the trunk, where nothing but a spread arm comes.
        scale = frames.shape[1] / found["height"]
        wrist, shoulder = found["joints"]["left_wrist"], found["joints"]["left_shoulder"]
        beside = int(scale * (wrist[0] + 0.15 * found["width"]))
        rows = slice(int(scale * shoulder[1]), int(scale * wrist[1]))
        moved.append(float(frames[:, rows, beside:].std(axis=0).max()))
    assert moved[1] < 0.3 * moved[0]
