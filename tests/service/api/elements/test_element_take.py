"""A take of an element by the real engine, through the API."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np

from tests import web
from tests.short_clip import FRAMES, short_clip
from understudy.tasks.workers.local import JOBS
from understudy.testing import rehearsing

ROBIN = 101


def test_an_element_alone_is_picture_and_character(tmp_path: Path) -> None:
    clip = short_clip().read_bytes()
    with (
        rehearsing(tmp_path / "data", jobs=JOBS) as server,
        web.client(base_url=server.url, headers=server.headers, timeout=300) as http,
    ):
        upload = http.post("/v1/files", files={"file": ("clip.mp4", clip)}).json()["data"]
        body = {
            "contents": [
                {"type": "video", "url": upload["url"]},
                {"type": "element", "element_id": ROBIN},
            ],
            "settings": {"character_orientation": "video"},
        }
        task = http.post("/motion-control/kling-3.0", json=body).json()["data"]
        with http.stream("GET", f"/v1/videos/motion-control/{task['id']}/events") as events:
            for _ in events.iter_lines():
                pass
        (record,) = http.get("/tasks", params={"task_ids": task["id"]}).json()["data"]
        assert (record["status"], record["message"]) == ("succeeded", "")
        assert record["billing"][0]["amount"] == "2.7"
        video = http.get(record["outputs"][0]["url"]).content
    with av.open(io.BytesIO(video)) as made:
        frames = [frame.to_ndarray(format="rgb24") for frame in made.decode(video=0)]
    assert frames[0].shape[:2] == (960, 720)
    assert len(frames) == FRAMES
    yellow = [_yellow(frame) for frame in frames]
    assert min(yellow) > 0.03, "her sweater is in every frame"
    assert np.abs(frames[9].astype(int) - frames[0].astype(int)).max(axis=2).mean() > 5


def _yellow(frame: np.ndarray) -> float:
    red, green, blue = (frame[..., channel].astype(int) for channel in range(3))
    return float(((red > 140) & (green > 100) & (blue < green - 60)).mean())
