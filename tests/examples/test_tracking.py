"""The tracker sees the drawn performers, and sees them where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from understudy.processes.child import Child
from understudy.tracking.trackers import start_tracker, track_picture

SHOULDERS_TO_WRISTS = slice(11, 17)


@pytest.fixture(scope="module")
def tracker() -> Iterator[Child]:
    with start_tracker() as process:
        yield process


def _frames(path: Path, numbers: tuple[int, ...]) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as clip:
        images = [
            f.to_ndarray(format="rgb24") for k, f in enumerate(clip.decode(video=0)) if k in numbers
        ]
    return [np.asarray(image, np.uint8) for image in images]


@pytest.mark.parametrize(
    ("name", "is_human"), [("photo.jpg", True), ("cartoon.png", True), ("drawing.jpg", False)]
)
def test_the_figure_of_a_picture_is_found_whole(
    samples: Path, name: str, is_human: bool, tracker: Child
) -> None:
    with Image.open(samples / name) as picture:
        rgb = np.asarray(picture)
    found = track_picture(rgb, process=tracker).landmarks
    assert found is not None
    body = found.body
    assert (body[[11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28], 3] > 0.5).all()
    assert (found.face is not None) == is_human
    if is_human:
        assert found.left_hand is not None
        assert found.right_hand is not None
        assert body[11, 0] > body[12, 0], "the figure faces the viewer"


@pytest.mark.parametrize(
    ("name", "numbers"), [("dance.mp4", (2, 26, 75, 104, 140)), ("talk.mp4", (12, 34, 60, 112))]
)
def test_a_performer_is_tracked_where_the_joints_are(
    samples: Path, name: str, numbers: tuple[int, ...], tracker: Child
) -> None:
    with np.load((samples / name).with_suffix(".joints.npz")) as known:
        truth = known["body"]
    for number, rgb in zip(numbers, _frames(samples / name, numbers), strict=True):
        found = track_picture(rgb, process=tracker).landmarks
        assert found is not None
        assert found.face is not None
        joints = truth[number]
        torso = np.linalg.norm(joints[11:13].mean(0) - joints[23:25].mean(0))
        away = np.linalg.norm(found.body[:, :2] - joints, axis=1)[SHOULDERS_TO_WRISTS]
        assert np.median(away) / torso < 0.12, f"frame {number}"
