"""A clip for what is not about clips: a browser shows it in a third of the time."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import SoundSource, VideoWriter

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_SIZE, _FPS, _SECONDS = (360, 450), Fraction(12), 3.1


@cache
def short_clip() -> Path:
    """The first three seconds of the sample dance, small, with sound; made once in a process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "dance.mp4"
    source = open_clip(EXAMPLES / "dance.mp4", orientation="video")
    sound = SoundSource(source.path, 0.0, _SECONDS)
    with VideoWriter(path, _SIZE, _FPS, sound=sound) as writer:
        for frame in read_frames(source, size=_SIZE, start=0.0, end=_SECONDS, fps=_FPS):
            writer.write_rgb(frame.rgb)
    return path
