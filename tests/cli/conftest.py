"""The command as a user runs it, and a pair small enough for tests."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from fractions import Fraction
from pathlib import Path

import av
import pytest

from understudy.cli import main

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def picture() -> Path:
    return ROOT / "examples" / "photo.jpg"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 3.2 s of a sample clip, 360 pixels wide, 12 frames per second, without sound."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    _shorten(ROOT / "examples" / "dance.mp4", path, seconds=3.2)
    return path


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 2 s, which is too short for a take."""
    path = tmp_path_factory.mktemp("short") / "short.mp4"
    _shorten(ROOT / "examples" / "dance.mp4", path, seconds=2.0)
    return path


@pytest.fixture(scope="session")
def understudy() -> Run:
    """Runs the command to its end: `understudy("animate", ...)`.

    In this process: starting another takes longer than most of what is asked of it here.
    """

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = ["understudy", *map(str, arguments)]
        out, errors = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(errors),
        ):
            patch.setattr(sys, "argv", command)
            with pytest.raises(SystemExit) as ended:
                main()
        status = ended.value.code
        assert isinstance(status, int)
        return subprocess.CompletedProcess(command, status, out.getvalue(), errors.getvalue())

    return run


def _shorten(source: Path, target: Path, *, seconds: float) -> None:
    rate, every = 12, 2
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        stream = writer.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for index, frame in enumerate(reader.decode(video=0)):
            if index % every:
                continue
            if index // every >= seconds * rate:
                break
            small = frame.reformat(width=360, height=640, format="yuv420p")
            small.pts, small.time_base = index // every, Fraction(1, rate)
            writer.mux(stream.encode(small))
        writer.mux(stream.encode(None))
