"""A puppet before a background that the clip's camera moves over."""

from __future__ import annotations

import numpy as np

from tests.engines.paper_doll import AT, SCALE, SIZE, paper_doll
from tests.geometry.stick_figure import Pose, performance_of
from understudy.engines.puppet.camera.wording import read_camera
from understudy.engines.puppet.views.multi_view import Drawable, build_puppet
from understudy.tracking.clip_camera import ClipCamera

FRAMES = 24


def puppet(prompt: str = "", *, pan: float | None = 20.0) -> Drawable:
    poses = [Pose((70.0, 75.0), (110.0, 105.0))] * FRAMES
    performance = performance_of(poses, scale=SCALE, at=AT, size=SIZE)
    camera = None
    if pan is not None:
        centre = np.full((FRAMES, 2), np.array(SIZE) / 2)
        centre[:, 0] += np.linspace(0, pan, FRAMES)
        camera = ClipCamera(centre, np.ones(FRAMES), np.zeros(FRAMES), SIZE)
    return build_puppet(paper_doll(), performance, "video", read_camera(prompt), camera=camera)


def frames(made: Drawable) -> list[np.ndarray]:
    canvas = made.canvas()
    return [made.draw(canvas, index).copy() for index in (0, FRAMES - 1)]


def test_the_picture_passes_by_a_camera_that_pans() -> None:
    made = puppet()
    assert made.camera_share is not None
    assert made.camera_share > 0.5
    first, last = (frame[: SIZE[1]].astype(int) for frame in frames(made))
    step = round(made.camera_share * 20.0)
    moved = np.abs(first[:, step + 8 :] - last[:, 8 : -step or None]).mean()
    assert moved < 0.5 * np.abs(first - last).mean()


def test_a_prompt_moves_the_camera_beside_it() -> None:
    alone, both = frames(puppet()), frames(puppet("zoom in"))
    np.testing.assert_array_equal(frames(puppet("follow the clip's camera")), alone)
    assert (alone[1] != both[1]).any()


def test_without_a_clips_camera_nothing_is_said_of_it() -> None:
    made = puppet(pan=None)
    assert made.camera_share is None
    first, last = frames(made)
    np.testing.assert_array_equal(first, last)
