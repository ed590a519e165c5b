"""The driver's motion from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np

from tests.cli.conftest import Run
from tests.short_clip import FRAMES, SIZE


def test_npz_holds_every_frame_of_the_clip(understudy: Run, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "motion.npz"
    done = understudy("track", clip, "-o", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out}: 18 frames, 2.8 s of 432 × 540\n"
    with np.load(out) as arrays:
        assert arrays["body"].shape == (FRAMES, 33, 4)
        assert arrays["world"].shape == (FRAMES, 33, 3)
        assert np.isfinite(arrays["body"]).all()
        assert arrays["size"].tolist() == [*SIZE]
    assert [path.name for path in tmp_path.iterdir()] == ["motion.npz"]


def test_mp4_is_a_skeleton_of_the_clip_s_size(understudy: Run, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "skeleton.mp4"
    done = understudy("track", clip, "-o", out)
    assert done.returncode == 0, done.stderr
    with av.open(str(out)) as video:
        shown = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    assert len(shown) == FRAMES
    assert shown[0].shape == (*SIZE[::-1], 3)
    assert np.median(shown[0]) < 8
    assert shown[0].max() > 150


def test_each_format_of_motion_holds_every_frame(
    understudy: Run, clip: Path, tmp_path: Path
) -> None:
    for name in ("motion.bvh", "motion.glb", "motion.json"):
        done = understudy("track", clip, "-o", tmp_path / name)
        assert done.returncode == 0, done.stderr
    assert f"Frames: {FRAMES}\n" in (tmp_path / "motion.bvh").read_text()
    assert (tmp_path / "motion.glb").read_bytes()[:4] == b"glTF"
    assert len(json.loads((tmp_path / "motion.json").read_text())) == FRAMES


def test_keypoints_choose_the_points_of_json(understudy: Run, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "wholebody.json"
    done = understudy("track", clip, "-o", out, "--keypoints", "coco_wholebody")
    assert done.returncode == 0, done.stderr
    written = json.loads(out.read_text())
    assert len(written["images"]) == len(written["annotations"]) == FRAMES
    done = understudy("track", clip, "-o", tmp_path / "frames", "--keypoints", "coco_18")
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "frames").iterdir())
    assert len(files) == FRAMES
    person = json.loads(files[0].read_text())["people"][0]
    assert len(person["pose_keypoints_2d"]) == 18 * 3


def test_keypoints_that_an_output_cannot_hold_are_refused(
    understudy: Run, clip: Path, tmp_path: Path
) -> None:
    for output, keypoints in (("motion.bvh", "coco_18"), ("folder", "coco_wholebody")):
        done = understudy("track", clip, "-o", tmp_path / output, "--keypoints", keypoints)
        assert done.returncode == 2
        assert "understudy: --keypoints: " in done.stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    done = understudy("track", clip, "-o", tmp_path / "full")
    assert done.returncode == 2
    assert "name a new or an empty folder" in done.stderr


def test_a_format_that_is_not_written_is_refused_with_those_that_are(
    understudy: Run, clip: Path, tmp_path: Path
) -> None:
    done = understudy("track", clip, "-o", tmp_path / "motion.fbx")
    assert done.returncode == 2
    assert done.stderr == (
        "understudy: --output: 'motion.fbx' ends in '.fbx';"
        " allowed: .npz, .bvh, .glb, .json, .mp4\n"
    )


def test_a_clip_that_is_too_short_is_refused(
    understudy: Run, too_short_clip: Path, tmp_path: Path
) -> None:
    done = understudy("track", too_short_clip, "-o", tmp_path / "motion.npz")
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
