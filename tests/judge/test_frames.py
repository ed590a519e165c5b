"""What frames show: residue, flicker, seams."""

from __future__ import annotations

import numpy as np

from understudy.geometry.landmarks import Body
from understudy.judge.frames import FrameCurves, PictureReference, look_at_frames
from understudy.judge.pose import JOINTS

SIZE = (200, 150)
TORSO = 20.0


def body_at(x: float) -> np.ndarray:
    """Landmarks of a small upright figure."""
    body = np.full((33, 2), np.nan)
    for place, joint in enumerate(JOINTS):
        body[joint] = (x + (4 if place % 2 else -4), 50 + 4 * place)
    body[Body.LEFT_HIP], body[Body.RIGHT_HIP] = (x + 4, 75), (x - 4, 75)
    return body


def drawn(x: int) -> np.ndarray:
    frame = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    frame[40:110, x - 8 : x + 8] = (150, 30, 30)
    return frame


def reference() -> PictureReference:
    alpha = np.zeros((SIZE[1], SIZE[0]), np.float32)
    alpha[40:110, 32:48] = 1
    background = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    return PictureReference(drawn(40), alpha, background, body_at(40), 14.0, TORSO, aligned=True)


def looked(frames: list[np.ndarray], places: list[int]) -> FrameCurves:
    body = np.stack([body_at(x) for x in places])
    return look_at_frames(frames, body[:, JOINTS], body, TORSO, reference())


def test_a_figure_that_leaves_nothing_behind_has_no_residue() -> None:
    places = [40, 80, 120, 160]
    found = looked([drawn(x) for x in places], places)
    assert np.isnan(found.residue[0]), "nothing is uncovered yet"
    assert found.residue[-1] == 0
    assert np.nanmax(found.background) == 0


def test_what_stays_behind_is_residue() -> None:
    places = [40, 80, 120, 160]
    frames = [drawn(x) for x in places]
    for frame in frames[2:]:
        frame[70:110, 32:48] = (150, 30, 30)
    found = looked(frames, places)
    assert 0.4 < found.residue[-1] < 0.7


def test_light_that_comes_and_goes_flickers_and_the_background_tells() -> None:
    places = [60] * 8
    steady = looked([drawn(60)] * 8, places)
    pulsing = looked(
        [np.clip(drawn(60) + 12 * (k % 2), 0, 255).astype(np.uint8) for k in range(8)], places
    )
    assert np.nanmax(steady.flicker) == 0
    assert np.nanmean(pulsing.flicker) > 8
    assert np.nanmean(pulsing.background) > 8


def test_cuts_at_the_joints_are_seams() -> None:
    places = [60] * 3
    smooth = looked([drawn(60)] * 3, places)
    cut = drawn(60)
    cut[40:110:6, 52:68] = 255
    assert np.nanmean(looked([cut] * 3, places).seams) > np.nanmean(smooth.seams) + 0.2
