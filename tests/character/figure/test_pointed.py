"""The figure that somebody points at."""

from __future__ import annotations

import numpy as np

from tests.character.drawn_figure import Drawn
from understudy.character.cast import cast
from understudy.character.corrections import Corrections
from understudy.character.figure.pointed import search_pointed, surroundings
from understudy.geometry.landmarks import Landmarks
from understudy.media.picture import Picture
from understudy.tracking.trackers import PictureTrack, Region


def _beside(standing: Drawn) -> tuple[np.ndarray, int]:
    """A picture of the figure twice, side by side, and how wide each half is."""
    rgb = np.round(standing.picture * 255).astype(np.uint8)
    return np.hstack([rgb, rgb]), rgb.shape[1]


def _tracker(standing: Drawn, width: int):  # type: ignore[no-untyped-def]
    """Sees the figure of the half in which a region's middle lies; without one, the left figure."""
    rgb = np.round(standing.picture * 255).astype(np.uint8)
    seen = standing.track(rgb)
    assert seen.landmarks is not None
    body = seen.landmarks.body.copy()
    body[:, 0] += width
    right = Landmarks(body, seen.landmarks.world, None, None, None)
    nothing = np.zeros_like(seen.mask)

    def track(image: np.ndarray, region: Region | None = None) -> PictureTrack:
        if region is not None and region.x > width:
            return PictureTrack(right, np.hstack([nothing, seen.mask]))
        return PictureTrack(seen.landmarks, np.hstack([seen.mask, nothing]))

    return track


def test_the_figure_under_the_point_is_found(standing: Drawn) -> None:
    rgb, width = _beside(standing)
    track = _tracker(standing, width)
    for middle in (0.5 * width, 1.5 * width):
        figure = search_pointed(rgb, (middle, 0.4 * rgb.shape[0]), track)
        assert figure is not None
        assert abs(float(figure.landmarks.body[:25, 0].mean()) - middle) < 0.1 * width


def test_a_point_beside_every_figure_finds_none(standing: Drawn) -> None:
    rgb, width = _beside(standing)
    assert search_pointed(rgb, (1.0, 1.0), _tracker(standing, width)) is None


def test_its_surroundings_hold_the_figure_and_stay_on_the_canvas(standing: Drawn) -> None:
    size = standing.design.size
    seen = standing.track(np.round(standing.picture * 255).astype(np.uint8))
    assert seen.landmarks is not None
    rows, columns = surroundings(seen.landmarks, size)
    assert 0 <= rows.start < rows.stop <= size[1]
    assert 0 <= columns.start < columns.stop <= size[0]
    inside = np.zeros((size[1], size[0]), bool)
    inside[rows, columns] = True
    assert not (standing.alpha > 0.5)[~inside].any()


def test_casting_takes_the_figure_that_is_pointed_at(standing: Drawn) -> None:
    rgb, width = _beside(standing)
    height = rgb.shape[0]
    picture = Picture(rgb, None, (2 * width, height), "0" * 64)
    track = _tracker(standing, width)
    for middle in (0.5 * width, 1.5 * width):
        given = Corrections(figure=(middle, 0.4 * height))
        cast_one = cast(picture, (2 * width, height), corrections=given, track=track)
        alpha = cast_one.alpha
        columns = (alpha.sum(axis=0) * np.arange(2 * width)).sum() / alpha.sum()
        assert abs(float(columns) - middle) < 0.1 * width
