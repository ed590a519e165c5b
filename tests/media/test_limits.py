"""The contract's limits."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.errors import InputRefused
from understudy.media import limits

rates = st.fractions(min_value=Fraction(1, 2), max_value=1000, max_denominator=1001)


@given(rates)
def test_output_rate_is_the_least_whole_division_that_keeps_to_thirty(rate: Fraction) -> None:
    found = limits.output_fps(rate)
    assert 0 < found <= limits.OUTPUT_MAX_FPS
    step = round(rate / found)
    assert abs(rate / step / found - 1) <= limits.FPS_TOLERANCE
    if step > 1:
        assert rate / (step - 1) > limits.OUTPUT_MAX_FPS


@given(rates.filter(lambda r: r <= 30))
def test_rates_up_to_thirty_are_kept_exactly(rate: Fraction) -> None:
    assert limits.output_fps(rate) == rate


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (Fraction(60), Fraction(30)),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(50), Fraction(25)),
        (Fraction(48), Fraction(24)),
        (Fraction(120), Fraction(30)),
        (Fraction(3003, 100), Fraction(30)),
        (Fraction(32), Fraction(16)),
    ],
)
def test_every_nth_frame_above_thirty(source: Fraction, output: Fraction) -> None:
    assert limits.output_fps(source) == output


def test_a_rate_of_nothing_is_a_fault() -> None:
    with pytest.raises(ValueError, match="positive"):
        limits.output_fps(Fraction(0))


@given(st.integers(300, 65536), st.integers(300, 65536), st.sampled_from(["std", "pro"]))
def test_output_is_even_keeps_the_aspect_and_its_short_side(
    width: int, height: int, mode: limits.Mode
) -> None:
    out = limits.output_size(width, height, mode)
    assert min(out) == {"std": 720, "pro": 1080}[mode]
    assert all(side % 2 == 0 for side in out)
    assert out == tuple(sorted(out, reverse=width > height))
    exact = min(out) * max(width, height) / min(width, height)
    assert abs(max(out) - exact) <= 1


@pytest.mark.parametrize("size", [(300, 300), (65536, 26215), (65536, 26214), (300, 750)])
def test_pictures_at_the_limits_pass(size: tuple[int, int]) -> None:
    limits.check_picture_size(*size)
    limits.check_picture_size(*size[::-1])


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (
            (299, 400),
            "Image pixel is invalid. "
            "image_url: the size is 299 x 400 px; each side must be 300 to 65536 px",
        ),
        (
            (65537, 30000),
            "Image pixel is invalid. "
            "image_url: the size is 65537 x 30000 px; each side must be 300 to 65536 px",
        ),
        (
            (300, 751),
            "Image pixel is invalid. "
            "image_url: the aspect ratio of 300 x 751 px is 1:2.51; allowed: 1:2.5 to 2.5:1",
        ),
        (
            (1600, 600),
            "Image pixel is invalid. "
            "image_url: the aspect ratio of 1600 x 600 px is 2.67:1; allowed: 1:2.5 to 2.5:1",
        ),
    ],
)
def test_pictures_beyond_the_limits_are_refused_in_so_many_words(
    size: tuple[int, int], sentence: str
) -> None:
    with pytest.raises(InputRefused) as caught:
        limits.check_picture_size(*size)
    assert str(caught.value) == sentence
    assert caught.value.field == "image_url"


def test_clip_sides_are_inclusive() -> None:
    limits.check_clip_size(340, 3850)
    for size in ((339, 3850), (340, 3851)):
        with pytest.raises(InputRefused, match="each side must be 340 to 3850 px"):
            limits.check_clip_size(*size)


@pytest.mark.parametrize("seconds", [3.0, 2.9667, 30.0, 30.03, 30.0666])
def test_durations_at_the_limits_pass_whatever_the_container_rounds(seconds: float) -> None:
    limits.check_clip_duration(seconds, max_seconds=30)


def test_a_short_clip_is_refused_with_the_contracts_own_sentence() -> None:
    with pytest.raises(InputRefused) as caught:
        limits.check_clip_duration(2.9, max_seconds=30)
    assert str(caught.value) == "Video duration can not less than 3s"
    assert caught.value.found == "the video lasts 2.90 s"


@pytest.mark.parametrize(("orientation", "allowed"), [("video", 30), ("image", 10)])
def test_a_long_clip_is_refused_by_its_orientations_limit(
    orientation: limits.Orientation, allowed: int
) -> None:
    bounds = limits.clip_limits(orientation)
    limits.check_clip_duration(allowed, max_seconds=bounds.max_seconds)
    with pytest.raises(InputRefused, match=f"lasts {allowed}.50 s; allowed: 3 to {allowed} s"):
        limits.check_clip_duration(allowed + 0.5, max_seconds=bounds.max_seconds)


def test_a_length_of_ones_own_holds_for_both_orientations_and_takes_its_bytes_along() -> None:
    for orientation in limits.CLIP_MAX_SECONDS:
        assert limits.clip_limits(orientation, 600) == limits.ClipLimits(2000 * limits.MIB, 600)
        # A shorter length leaves the contract's bytes.
        assert limits.clip_limits(orientation, 5) == limits.ClipLimits(100 * limits.MIB, 5)


def test_bytes_are_inclusive_and_never_read_as_the_limit_when_over_it() -> None:
    most = limits.PICTURE_MAX_BYTES
    limits.check_bytes(most, max_bytes=most, field="image_url")
    with pytest.raises(InputRefused, match=r"has 10\.01 MB; at most 10 MB is allowed"):
        limits.check_bytes(most + 1, max_bytes=most, field="image_url")
    with pytest.raises(InputRefused, match="the file is empty"):
        limits.check_bytes(0, max_bytes=most, field="image_url")


def test_a_prompt_may_have_2500_characters() -> None:
    limits.check_prompt("é" * 2500)
    with pytest.raises(
        InputRefused, match="prompt: 2501 characters; at most 2500 characters are allowed"
    ):
        limits.check_prompt("é" * 2501)
