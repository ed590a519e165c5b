"""Motion in place of a clip: told by content, checked, and read at the output's rate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.tracking.formats.walker import FPS
from understudy.errors import InputRefused
from understudy.tracking.formats import write_performance
from understudy.tracking.formats.motion_file import is_motion, open_motion
from understudy.tracking.formats.npz import save_npz
from understudy.tracking.formats.openpose_json import write_openpose_folder
from understudy.tracking.performance import Performance


@pytest.fixture(scope="module")
def files(walk: Performance, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The walker as motion of each kind, under names that tell nothing."""
    folder = tmp_path_factory.mktemp("motion")
    paths = {}
    for suffix in (".npz", ".bvh", ".json"):
        write_performance(walk, folder / f"walk{suffix}")
        paths[suffix] = (folder / f"walk{suffix}").rename(folder / f"{suffix[1:]}.bin")
    write_openpose_folder(walk, folder / "frames")
    return paths | {"folder": folder / "frames"}


@pytest.mark.parametrize("kind", [".npz", ".bvh", ".json", "folder"])
def test_every_kind_is_told_by_content(
    files: dict[str, Path], kind: str, walk: Performance
) -> None:
    assert is_motion(files[kind])
    motion = open_motion(files[kind], max_seconds=30)
    assert motion.fps == FPS
    assert motion.performance.times[0] == 0
    assert motion.duration == pytest.approx(len(walk) / FPS)
    assert not motion.has_sound
    assert len(motion.digest) == 64


def test_videos_are_no_motion(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isom")
    assert not is_motion(tmp_path / "x.mp4")
    assert not is_motion(tmp_path / "missing.bvh")


def test_the_digest_is_of_the_content(files: dict[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(files[".bvh"].read_bytes())
    digests = {open_motion(path, max_seconds=30).digest for path in (copy, files[".bvh"])}
    assert len(digests) == 1
    assert digests != {open_motion(files[".npz"], max_seconds=30).digest}


def test_motion_that_is_too_long_is_refused(files: dict[str, Path]) -> None:
    with pytest.raises(InputRefused) as caught:
        open_motion(files[".bvh"], max_seconds=1)
    assert caught.value.field == "video_url"
    assert "lasts 2.00 s" in caught.value.message


@pytest.mark.parametrize("content", [b"PK\x03\x04 nothing", b'{"a": 1}', b"HIERARCHY nothing"])
def test_what_only_begins_like_motion_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert is_motion(path)
    with pytest.raises(InputRefused, match="cannot be read"):
        open_motion(path, max_seconds=30)


def test_motion_without_anybody_or_with_times_that_fall_is_refused(
    walk: Performance, tmp_path: Path
) -> None:
    empty = replace(walk, body=np.full_like(walk.body, np.nan))
    falling = replace(walk, times=walk.times[::-1].copy())
    still = replace(walk, times=np.zeros_like(walk.times))
    for performance, reason in (
        (empty, "shows nobody"),
        (falling, "do not rise"),
        (still, "do not rise"),
    ):
        save_npz(performance, tmp_path / "x.npz")
        with pytest.raises(InputRefused, match=reason):
            open_motion(tmp_path / "x.npz", max_seconds=30)


def test_frames_at_the_own_rate_are_those_of_the_file(
    files: dict[str, Path],
) -> None:
    motion = open_motion(files[".npz"], max_seconds=30)
    same = motion.at_rate(motion.fps, len(motion.performance))
    np.testing.assert_array_equal(same.body, motion.performance.body)
    np.testing.assert_array_equal(same.right_hand, motion.performance.right_hand)


def test_frames_at_another_rate_lie_between(files: dict[str, Path], walk: Performance) -> None:
    motion = open_motion(files[".npz"], max_seconds=30)
    double = motion.at_rate(Fraction(2 * FPS), 2 * len(walk))
    np.testing.assert_allclose(double.times, np.arange(2 * len(walk)) / (2 * FPS))
    np.testing.assert_array_equal(double.body[::2], walk.body)
    between = (walk.body[:-1] + walk.body[1:]) / 2
    np.testing.assert_allclose(double.body[1:-1:2], between, atol=1e-3)
    # The last frame is held to its end.
    np.testing.assert_array_equal(double.body[-1], walk.body[-1])
    half = motion.at_rate(Fraction(FPS, 2), len(walk) // 2)
    np.testing.assert_array_equal(half.body, walk.body[::2])
