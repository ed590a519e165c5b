"""One small clip for what is not about clips.

Its bytes are the same in every process of a run, and so is the folder of what takes remember: a
take that another test's take has tracked the clip for does not track it again.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from fractions import Fraction
from functools import cache
from pathlib import Path

from understudy.media.clip import open_clip, read_frames
from understudy.media.output.encode import SoundSource, VideoWriter

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FPS = Fraction(6)
SECONDS = 3.0
FRAMES = 18
SIZE = (432, 540)


@cache
def short_clip() -> Path:
    """The first three seconds of the sample dance, small, with sound; made once in a process."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "dance.mp4"
    source = open_clip(EXAMPLES / "dance.mp4", orientation="video")
    with VideoWriter(path, SIZE, FPS, sound=SoundSource(source.path, 0.0, SECONDS)) as writer:
        for frame in read_frames(source, size=SIZE, start=0.0, end=SECONDS, fps=FPS):
            writer.write_rgb(frame.rgb)
    return path
