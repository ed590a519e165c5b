"""Somebody else who stands behind the figure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.figure.drawn_on_paper import JOINTS
from understudy.character import observe as observing
from understudy.character.figure.find import Figure
from understudy.character.figure.joints import Joint, landmarks_of
from understudy.character.figure.other_person import (
    OtherPerson,
    find_other_person,
    what_may_be_others,
)
from understudy.character.learned.segmenter import Found
from understudy.geometry.face_mesh import CHIN, FOREHEAD, LEFT_CHEEK, RIGHT_CHEEK
from understudy.geometry.landmarks import FACE_LANDMARKS, Body
from understudy.tracking.trackers import PictureTrack, Region

SHAPE = (640, 800)
ASIDE = np.array([150.0, 0.0])
FRONT, BACK = (200, 60, 60), (60, 60, 200)


def body(joints: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What a figure with these joints covers."""
    mask = np.zeros(SHAPE, np.uint8)
    points = np.round(joints).astype(int)
    cv2.circle(mask, tuple(points[Joint.HEAD].tolist()), 60, 1, -1)
    trunk = points[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER, Joint.LEFT_HIP, Joint.RIGHT_HIP]]
    cv2.fillPoly(mask, [trunk.astype(np.int32)], 1)
    neck = points[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER]].mean(axis=0).astype(int)
    cv2.line(mask, tuple(neck.tolist()), tuple(points[Joint.HEAD].tolist()), 1, 40)
    for first in (1, 4, 7, 10):
        for a, b in ((first, first + 1), (first + 1, first + 2)):
            cv2.line(mask, tuple(points[a].tolist()), tuple(points[b].tolist()), 1, 36)
    return mask > 0


class Pair:
    """A figure before another one, and what sees them."""

    def __init__(self) -> None:
        self.own, self.whole_other = body(JOINTS), body(JOINTS + ASIDE)
        self.other = self.whole_other & ~self.own
        self.rgb = np.full((*SHAPE, 3), 230, np.uint8)
        self.rgb[self.whole_other], self.rgb[self.own] = BACK, FRONT
        self.salient = (self.own | self.other).astype(np.float32)
        self.figure = Figure(landmarks_of(JOINTS, frozenset()), self.own.astype(np.float32))
        self.seen_by_tracker: list[NDArray[np.uint8]] = []
        self.presence = 1.0
        self.mask = self.other.astype(np.float32)
        self.landmarks = landmarks_of(JOINTS + ASIDE, frozenset())

    def track(self, rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        self.seen_by_tracker.append(rgb)
        return PictureTrack(self.landmarks, self.mask, self.presence)

    def found(self) -> OtherPerson | None:
        rest = what_may_be_others(self.figure, self.salient)
        assert rest is not None
        return find_other_person(self.rgb, self.figure, self.salient, rest, self.track)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_nobody_is_looked_for_beside_a_figure_that_stands_alone(pair: Pair) -> None:
    assert what_may_be_others(pair.figure, pair.own.astype(np.float32)) is None


def test_nor_where_somebody_stands_apart(pair: Pair) -> None:
    apart = np.zeros(SHAPE, np.float32)
    apart[100:600, 650:780] = 1
    assert what_may_be_others(pair.figure, np.maximum(pair.own, apart)) is None


def test_somebody_behind_the_figure_is_found_once_the_figure_is_painted_over(pair: Pair) -> None:
    found = pair.found()
    assert found is not None
    assert found.place(pair.figure) == "right"
    assert not (pair.seen_by_tracker[0] == FRONT).all(axis=-1).any()


@pytest.mark.parametrize("presence", [0.3, 1.0])
def test_a_cape_is_nobody(pair: Pair, presence: float) -> None:
    pair.presence = presence
    if presence == 1.0:
        pair.mask = pair.mask * (np.arange(SHAPE[0]) < 250)[:, None]
    assert pair.found() is None


@pytest.mark.parametrize("away", [0.0, 1.0])
def test_whoever_has_a_face_of_their_own_is_somebody_however_they_stand(
    pair: Pair, away: float
) -> None:
    pair.mask = pair.mask * (np.arange(SHAPE[0]) < 250)[:, None]
    landmarks = landmarks_of(JOINTS + ASIDE, frozenset())
    middle = JOINTS[Joint.HEAD] + ASIDE * away
    landmarks.body[Body.NOSE, :2] = middle
    face = np.zeros((FACE_LANDMARKS, 3), np.float32)
    face[:, :2] = middle
    for mark, offset in ((LEFT_CHEEK, (30, 0)), (RIGHT_CHEEK, (-30, 0)), (CHIN, (0, 40))):
        face[mark, :2] += offset
    face[FOREHEAD, 1] -= 40
    pair.landmarks = replace(landmarks, face=face)
    found = pair.found()
    assert (found is not None) == (away > 0)
    if found is not None:
        assert found.mask[found.rest].mean() > 0.9


def test_clicks_lie_on_whom_they_mean(pair: Pair) -> None:
    found = pair.found()
    assert found is not None
    for clicks, mask in zip(found.clicks(pair.figure), (pair.own, pair.other), strict=True):
        assert len(clicks) > 3
        x, y = np.round(clicks).astype(int).T
        assert mask[y, x].mean() > 0.9


def test_what_is_the_other_one_s_leaves_the_figure_and_nothing_else_does(pair: Pair) -> None:
    found = pair.found()
    assert found is not None
    own = np.where(pair.own, 0.9, 0.05).astype(np.float32)
    # The segmenter loses the other one's legs.
    other = np.where(pair.other, 0.9, 0.05) * (np.arange(SHAPE[0]) < 420)[:, None]
    share = found.share(own, other.astype(np.float32), pair.figure)
    assert share[pair.other].mean() > 0.93
    assert share[pair.own].mean() < 0.05


class Models:
    """Learned models that answer with the given likelihoods."""

    def __init__(self, found: tuple[Found, ...] | None) -> None:
        self._found = found

    def pieces(self, *_: Any) -> tuple[Found, ...] | None:
        return self._found


class Processes:
    """Processes of casting whose tracker sees what the pair's does."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    @contextmanager
    def tracker(self, _: object) -> Iterator[Any]:
        yield self._pair.track


@pytest.mark.parametrize("weights", [True, False])
def test_the_plan_says_where_somebody_else_stands(pair: Pair, weights: bool) -> None:
    likely = [Found(np.where(m, 0.9, 0.05).astype(np.float32), 0.9) for m in (pair.own, pair.other)]
    models: Any = Models(tuple(likely) if weights else None)
    look: Any = Processes(pair)
    figure, salient = observing.without_others(
        look, models, pair.rgb, pair.figure, pair.salient, None
    )
    (said,) = figure.warnings
    assert said.startswith("Somebody else, at the right in the picture, ")
    assert ("stays in the background" in said) == weights
    assert (salient[pair.other].mean() < 0.1) == weights
    assert salient[pair.own].mean() > 0.95
