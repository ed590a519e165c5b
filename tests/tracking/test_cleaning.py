from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.tracking.test_smoothing import track
from understudy.geometry.landmarks import Body
from understudy.tracking.cleaning import (
    RawTrack,
    clean,
    confirmed,
    find_spikes,
    find_swaps,
    trunk_length,
)

LEGS = (
    (Body.LEFT_KNEE, Body.RIGHT_KNEE),
    (Body.LEFT_ANKLE, Body.RIGHT_ANKLE),
    (Body.LEFT_HEEL, Body.RIGHT_HEEL),
    (Body.LEFT_FOOT_INDEX, Body.RIGHT_FOOT_INDEX),
)


def person(count: int = 40) -> RawTrack:
    """Somebody who stands and turns a little, with hands on the wrists and a face on the head."""
    places = {
        Body.NOSE: (300, 100), Body.LEFT_SHOULDER: (350, 200), Body.RIGHT_SHOULDER: (250, 200),
        Body.LEFT_ELBOW: (380, 280), Body.RIGHT_ELBOW: (220, 280), Body.LEFT_WRIST: (390, 360),
        Body.RIGHT_WRIST: (210, 360), Body.LEFT_HIP: (330, 360), Body.RIGHT_HIP: (270, 360),
        Body.LEFT_KNEE: (335, 470), Body.RIGHT_KNEE: (265, 470), Body.LEFT_ANKLE: (340, 580),
        Body.RIGHT_ANKLE: (260, 580), Body.LEFT_HEEL: (340, 600), Body.RIGHT_HEEL: (260, 600),
        Body.LEFT_FOOT_INDEX: (350, 610), Body.RIGHT_FOOT_INDEX: (250, 610),
    }  # fmt: skip
    raw = track(count)
    body = np.ones_like(raw.body)
    body[..., :3] = 300
    for landmark, (x, y) in places.items():
        body[:, landmark, :2] = x, y
    body[..., 0] += 3 * np.sin(np.arange(count) / 5)[:, None]
    world = body[..., :3] / 400

    def hand(wrist: Body) -> np.ndarray:
        points = np.repeat(body[:, None, wrist, :3], 21, axis=1)
        points[:, 1:, 1] += np.linspace(2, 40, 20)
        return points

    face = np.repeat(body[:, None, Body.NOSE, :3], 468, axis=1)
    face[:, 10, 1] -= 40
    face[:, 152, 1] += 40
    face[:, 234, 0] -= 30
    face[:, 454, 0] += 30
    return replace(
        raw,
        body=body,
        world=world,
        left_hand=hand(Body.LEFT_WRIST),
        right_hand=hand(Body.RIGHT_WRIST),
        face=face,
    )


def test_a_true_track_stays_as_it_is() -> None:
    raw = person()
    cleaned = clean(raw)
    for name in ("body", "world", "left_hand", "right_hand", "face"):
        np.testing.assert_array_equal(getattr(cleaned, name), getattr(raw, name))


def test_the_trunk_is_measured_from_the_shoulders_to_the_hips() -> None:
    assert trunk_length(person().body) == pytest.approx(160)


def test_legs_exchanged_for_a_moment_are_exchanged_back() -> None:
    raw = person()
    body = raw.body.copy()
    for left, right in LEGS:
        body[10:13, [left, right]] = raw.body[10:13, [right, left]]
    assert find_swaps(body, LEGS, 160) == [(10, 13)]
    np.testing.assert_array_equal(clean(replace(raw, body=body)).body, raw.body)


def test_legs_that_cross_are_let_cross() -> None:
    raw = person(60)
    body = raw.body.copy()
    share = np.clip((np.arange(60) - 20) / 20, 0, 1)
    for left, right in LEGS:
        body[:, left, 0] = 340 - 80 * share
        body[:, right, 0] = 260 + 80 * share
    assert find_swaps(body, LEGS, 160) == []


def test_a_joint_that_jumps_away_and_back_is_taken_out() -> None:
    raw = person()
    raw.body[15, Body.LEFT_WRIST, 0] += 90
    cleaned = clean(raw)
    assert np.isnan(cleaned.body[15, Body.LEFT_WRIST, 0])
    assert np.isfinite(cleaned.body[14, Body.LEFT_WRIST, 0])
    assert np.isnan(cleaned.world[15, Body.LEFT_WRIST, 0])


def test_a_fast_movement_is_no_spike() -> None:
    points = np.zeros((40, 1, 2), np.float32)
    points[:, 0, 0] = 120 * np.sin(np.arange(40) / 2)
    assert not find_spikes(points, 100).any()


def test_a_face_off_the_head_is_taken_out() -> None:
    raw = person()
    raw.face[20:24, :, 0] += 60
    assert np.isnan(clean(raw).face[20:24]).all()
    assert np.isfinite(clean(raw).face[:20]).all()


def test_a_face_in_profile_and_one_on_a_back_are_taken_out() -> None:
    raw = person()
    raw.face[20:30, 454, 0] = raw.face[20:30, 234, 0] + 5
    raw.face[20:30, 454, 2] = raw.face[20:30, 234, 2] + 90
    raw.world[30:, [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]] = raw.world[
        30:, [Body.RIGHT_SHOULDER, Body.LEFT_SHOULDER]
    ]
    seen = np.isfinite(clean(raw).face[:, 0, 0])
    assert seen.tolist() == [True] * 20 + [False] * 20


def test_a_hand_on_the_other_arm_is_taken_out() -> None:
    raw = person()
    raw.left_hand[20:25] = raw.right_hand[20:25]
    cleaned = clean(raw)
    assert np.isnan(cleaned.left_hand[20:25]).all()
    assert np.isfinite(cleaned.right_hand).all()


def test_an_unsure_body_is_taken_out() -> None:
    raw = person()
    raw.presence[7, 0] = 0.4
    assert np.isnan(clean(raw).body[7]).all()


def test_what_was_seen_once_by_chance_is_taken_out() -> None:
    good = np.zeros(20, bool)
    good[[2, 10, 12]] = True
    kept = confirmed(good, good | (np.arange(20) % 2 == 0))
    assert np.flatnonzero(kept).tolist() == [10, 12]
