"""Sculpting and painting: closed surfaces, and one frame that stays as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from atelier.paper.cartoon import cartoon
from atelier.solid import fields as f
from atelier.solid.meshing import polygonise
from atelier.works import Shoot, shoot_dance

GOLDEN = Path(__file__).parent / "golden"


def test_a_sphere_is_polygonised_closed_and_true() -> None:
    mesh = polygonise(f.sphere((0.1, 0, 0), 0.5), (-0.6, -0.7, -0.7), (0.8, 0.7, 0.7), 0.04)
    edges = np.sort(mesh.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert (uses == 2).all()
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(float) for k in range(3))
    volume = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 0.5**3, rel=0.01)
    assert mesh.occlusion.min() > 0.95, "nothing shades a ball"


def test_smooth_union_contains_both_and_subtraction_leaves_no_hole_filled() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (3, 500)).astype(np.float32)
    a, b = f.sphere((0.2, 0, 0), 0.4), f.box((-0.3, 0, 0), (0.3, 0.2, 0.2), 0.05)
    assert (f.union(a, b, blend=0.1)(points) <= np.minimum(a(points), b(points)) + 1e-6).all()
    assert (f.subtract(a, b)(points) >= -b(points) - 1e-6).all()


@pytest.fixture(scope="module")
def small_dance() -> Shoot:
    return shoot_dance(fine=3.0, scale=0.3)


def test_a_small_frame_of_the_dance_is_drawn_as_before(small_dance: Shoot) -> None:
    with Image.open(GOLDEN / "dance-60.png") as golden:
        expected = np.asarray(golden).astype(int)
    drawn = small_dance.draw(60)
    assert drawn.shape == expected.shape
    off = np.abs(drawn - expected)
    assert off.mean() < 0.6
    assert (off.max(-1) > 24).mean() < 0.005


def test_the_same_frame_comes_out_bit_for_bit_the_same(small_dance: Shoot) -> None:
    assert np.array_equal(small_dance.draw(90), small_dance.draw(90))


def test_the_committed_joints_are_those_of_the_choreography(
    small_dance: Shoot, samples: Path
) -> None:
    with np.load(samples / "dance.joints.npz") as known:
        assert small_dance.joints().body / 0.3 == pytest.approx(known["body"], abs=1.5)


def test_the_cartoon_is_drawn_as_committed(samples: Path) -> None:
    with Image.open(samples / "cartoon.png") as picture:
        committed = np.asarray(picture).astype(int)
    assert np.abs(cartoon() - committed).mean() < 0.5
