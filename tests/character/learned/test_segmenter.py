"""Prompts to a segmenter; the one here draws a disc round each point that is on the part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from understudy.character.learned.segmenter import Prompt, Segmenter
from understudy.weights.inference import OpenModel

Array = NDArray[np.float32]
NONE = np.zeros((0, 2))


class _Encoder:
    def run(self, given: Array, *outputs: str) -> Mapping[str, Array]:
        assert given.shape == (1, 3, 1024, 1024)
        return {"": given[:, :, ::16, ::16]}


class _Discs:
    """A decoder: discs of 12 low-resolution pixels round the points on the part."""

    def __init__(self) -> None:
        self.seen: list[bool] = []

    def run(self, given: Mapping[str, Array], *outputs: str) -> Mapping[str, Array]:
        self.seen.append(bool(given["has_mask_input"][0]) and bool(given["mask_input"].any()))
        y, x = np.mgrid[:256, :256] + 0.5
        logits = np.full((256, 256), -8.0, np.float32)
        points, labels = given["point_coords"][0] / 4, given["point_labels"][0]
        for point, label in zip(points, labels, strict=True):
            near = np.hypot(x - point[0], y - point[1]) < 12
            if label >= 0:
                logits[near] = 8 if label == 1 else -8
        return {
            "low_res_masks": logits[None, None],
            "iou_predictions": np.array([[1.02]], np.float32),
        }


def _segmenter(shape: tuple[int, int]) -> tuple[Segmenter, _Discs]:
    decoder = _Discs()
    picture = np.zeros((*shape, 3), np.uint8)
    return Segmenter(picture, cast("OpenModel", _Encoder()), cast("OpenModel", decoder)), decoder


@pytest.mark.parametrize("shape", [(600, 400), (400, 600), (2048, 900)])
def test_a_part_lies_where_its_point_is(shape: tuple[int, int]) -> None:
    segmenter, _ = _segmenter(shape)
    at = np.array([[shape[1] * 0.7, shape[0] * 0.3]])
    likely = segmenter.find(Prompt(at, NONE)).likely
    assert likely.shape == shape
    rows, columns = np.nonzero(likely > 0.5)
    scale = max(shape) / 256
    assert np.abs([columns.mean() + 0.5, rows.mean() + 0.5] - at[0]).max() < 0.3 * scale
    assert rows.size == pytest.approx(np.pi * (12 * scale) ** 2, rel=0.05)


def test_a_point_off_the_part_takes_away() -> None:
    segmenter, _ = _segmenter((512, 512))
    on, off = np.array([[200.0, 200.0]]), np.array([[215.0, 200.0]])
    likely = segmenter.find(Prompt(on, off)).likely
    assert likely[200, 185] > 0.9
    assert likely[200, 220] < 0.1


def test_the_first_mask_is_shown_to_the_decoder_once_more() -> None:
    segmenter, decoder = _segmenter((300, 300))
    found = segmenter.find(Prompt(np.array([[100.0, 100.0]]), NONE))
    assert decoder.seen == [False, True]
    assert found.confidence == 1
