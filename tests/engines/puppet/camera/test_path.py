"""The camera's path moves figure and background together and never shows an edge."""

from __future__ import annotations

import numpy as np
import pytest

from understudy.engines.puppet.camera.path import CameraPath, camera_path
from understudy.engines.puppet.camera.wording import read_camera

SIZE = (720, 1080)
TIMES = np.arange(120) / 24.0
FOCUS, GROUND = np.array([360.0, 200.0]), np.array([360.0, 1000.0])


def path_of(prompt: str) -> CameraPath | None:
    return camera_path(read_camera(prompt), TIMES, SIZE, FOCUS, GROUND)


def test_a_camera_that_stands_still_has_no_path() -> None:
    assert path_of("") is None
    assert path_of("static shot") is None


MOVING = ["zoom in", "push in", "pull out", "pan left", "tilt up", "orbit", "handheld", "zoom out"]


@pytest.mark.parametrize("prompt", MOVING)
def test_the_background_covers_the_frame(prompt: str) -> None:
    path = path_of(prompt)
    assert path is not None
    corners = np.array([[0.0, 0.0], [720.0, 0.0], [720.0, 1080.0], [0.0, 1080.0]])
    for maps in path.background:
        x, y = (corners @ maps[:, :2].T + maps[:, 2]).T
        # Some pixels of the border are mirrored rather than enlarging every frame for them.
        assert x[[0, 3]].max() < 16
        assert x[[1, 2]].min() > 704
        assert y[[0, 1]].max() < 16
        assert y[[2, 3]].min() > 1064


@pytest.mark.parametrize("prompt", MOVING)
def test_the_figure_stays_on_its_ground(prompt: str) -> None:
    path = path_of(prompt)
    assert path is not None
    on_figure = path.figure[:, :, :2] @ GROUND + path.figure[:, :, 2]
    on_background = path.background[:, :, :2] @ GROUND + path.background[:, :, 2]
    np.testing.assert_allclose(on_figure, on_background, atol=1e-6)


@pytest.mark.parametrize("prompt", MOVING)
def test_movements_are_smooth(prompt: str) -> None:
    path = path_of(prompt)
    assert path is not None
    head = path.figure[:, :, :2] @ FOCUS + path.figure[:, :, 2]
    assert np.abs(np.diff(head, axis=0)).max() < 4.0
    assert np.abs(np.diff(head, n=2, axis=0)).max() < 0.4


def test_zooming_in_and_out_are_each_others_reverse() -> None:
    into, out = path_of("zoom in"), path_of("zoom out")
    assert into is not None
    assert out is not None
    np.testing.assert_allclose(into.figure, out.figure[::-1], atol=1e-6)
    assert into.figure[-1, 0, 0] > 1.15
    assert into.figure[0, 0, 0] == pytest.approx(1.0)
