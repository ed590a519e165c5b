from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.tracking.clip_maker import Grey, texture, window
from understudy.tracking.scene.shots import bridge_flashes, find_cuts, likeness

SIZE = (136, 240)
STEP = 1 / 12


def times(images: list[Grey]) -> NDArray[np.float64]:
    return np.arange(len(images)) * STEP


def shot(seed: int, count: int) -> list[Grey]:
    """A still camera; a blob goes to and fro before the ground."""
    ground = texture(SIZE, seed)
    images = []
    for k in range(count):
        image = ground.copy()
        x = 50 + round(20 * np.sin(k / 4))
        image[80:180, x : x + 30] = 235
        images.append(image)
    return images


def blend(one: Grey, other: Grey, share: float) -> Grey:
    return np.rint((1 - share) * one + share * other).astype(np.uint8)


def test_a_shot_without_a_cut_has_none() -> None:
    images = shot(1, 60)
    assert find_cuts(times(images), np.stack(images)) == []


def test_a_hard_cut_is_found_between_its_frames() -> None:
    images = shot(1, 30) + shot(2, 30)
    (cut,) = find_cuts(times(images), np.stack(images))
    assert cut.kind == "cut"
    assert (cut.start, cut.end) == (29 * STEP, 30 * STEP)


def test_cuts_in_quick_succession_are_all_found() -> None:
    images = shot(1, 12) + shot(2, 8) + shot(3, 12)
    assert len(find_cuts(times(images), np.stack(images))) == 2


def test_a_dissolve_is_found_from_where_it_begins_to_where_it_ends() -> None:
    before, after = shot(1, 40), shot(2, 40)
    middle = [blend(a, b, (k + 1) / 11) for k, (a, b) in enumerate(zip(before, after, strict=True))]
    images = before[:30] + middle[:10] + after[10:]
    (cut,) = find_cuts(times(images), np.stack(images))
    assert cut.kind == "dissolve"
    assert abs(cut.start - 30 * STEP) <= 3 * STEP
    assert abs(cut.end - 40 * STEP) <= 3 * STEP


def test_a_fade_to_black_counts_as_a_dissolve() -> None:
    images = shot(1, 40)
    black = np.zeros_like(images[0])
    fading = [blend(image, black, k / 10) for k, image in enumerate(images[:11])]
    images = images[:30] + fading + [black] * 8
    (cut,) = find_cuts(times(images), np.stack(images))
    assert cut.kind == "dissolve"


def test_a_pan_is_neither_cut_nor_dissolve() -> None:
    ground = texture((600, 300), 3)
    images = [window(ground, 80 + 6 * k, 150, SIZE) for k in range(60)]
    assert find_cuts(times(images), np.stack(images)) == []


def test_a_light_that_changes_is_no_cut() -> None:
    images = [blend(i, np.full_like(i, 255), 0.3 * (k >= 20)) for k, i in enumerate(shot(1, 40))]
    assert find_cuts(times(images), np.stack(images)) == []


def test_a_flash_that_leads_back_to_the_same_shot_is_bridged() -> None:
    images = shot(1, 60)
    images[30:34] = [np.full_like(images[0], 250)] * 4
    at, stack = times(images), np.stack(images)
    cuts = find_cuts(at, stack)
    assert len(cuts) == 2
    assert bridge_flashes(cuts, at, stack, 0.5) == []


def test_a_short_shot_between_two_others_is_not_bridged() -> None:
    images = shot(1, 30) + shot(2, 4) + shot(3, 30)
    at, stack = times(images), np.stack(images)
    assert len(bridge_flashes(find_cuts(at, stack), at, stack, 0.5)) == 2


def test_likeness_is_one_for_the_same_and_zero_for_what_is_flat() -> None:
    image = texture(SIZE, 5)
    assert likeness(image, image) > 0.999
    assert likeness(image, np.full_like(image, 7)) == 0
    assert abs(likeness(image, texture(SIZE, 6))) < 0.3
