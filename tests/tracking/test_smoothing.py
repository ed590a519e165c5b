from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from understudy.geometry.landmarks import Body
from understudy.tracking.cleaning import RawTrack
from understudy.tracking.smoothing import fill_gaps, gap_weights, savitzky_golay, smooth, window_for

Float64 = NDArray[np.float64]
COEFFICIENT = st.floats(-100, 100, allow_nan=False)


def parabola(count: int, a: float, b: float, c: float) -> Float64:
    t = np.arange(count) / 10
    return np.column_stack([a + b * t + c * t * t, c - a * t])


def track(count: int, *, fps: float = 24, seed: int = 0) -> RawTrack:
    """A body that sways, hands and face that go with it, and noise."""
    rng = np.random.default_rng(seed)
    sway = 100 + 30 * np.sin(np.arange(count) / 8)
    body = np.ones((count, 33, 4), np.float32)
    body[..., 0] = sway[:, None] + np.arange(33)
    body[..., 1] = 200 + 5 * np.arange(33)
    body[..., :3] += rng.normal(0, 0.5, (count, 33, 3))

    def part(points: int, anchor: Body) -> NDArray[np.float32]:
        shape = np.linspace(0, 20, points * 3).reshape(points, 3)
        return (body[:, anchor, None, :3] + shape).astype(np.float32)

    return RawTrack(
        times=np.arange(count) / fps,
        body=body,
        world=body[..., :3] / 500,
        left_hand=part(21, Body.LEFT_WRIST),
        right_hand=part(21, Body.RIGHT_WRIST),
        face=part(468, Body.NOSE),
        presence=np.ones((count, 4), np.float32),
    )


def test_a_long_face_is_smoothed_in_parts_as_a_short_one_in_whole() -> None:
    whole = track(3200)
    begin = RawTrack(*(getattr(whole, name)[:40] for name in RawTrack.__slots__))
    long, short = smooth(whole, 24, (640, 480)), smooth(begin, 24, (640, 480))
    np.testing.assert_array_equal(long.face[:30], short.face[:30])


class TestSavitzkyGolay:
    @given(COEFFICIENT, COEFFICIENT, COEFFICIENT, st.integers(3, 40), st.sampled_from([3, 5, 7, 9]))
    def test_parabolas_come_out_as_they_go_in(
        self, a: float, b: float, c: float, count: int, window: int
    ) -> None:
        values = parabola(count, a, b, c)
        np.testing.assert_allclose(savitzky_golay(values, window), values, atol=1e-5)

    @given(COEFFICIENT, COEFFICIENT, COEFFICIENT, st.lists(st.integers(1, 28), max_size=3))
    def test_parabolas_survive_single_missing_frames(
        self, a: float, b: float, c: float, missing: list[int]
    ) -> None:
        values = parabola(30, a, b, c)
        known = np.ones(30, bool)
        known[[m for m in missing if m - 1 not in missing and m + 1 not in missing]] = False
        broken = values.copy()
        broken[~known] = 1e3
        smoothed = savitzky_golay(fill_gaps(broken, known), 7, gap_weights(known))
        np.testing.assert_allclose(smoothed, values, atol=1e-2)

    def test_it_is_the_published_filter_in_the_middle(self) -> None:
        impulse = np.zeros((15, 1))
        impulse[7] = 1
        response = savitzky_golay(impulse, 7)[4:11, 0]
        np.testing.assert_allclose(response, np.array([-2, 3, 6, 7, 6, 3, -2]) / 21, atol=1e-9)

    def test_it_takes_out_noise_without_lag(self) -> None:
        clean = 100 * np.sin(np.arange(200) / 15)[:, None]
        noisy = clean + np.random.default_rng(1).normal(0, 1, clean.shape)
        smoothed = savitzky_golay(noisy, 7)
        assert (
            np.abs(np.diff(smoothed, 2, axis=0)).mean()
            < np.abs(np.diff(noisy, 2, axis=0)).mean() / 3
        )
        lags = [np.abs(smoothed[5:-5] - clean[5 + lag : 195 + lag]).mean() for lag in (-1, 0, 1)]
        assert int(np.argmin(lags)) == 1

    def test_tracks_shorter_than_the_window_are_smoothed_too(self) -> None:
        np.testing.assert_allclose(savitzky_golay(np.array([[3.0]]), 7), [[3]], atol=1e-6)
        np.testing.assert_allclose(
            savitzky_golay(np.array([[1.0], [2.0]]), 7), [[1], [2]], atol=1e-6
        )


class TestGaps:
    def test_gaps_are_eased_from_the_last_known_to_the_next(self) -> None:
        values = np.array([[0.0], [9.0], [9.0], [9.0], [8.0]])
        filled = fill_gaps(values, np.array([True, False, False, False, True]))
        assert filled[0, 0] == 0
        assert filled[2, 0] == 4
        assert (np.diff(filled[:, 0]) > 0).all()

    def test_the_ends_are_held(self) -> None:
        values = np.array([[7.0], [1.0], [2.0], [9.0]])
        filled = fill_gaps(values, np.array([False, True, True, False]))
        assert filled[:, 0].tolist() == [1, 1, 2, 2]

    def test_the_window_follows_the_frame_rate(self) -> None:
        assert window_for(24, 0.28, 7) == 7
        assert window_for(60, 0.28, 7) == 7
        assert window_for(12, 0.28, 7) == 3


class TestSmooth:
    def test_everything_seen_stays_seen_and_near(self) -> None:
        raw = track(60)
        done = smooth(raw, 24, (640, 480))
        assert done.size == (640, 480)
        assert np.isfinite(done.face).all()
        assert np.abs(done.body - raw.body).max() < 4
        assert np.abs(done.left_hand - raw.left_hand).max() < 4

    def test_a_body_is_filled_everywhere_and_says_so(self) -> None:
        raw = track(60)
        raw.body[20:26] = np.nan
        raw.world[20:26] = np.nan
        done = smooth(raw, 24, (640, 480))
        assert np.isfinite(done.body).all()
        assert np.isfinite(done.world).all()
        assert done.body[21:25, :, 3].max() < 0.3
        assert done.body[:18, :, 3].min() > 0.9
        whole = smooth(track(60), 24, (640, 480))
        assert np.abs(done.body[20:26, :, 0] - whole.body[20:26, :, 0]).max() < 15

    def test_a_hand_that_is_missed_for_a_moment_goes_along_with_the_wrist(self) -> None:
        raw = track(60)
        raw.left_hand[1::2] = np.nan
        raw.left_hand[30:36] = np.nan
        done = smooth(raw, 24, (640, 480))
        assert np.isfinite(done.left_hand).all()
        whole = smooth(track(60), 24, (640, 480))
        assert np.abs(done.left_hand - whole.left_hand).max() < 3

    def test_a_hand_out_of_sight_for_long_stays_unseen(self) -> None:
        raw = track(80)
        raw.left_hand[20:60] = np.nan
        done = smooth(raw, 24, (640, 480))
        assert np.isnan(done.left_hand[23:57]).all()
        assert np.isfinite(done.left_hand[:20]).all()

    def test_a_hand_seen_for_a_blink_is_left_out(self) -> None:
        raw = track(60)
        raw.right_hand[:] = np.nan
        raw.right_hand[30:33] = 5
        assert np.isnan(smooth(raw, 24, (640, 480)).right_hand).all()
