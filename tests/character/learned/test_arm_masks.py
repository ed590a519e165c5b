"""Prompts for arms on a drawn figure; the segmenter here knows the figure's arms, and leaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.character.drawn_figure import Drawn
from understudy.character.figure.anatomy import Anatomy, measure
from understudy.character.learned.arm_masks import ArmMasks, find_arm_masks, not_the_arm
from understudy.weights.inference import OpenModel

Array = NDArray[np.float32]


class _Encoder:
    def run(self, given: Array, *outputs: str) -> Mapping[str, Array]:
        return {"": given[:, :, ::16, ::16]}


class _Parts:
    """A decoder that gives every given part with a point on it and none off it.

    parts: (h, w) bool each, of the piece of the picture that is encoded.
    """

    def __init__(self, parts: list[NDArray[np.bool_]]) -> None:
        scale = 1024 / max(parts[0].shape)
        self._parts = []
        for part in parts:
            large = cv2.resize(part.astype(np.float32), None, fx=scale, fy=scale)
            square = np.zeros((1024, 1024), np.float32)
            square[: large.shape[0], : large.shape[1]] = large
            self._parts.append(square)
        self.asked = 0

    def run(self, given: Mapping[str, Array], *outputs: str) -> Mapping[str, Array]:
        self.asked += 1
        labels = given["point_labels"][0]
        x, y = np.clip(given["point_coords"][0].astype(int), 0, 1023).T
        mask = np.zeros((1024, 1024), np.float32)
        for part in self._parts:
            here = part[y, x] > 0.5
            if (here & (labels == 1)).any() and not (here & (labels == 0)).any():
                mask = np.maximum(mask, part)
        low = cv2.resize(mask, (256, 256), interpolation=cv2.INTER_AREA)
        return {
            "low_res_masks": (16 * low - 8)[None, None].astype(np.float32),
            "iou_predictions": np.array([[0.9]], np.float32),
        }


@pytest.fixture(scope="module")
def anatomy(standing: Drawn) -> Anatomy:
    return measure(standing.landmarks)


def _view(drawn: Drawn, anatomy: Anatomy) -> tuple[slice, slice]:
    """What is encoded: the joints and .45 T round them."""
    room = 0.45 * anatomy.torso
    low, high = anatomy.joints.min(axis=0) - room, anatomy.joints.max(axis=0) + room
    h, w = drawn.alpha.shape
    left, top = np.maximum(0, low).astype(int)
    right, bottom = np.minimum((w, h), high).astype(int)
    return slice(top, bottom), slice(left, right)


def _found(
    drawn: Drawn, anatomy: Anatomy, parts: list[NDArray[np.bool_]], seen: tuple[bool, bool]
) -> tuple[ArmMasks, int]:
    view = _view(drawn, anatomy)
    decoder = _Parts([part[view] for part in parts])
    models = cast("OpenModel", _Encoder()), cast("OpenModel", decoder)
    return find_arm_masks(drawn.rgb, anatomy, seen, *models), decoder.asked


def test_arms_are_found_each_by_its_own_points(standing: Drawn, anatomy: Anatomy) -> None:
    arms = [arm > 0.5 for arm in standing.arms]
    masks, _ = _found(standing, anatomy, arms, (True, True))
    for mask, truth in zip(masks, arms, strict=True):
        assert mask is not None
        found = mask.likely > 0.5
        assert (found & truth).sum() / (found | truth).sum() > 0.9
        assert mask.confidence > 0.8


def test_an_arm_that_is_not_seen_is_not_asked_for(standing: Drawn, anatomy: Anatomy) -> None:
    arms = [arm > 0.5 for arm in standing.arms]
    masks, asked = _found(standing, anatomy, arms, (True, False))
    assert masks[0] is not None
    assert masks[1] is None
    assert asked == 2


def test_a_mask_that_leaks_into_the_trunk_is_corrected_by_a_point_there(
    standing: Drawn, anatomy: Anatomy
) -> None:
    # The chest as a part that hangs on a point of the arm, without any of the usual points on it.
    x, y = np.round(anatomy.neck + np.array([0.0, 0.45 * anatomy.torso])).astype(int)
    side = round(0.1 * anatomy.torso)
    leak = np.zeros(standing.alpha.shape, bool)
    leak[y - side : y + side, x - side : x + side] = True
    at = np.round(
        anatomy.arms[0].shoulder + 0.3 * (anatomy.arms[0].elbow - anatomy.arms[0].shoulder)
    )
    leak[int(at[1]), int(at[0]) - 1 : int(at[0]) + 2] = True
    arm = standing.arms[0] > 0.5
    (mask, _), _ = _found(standing, anatomy, [arm, leak], (True, False))
    assert mask is not None
    assert mask.likely[y - side + 4 : y + side - 4, x - side + 4 : x + side - 4].max() < 0.1
    assert mask.likely[arm].mean() > 0.9


def test_a_mask_beside_the_bones_is_not_believed(standing: Drawn, anatomy: Anatomy) -> None:
    upper = standing.arms[0] > 0.5
    upper[round(float(anatomy.arms[0].elbow[1])) :] = False
    (mask, _), _ = _found(standing, anatomy, [upper], (True, False))
    assert mask is not None
    assert mask.confidence < 0.5


def test_hair_over_an_arm_and_the_inside_of_its_bend_are_not_the_arm(anatomy: Anatomy) -> None:
    def at(x: float, y: float) -> bool:
        px, py = np.round(anatomy.neck + anatomy.torso * np.array([x, y])).astype(int)
        return bool(no_arm[py, px])

    no_arm = not_the_arm(anatomy, 0, (520, 360))
    assert at(0.0, 0.5)
    assert at(0.33, -0.4)
    assert not at(0.52, 0.52)
    assert not at(0.75, 0.8)
