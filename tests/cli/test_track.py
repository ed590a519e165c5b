"""The driver's motion from the command line."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from tests.cli.conftest import Run


def test_npz_holds_every_frame_of_the_clip(understudy: Run, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "motion.npz"
    done = understudy("track", clip, "-o", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}: 39 frames, 3.2 s of 360 × 640\n"
    with np.load(out) as arrays:
        assert arrays["body"].shape == (39, 33, 4)
        assert arrays["world"].shape == (39, 33, 3)
        assert np.isfinite(arrays["body"]).all()
        assert arrays["size"].tolist() == [360, 640]
    assert [path.name for path in tmp_path.iterdir()] == ["motion.npz"]


def test_mp4_is_a_skeleton_of_the_clip_s_size(understudy: Run, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "skeleton.mp4"
    done = understudy("track", clip, "-o", out)
    assert done.returncode == 0, done.stderr
    with av.open(str(out)) as video:
        shown = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(shown) == 39
    assert shown[0].shape == (640, 360, 3)
    assert np.median(shown[0]) < 8
    assert shown[0].max() > 150


def test_a_format_that_is_not_written_is_refused_with_those_that_are(
    understudy: Run, clip: Path, tmp_path: Path
) -> None:
    done = understudy("track", clip, "-o", tmp_path / "motion.fbx")
    assert done.returncode == 2
    expected = "understudy: --output: 'motion.fbx' ends in '.fbx'; allowed: .npz, .mp4\n"
    assert done.stderr == expected


def test_a_clip_that_is_too_short_is_refused(
    understudy: Run, short_clip: Path, tmp_path: Path
) -> None:
    done = understudy("track", short_clip, "-o", tmp_path / "motion.npz")
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
