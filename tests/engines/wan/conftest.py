"""Tiny checkpoints with random weights, a picture and a clip that moves."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from understudy.engines import EngineJob
from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.published import Sampling
from understudy.media.clip import open_clip
from understudy.media.output.encode import VideoWriter
from understudy.media.output.provenance import Provenance
from understudy.media.output.yuv import YuvConverter
from understudy.media.picture import Picture

# Tests that draw need what the extra brings; the others run everywhere.
DRAWING = ("test_drawing.py", "test_models.py", "test_take.py", "test_trial.py")
collect_ignore = (
    []
    if importlib.util.find_spec("diffusers")
    else [f"{room}/{name}" for room in ("animate", "animate_2") for name in DRAWING]
)

AREA = 48
MakeJob = Callable[..., EngineJob]


@pytest.fixture(scope="session")
def animate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the first Animate."""
    from bench.generated.random_wan import save_tiny_checkpoint_v1

    folder = tmp_path_factory.mktemp("weights") / "animate"
    save_tiny_checkpoint_v1(folder)
    return folder


@pytest.fixture(scope="session")
def distilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _checkpoint(tmp_path_factory, "distilled")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _checkpoint(tmp_path_factory, "base")


@pytest.fixture
def options(distilled: Path) -> WanOptions:
    sampling = Sampling(AREA, AREA, 2)
    return WanOptions(
        folder=distilled, sampling={"std": sampling, "pro": sampling}, long=9, short=5
    )


@pytest.fixture(scope="session")
def clip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3 s of 340 x 340 at 10 per second: a bright square that moves and rests from 1.2 to 1.6 s."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    converter = YuvConverter()
    with VideoWriter(
        path, (340, 340), Fraction(10), sound=None, provenance=Provenance("test", "test")
    ) as writer:
        for index in range(30):
            frame = np.full((340, 340, 3), 40, np.uint8)
            left = 6 * min(index, 12) + 6 * max(0, index - 16)
            frame[100:240, left : left + 100] = (220, 180, 60)
            writer.write_yuv420(converter.planes(frame))
    return path


@pytest.fixture
def make_job(clip_file: Path) -> MakeJob:
    def make(
        frames: int = 9, *, size: tuple[int, int] = (62, 98), seed: int | None = 3
    ) -> EngineJob:
        rng = np.random.default_rng(1)
        rgb = rng.integers(0, 256, (400, 300, 3), dtype=np.uint8)
        return EngineJob(
            size=size,
            fps=Fraction(10),
            frames=frames,
            orientation="video",
            seed=seed,
            picture=Picture(rgb, None, (300, 400), "0" * 64),
            clip=open_clip(clip_file, orientation="video"),
        )

    return make


def _checkpoint(factory: pytest.TempPathFactory, kind: Literal["base", "distilled"]) -> Path:
    from bench.generated.random_wan import save_tiny_checkpoint

    folder = factory.mktemp("weights") / kind
    save_tiny_checkpoint(folder, kind)
    return folder
