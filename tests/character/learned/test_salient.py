"""What stands out, asked of a model; the one here takes the dark for figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from understudy.character.learned.salient import Net, find_salient
from understudy.weights.inference import OpenModel


class _Dark:
    """A model that takes for figure what is dark, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def run(self, inputs: NDArray[np.float32], *outputs: str) -> Mapping[str, NDArray[np.float32]]:
        self.asked += 1
        return {"": (inputs[:, :1] < 0).astype(np.float32)}

    def begin(self, inputs: NDArray[np.float32]) -> None:
        self._begun = inputs

    def end(self) -> Mapping[str, NDArray[np.float32]]:
        return self.run(self._begun)


class _OneSided(_Dark):
    """The same, but blind on the right."""

    def run(self, inputs: NDArray[np.float32], *outputs: str) -> Mapping[str, NDArray[np.float32]]:
        seen = super().run(inputs)[""].copy()
        seen[..., seen.shape[-1] // 2 :] = 0
        return {"": seen}


def _net(*, isnet: bool = True) -> tuple[Net, _Dark]:
    model = _Dark()
    return Net(cast("OpenModel", model), isnet=isnet), model


def _with_square(size: int) -> NDArray[np.uint8]:
    rgb = np.full((600, 400, 3), 230, np.uint8)
    rgb[300 - size : 300 + size, 200 - size // 2 : 200 + size // 2] = 20
    return rgb


@pytest.mark.parametrize("isnet", [True, False])
def test_the_matte_has_the_pictures_size_and_place(isnet: bool) -> None:
    rgb = _with_square(220)
    alpha = find_salient(rgb, _net(isnet=isnet)[0])
    assert alpha.shape == (600, 400)
    assert float(np.abs(alpha - (rgb[..., 0] < 128)).mean()) < 0.02


def test_a_look_that_has_begun_is_not_made_again() -> None:
    rgb = _with_square(40)
    plain = find_salient(rgb, _net()[0])
    net, model = _net()
    net.begin(rgb)
    assert model.asked == 0
    np.testing.assert_array_equal(find_salient(rgb, net, begun=True), plain)
    # The second look is that from nearer.
    assert model.asked == 2


def test_a_small_figure_is_looked_at_from_nearer() -> None:
    net, model = _net()
    rgb = _with_square(40)
    alpha = find_salient(rgb, net)
    assert model.asked == 2
    assert float(np.abs(alpha - (rgb[..., 0] < 128)).mean()) < 0.005


def test_a_picture_without_anything_is_asked_about_once() -> None:
    net, model = _net()
    assert float(find_salient(np.full((300, 300, 3), 255, np.uint8), net).max()) == 0
    assert model.asked == 1


def test_what_a_net_drops_is_seen_in_the_mirrored_picture() -> None:
    rgb = _with_square(220)
    dark = rgb[..., 0] < 128
    net = Net(cast("OpenModel", _OneSided()), isnet=True)
    assert float(find_salient(rgb, net)[dark].mean()) < 0.6
    assert float(find_salient(rgb, net, both_ways=True)[dark].mean()) > 0.95
