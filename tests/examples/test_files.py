"""The committed samples are what the README promises, and small."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

PICTURES = ("photo.jpg", "cartoon.png", "drawing.jpg")
CLIPS = {"dance.mp4": (144, 864, 1080, True), "talk.mp4": (120, 960, 720, False)}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_portrait_and_small(samples: Path, name: str) -> None:
    path = samples / name
    with Image.open(path) as picture:
        assert picture.size == (864, 1152)
        assert picture.mode == "RGB"
    assert path.stat().st_size < 600_000


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_has_its_frames_its_rate_and_its_sound(samples: Path, name: str) -> None:
    frames, width, height, has_sound = CLIPS[name]
    path = samples / name
    assert path.stat().st_size < 2_000_000
    with av.open(str(path)) as clip:
        video = clip.streams.video[0]
        assert (video.width, video.height) == (width, height)
        assert video.average_rate == Fraction(24)
        assert video.codec_context.name == "h264"
        assert sum(1 for _ in clip.decode(video)) == frames
        assert bool(clip.streams.audio) == has_sound
    if has_sound:
        with av.open(str(path)) as clip:
            heard = np.concatenate([f.to_ndarray() for f in clip.decode(audio=0)], axis=1)
        assert heard.shape[1] / 44100 == pytest.approx(frames / 24, abs=0.06)
        assert np.abs(heard).max() > 0.3


def test_all_samples_together_stay_under_six_megabytes(samples: Path) -> None:
    files = [samples / name for name in (*PICTURES, *CLIPS)]
    files += [path.with_suffix(".joints.npz") for path in files if path.suffix == ".mp4"]
    assert sum(path.stat().st_size for path in files) < 6_000_000


@pytest.mark.parametrize("name", CLIPS)
def test_the_known_joints_of_a_clip_lie_beside_it(samples: Path, name: str) -> None:
    frames, width, height, _ = CLIPS[name]
    with np.load((samples / name).with_suffix(".joints.npz")) as known:
        assert known["times"] == pytest.approx(np.arange(frames) / 24)
        assert known["body"].shape == (frames, 33, 2)
        assert known["left_hand"].shape == known["right_hand"].shape == (frames, 21, 2)
        assert tuple(known["size"]) == (width, height)
        upper = known["body"][:, :17]
    assert (upper > 0).all()
    assert (upper < (width, height)).all()
