from __future__ import annotations

import numpy as np
import pytest

from tests.character.figure.drawn_on_paper import JOINTS, outline_figure
from understudy.character.figure.joints import Joint
from understudy.character.figure.unrecognized.mask_energy import (
    PreparedMask,
    energy_of,
    own_shares,
    prepare,
)
from understudy.character.figure.unrecognized.mask_fit import fit_near, fit_outline

HEIGHT = 530  # pixels, of the drawn figure


@pytest.fixture(scope="module")
def prepared() -> PreparedMask:
    return prepare(outline_figure()[1])


def _off(
    prepared: PreparedMask, joints: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> float:
    """The mean distance from the truth, in heights of the figure."""
    return float(np.linalg.norm(prepared.to_picture(joints) - JOINTS, axis=1).mean() / HEIGHT)


def test_the_true_joints_explain_a_silhouette_better_than_moved_ones(
    prepared: PreparedMask,
) -> None:
    true = prepared.from_picture(JOINTS)
    assert energy_of(prepared, true) < 0.25
    raised = true.copy()
    raised[[Joint.LEFT_ELBOW, Joint.LEFT_WRIST], 1] += 60
    upside_down = true * (1, -1) + (0, 2 * true[:, 1].mean())
    for wrong in (raised, upside_down, true + np.array([40, 0])):
        assert energy_of(prepared, wrong) > 2 * energy_of(prepared, true)


def test_the_energy_does_not_depend_on_what_was_asked_before(prepared: PreparedMask) -> None:
    true = prepared.from_picture(JOINTS)
    before = energy_of(prepared, true)
    energy_of(prepared, true + np.array([15, -20]))
    assert energy_of(prepared, true) == pytest.approx(before, abs=1e-12)


def test_joints_that_are_nearly_right_are_put_right(prepared: PreparedMask) -> None:
    moved = JOINTS + np.random.default_rng(1).normal(0, 0.03 * HEIGHT, JOINTS.shape)
    start = prepared.from_picture(moved)
    found = fit_near(prepared, start)
    assert np.array_equal(fit_near(prepared, start), found), "the same every time"
    assert energy_of(prepared, found) < 0.5 * energy_of(prepared, start)
    assert _off(prepared, found) < 0.04


def test_the_outline_alone_gives_the_joints(prepared: PreparedMask) -> None:
    assert _off(prepared, fit_outline(prepared)[0]) < 0.05


def test_an_arm_that_the_picture_does_not_show_explains_nothing(prepared: PreparedMask) -> None:
    joints = JOINTS.copy()
    joints[Joint.LEFT_ELBOW], joints[Joint.LEFT_WRIST] = (270, 300), (260, 350)
    shares = own_shares(prepared, prepared.from_picture(joints))
    assert shares["left arm"] < 0.012
    assert min(shares[limb] for limb in ("right arm", "left leg", "right leg")) > 0.03
