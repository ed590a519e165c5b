"""Where the driver is."""

from __future__ import annotations

import numpy as np

from tests.geometry.stick_figure import Pose, landmarks_of
from understudy.engines.wan.animate.masks import coarsened, driver_mask, widened
from understudy.tracking.trackers import PictureTrack, Region

FRAME = np.zeros((360, 240, 3), np.uint8)
BODY = landmarks_of(Pose(), scale=120.0, at=(120.0, 180.0)).body


def finding(mask: np.ndarray) -> tuple[list[Region | None], object]:
    asked: list[Region | None] = []

    def find(_: np.ndarray, region: Region | None) -> PictureTrack:
        asked.append(region)
        return PictureTrack(None, mask.astype(np.float32))

    return asked, find


def test_the_mask_grows_on_every_side() -> None:
    mask = np.zeros((720, 1280), np.uint8)
    mask[300:400, 500:600] = 1
    grown = widened(mask)
    ys, xs = np.nonzero(grown)
    assert (ys.min(), ys.max(), xs.min(), xs.max()) == (291, 408, 491, 608)


def test_the_grids_cells_that_it_touches_are_covered() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[10:30, 10] = mask[29, 10:30] = 1
    box = np.zeros_like(mask)
    box[10:30, 10:30] = 1
    np.testing.assert_array_equal(coarsened(mask), box)
    finer = coarsened(mask, columns=2, rows=2)
    assert finer[12, 12]
    assert not finer[12, 28]
    assert not coarsened(np.zeros_like(mask)).any()


def test_the_driver_is_looked_for_where_the_landmarks_are() -> None:
    mask = np.zeros(FRAME.shape[:2])
    mask[60:320, 60:180] = 0.9
    asked, find = finding(mask)
    found = driver_mask(FRAME, BODY, find)
    (region,) = asked
    assert region is not None
    assert abs(region.x - 120) < 20
    assert region.side > BODY[:, 1].max() - BODY[:, 1].min()
    ys, xs = np.nonzero(found)
    assert ys.min() < 60
    assert ys.max() > 319
    assert xs.min() < 60


def test_where_the_tracker_shows_somebody_else_the_landmarks_say_where_the_driver_is() -> None:
    mask = np.zeros(FRAME.shape[:2])
    mask[:20, :20] = 1
    found = driver_mask(FRAME, BODY, finding(mask)[1])
    ys, xs = np.nonzero(found)
    assert ys.min() < BODY[:, 1].min()
    assert xs.max() > BODY[:, 0].max()
    assert not found[:20, :20].any()


def test_nobody_covers_nothing() -> None:
    asked, find = finding(np.ones(FRAME.shape[:2]))
    assert not driver_mask(FRAME, np.full((33, 4), np.nan, np.float32), find).any()
    assert asked == []
