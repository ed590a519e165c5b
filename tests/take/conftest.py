"""A short drawn clip and a drawn picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import SoundSource, VideoWriter

EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURE = EXAMPLES / "photo.jpg"
FPS = Fraction(12)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of the sample dance at 12 frames a second, with its sound."""
    source = open_clip(EXAMPLES / "dance.mp4", orientation="video")
    path = tmp_path_factory.mktemp("clips") / "short.mp4"
    scale = 540 / min(source.size)
    size = (round(source.width * scale / 2) * 2, round(source.height * scale / 2) * 2)
    with VideoWriter(path, size, FPS, sound=SoundSource(source.path, 0.0, 3.0)) as writer:
        for frame in read_frames(source, size=size, start=0.0, end=3.0, fps=FPS):
            writer.write_rgb(frame.rgb)
    return path
