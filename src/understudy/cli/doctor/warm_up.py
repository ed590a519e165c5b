"""Warming up a fresh installation: kernels that are compiled on first use are compiled now."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from understudy.cache import FOLDER_VARIABLE
from understudy.character import warm_up as casting
from understudy.engines import engine_names, load_engine
from understudy.errors import EngineUnavailable
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.run import run_take
from understudy.weights import weights_folder
from understudy.weights.folder import FOLDER_VARIABLE as WEIGHTS_VARIABLE


def warm_up() -> float:
    """Warm up casting and every engine that can run, and make a small take. Returns the seconds it
    took.

    The take compiles the kernels that every take needs, for exactly what they are called with, and
    shows that everything works together. It passes by those of drawings and of figures cut by hand.
    """
    begun = time.perf_counter()
    casting.warm_up()
    for name in engine_names():
        try:
            load_engine(name).warm_up()
        except EngineUnavailable:
            continue
    rehearse()
    return time.perf_counter() - begun


def rehearse() -> None:
    """Make a take of the small pair that comes with the package, and throw it away."""
    pair = resources.files("understudy.cli.doctor") / "rehearsal"
    with (
        resources.as_file(pair / "clip.mp4") as clip,
        tempfile.TemporaryDirectory() as folder,
        empty_cache(folder),
    ):
        picture = (pair / "picture.jpg").read_bytes()
        run_take(
            TakeMedia(picture=picture, clip=clip),
            TakeRequest(),
            Outputs(video=Path(folder) / "take.mp4"),
        )


@contextmanager
def empty_cache(folder: str) -> Iterator[None]:
    """Let takes keep what they work out in `folder` for the time of a block.

    A cached result would skip the work, and so the compilation. The weights stay where they are.
    """
    variables = {WEIGHTS_VARIABLE: str(weights_folder()), FOLDER_VARIABLE: folder}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
