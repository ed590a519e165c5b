"""A foot that the other one hides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.engines.paper_doll import SHOE, SKIN, TROUSERS, paper_doll
from tests.geometry.stick_figure import Pose
from understudy.character.character import Character, Layer
from understudy.engines.puppet.rig.hidden_foot import hidden_foot
from understudy.engines.puppet.rig.leg_split import find_leg_split
from understudy.engines.puppet.rig.rig import build_rig, skeleton_of_character
from understudy.geometry.landmarks import Body

CLOSED = Pose(left_leg=(91.0, 91.0), right_leg=(89.0, 89.0))


def with_one_shoe() -> Character:
    """Closed legs, of which the right one's shoe stands before the left one's."""
    doll = paper_doll(CLOSED)
    points = doll.landmarks.body
    rgba = doll.layers[0].rgba.copy()
    top, ankle = int(points[Body.LEFT_HIP, 1]) + 8, int(points[Body.LEFT_ANKLE, 1])
    right, left = (int(points[knee, 0]) for knee in (Body.RIGHT_KNEE, Body.LEFT_KNEE))
    middle = (left + right) // 2
    rgba[top:] = 0.0
    rgba[top:ankle, right - 9 : middle] = (*TROUSERS, 1.0)
    rgba[top:ankle, middle : left + 10] = (*SKIN, 1.0)
    rgba[ankle : ankle + 14, right - 6 : middle + 4] = (*SHOE, 1.0)
    return replace(doll, layers=(Layer("body", rgba), *doll.layers[1:]))


def test_it_is_drawn_as_the_other_one_mirrored() -> None:
    character = with_one_shoe()
    skeleton = skeleton_of_character(character)
    split = find_leg_split(character.layers[0].rgba, skeleton, None)
    assert hidden_foot(character.layers[0].rgba[..., 3], skeleton, split) == 0
    body = build_rig(character, skeleton).body
    copied = np.abs(body.vertices - body.origin - body.uv).max(axis=1) > 1e-9
    ankles = skeleton.joints[[Body.LEFT_ANKLE, Body.RIGHT_ANKLE]]
    from_own = body.vertices[copied] - ankles[0]
    from_shown = body.uv[copied] + body.origin - ankles[1]
    np.testing.assert_allclose(from_own, from_shown * (-1.0, 1.0), atol=1e-9)
    # Whichever leg is the nearer one, its own foot lies before that of the other.
    of_copy = copied[body.triangles].all(axis=1)
    near, far = (order.argsort()[of_copy].mean() for order in (body.order, body.order_swapped))
    assert near > far


def test_feet_that_are_both_seen_are_left_alone() -> None:
    character = paper_doll()
    skeleton = skeleton_of_character(character)
    rgba = character.layers[0].rgba
    assert hidden_foot(rgba[..., 3], skeleton, find_leg_split(rgba, skeleton, None)) is None
