"""Which outlines of arms are ragged, on a paper doll."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.engines.paper_doll import paper_doll
from understudy.character.character import Character, Layer
from understudy.engines.puppet.judging.faults import torso_of
from understudy.engines.puppet.judging.judge import judge
from understudy.engines.puppet.judging.ragged_arms import ragged_arms
from understudy.geometry.landmarks import Body


def with_spikes(doll: Character, alpha: float) -> Character:
    """Spikes as of a comb stand off the right arm. alpha: how solid they are."""
    torso = torso_of(doll)
    shoulder, elbow, wrist = doll.landmarks.body[
        [Body.RIGHT_SHOULDER, Body.RIGHT_ELBOW, Body.RIGHT_WRIST], :2
    ]
    comb = np.zeros(doll.alpha.shape, np.uint8)
    for start, end in ((shoulder, elbow), (elbow, wrist)):
        for share in np.arange(0.1, 1.0, 0.18):
            root = start + share * (end - start)
            tip = root - (0.22 * torso, 0)
            places = [tuple(int(v) for v in np.round(place)) for place in (root, tip)]
            cv2.line(comb, places[0], places[1], 1, 2)
    spikes = (comb * alpha).astype(np.float32)[..., None]
    layers = []
    for layer in doll.layers:
        rgba = layer.rgba
        if layer.name == "right_arm":
            rgba = rgba + (1 - rgba[..., 3:]) * spikes * np.array([0.8, 0.2, 0.2, 1], np.float32)
        layers.append(Layer(layer.name, rgba.astype(np.float32)))
    red = np.array([204, 51, 51], np.uint8)
    picture = np.where(spikes > 0.5, red, doll.picture)
    whole = np.maximum(doll.alpha, spikes[..., 0])
    return replace(doll, layers=tuple(layers), picture=picture, alpha=whole)


def test_a_smooth_arm_is_not_ragged() -> None:
    doll = paper_doll()
    assert list(ragged_arms(doll, torso_of(doll))) == []


@pytest.mark.parametrize(("alpha", "sides"), [(1.0, ("right",)), (0.4, ())])
def test_an_arm_with_crisp_spikes_is_left_at_rest(alpha: float, sides: tuple[str, ...]) -> None:
    doll = with_spikes(paper_doll(), alpha)
    found = [part.split()[0] for part, _ in ragged_arms(doll, torso_of(doll))]
    assert tuple(found) == sides
    if sides:
        judgement = judge(doll)
        assert judgement.arms_at_rest == sides
        assert "ragged" in judgement.remarks[0]
