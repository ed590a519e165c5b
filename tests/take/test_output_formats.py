"""Whole takes on other backgrounds and in other formats."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import understudy
from tests.short_clip import FRAMES
from tests.take.conftest import PICTURE
from tests.tracking.formats.walker import walker
from understudy.media.output.transparency import over
from understudy.take.backgrounds import covering
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.outputs import Outputs
from understudy.take.report import Report
from understudy.take.run import run_take
from understudy.tracking.formats import write_performance

GREEN = (0, 177, 64)


@dataclass(frozen=True)
class Alone:
    """A transparent take, with all that it can write, and its folder."""

    folder: Path
    report: Report

    @property
    def frames(self) -> list[Path]:
        """Its pictures, in order."""
        return sorted((self.folder / "frames").iterdir())


@pytest.fixture(scope="module")
def alone(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Alone:
    folder = tmp_path_factory.mktemp("alone")
    report = run_take(
        TakeMedia(picture=PICTURE, clip=clip),
        TakeRequest(background="transparent", watermark=True, format="png"),
        Outputs(
            video=folder / "frames", compare=folder / "compare.mp4", cover=folder / "cover.jpg"
        ),
    )
    return Alone(folder, report)


def test_a_transparent_take_is_the_character_alone(alone: Alone) -> None:
    assert {path.name for path in alone.folder.iterdir()} == {
        "frames",
        "frames-watermarked",
        "compare.mp4",
        "cover.jpg",
    }
    files = alone.frames
    assert len(files) == alone.report.plan.frames == FRAMES
    assert alone.report.sound == "none"
    shapes = [np.asarray(Image.open(file))[..., 3] for file in files]
    assert shapes[0].shape == (960, 720)
    for alpha in shapes:
        assert alpha[:30].max() == 0
        assert 0.1 < (alpha == 255).mean() < 0.6
        assert ((alpha > 0) & (alpha < 255)).mean() < 0.05, "edges are soft, and only edges"
    assert (shapes[0] != shapes[10]).mean() > 0.01
    marked = np.asarray(Image.open(alone.folder / "frames-watermarked" / "00000.png"))
    assert marked[-60:, -200:, 3].max() > 200
    assert shapes[0][-60:, -200:].max() == 0


def test_a_colour_is_drawn_as_the_character_laid_over_it(
    alone: Alone, clip: Path, tmp_path: Path
) -> None:
    run_take(
        TakeMedia(picture=PICTURE, clip=clip),
        TakeRequest(background="#00b140", format="png"),
        Outputs(video=tmp_path / "green"),
    )
    for file in alone.frames[::6]:
        rgba = np.asarray(Image.open(file))
        drawn = np.asarray(Image.open(tmp_path / "green" / file.name)).astype(int)
        ground = np.broadcast_to(np.array(GREEN, np.uint8), drawn.shape)
        # Luma alone, as chroma has half the resolution; and not the floor, where a shadow lies.
        difference = np.abs((over(rgba, ground).astype(int) - drawn) @ (0.2126, 0.7152, 0.0722))
        assert np.percentile(difference[: drawn.shape[0] * 3 // 4], 99.5) < 10


def test_a_clip_can_run_behind_the_character(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.webm"
    run_take(
        TakeMedia(picture=PICTURE, clip=clip, background=clip),
        TakeRequest(background="file"),
        Outputs(video=out),
    )
    with av.open(str(out)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, sound.codec_context.name) == ("vp9", "opus")
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(3.0, abs=0.1)
        found = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(found) == FRAMES
    with av.open(str(clip)) as container:
        behind = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    shown = covering(np.asarray(behind[10], np.uint8), (720, 960))
    corner = np.abs(shown[:40, :40].astype(int) - found[10][:40, :40])
    assert corner.mean() < 6


def test_a_loop_ends_where_it_begins(tmp_path: Path) -> None:
    # Three quarters of a stride.
    motion = tmp_path / "walk.npz"
    write_performance(walker(18), motion)
    steps = {}
    for loop in (False, True):
        out = tmp_path / f"{loop}.mp4"
        understudy.animate(PICTURE, motion, out, loop=loop)
        with av.open(str(out)) as container:
            frames = [
                frame.to_ndarray(format="rgb24", width=180, height=240).astype(int)
                for frame in container.decode(video=0)
            ]
        steps[loop] = np.abs(frames[-1] - frames[0]).mean() / np.mean(
            [np.abs(b - a).mean() for a, b in itertools.pairwise(frames)]
        )
    assert steps[True] < 2.5
    assert steps[True] < 0.6 * steps[False]
