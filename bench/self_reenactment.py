"""Self-reenactment: a clip's own frame performs the clip, which is then the truth to compare with.

The picture is the clip's first clear frame, so what the engine makes of frame t should look like
frame t. The still picture, held for all frames, is the floor that an engine has to beat.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.image_metrics import mean_absolute_error, psnr, ssim
from understudy.character.cast import cast
from understudy.character.character import Character
from understudy.engines import Engine, EngineJob
from understudy.geometry.landmarks import Body
from understudy.media.clip import Clip, read_frames
from understudy.media.limits import output_size
from understudy.media.output.yuv import YuvConverter
from understudy.media.picture import open_picture
from understudy.tracking.performance import Performance

Rgb = NDArray[np.uint8]

SHORT_SIDE = 360
EVERY = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """Means over the frames compared: psnr in dB, ssim at most 1, l1 in 0..255."""

    psnr: float
    ssim: float
    l1: float


@dataclass(frozen=True, slots=True)
class SelfReenactment:
    """How well a clip is reenacted from its own frame, against holding that frame still."""

    engine: Likeness
    still: Likeness
    picture_frame: int


def first_clear_frame(performance: Performance) -> int:
    """The first frame in which the driver's shoulders, elbows and hips are seen and slow."""
    parts = [
        Body.LEFT_SHOULDER,
        Body.RIGHT_SHOULDER,
        Body.LEFT_ELBOW,
        Body.RIGHT_ELBOW,
        Body.LEFT_HIP,
        Body.RIGHT_HIP,
    ]
    seen = np.nan_to_num(performance.body[:, parts, 3]).min(axis=1) > 0.6
    return int(np.flatnonzero(seen)[0]) if seen.any() else 0


def character_of_frame(clip: Clip, index: int) -> Character:
    """Cast one frame of a clip, at the size of a `std` output."""
    for frame in read_frames(clip):
        if frame.index == index:
            encoded = io.BytesIO()
            Image.fromarray(frame.rgb).save(encoded, "PNG", compress_level=1)
            picture = open_picture(encoded.getvalue(), short_side=720)
            return cast(picture, output_size(*picture.source_size, "std"))
    raise ValueError(f"the clip has no frame {index}")


def part(performance: Performance, rows: slice) -> Performance:
    """The rows of a performance as one of its own."""
    return Performance(
        times=performance.times[rows],
        body=performance.body[rows],
        world=performance.world[rows],
        left_hand=performance.left_hand[rows],
        right_hand=performance.right_hand[rows],
        face=performance.face[rows],
        size=performance.size,
    )


def score(
    engine: Engine, clip: Clip, character: Character, performance: Performance, picture_frame: int
) -> SelfReenactment:
    """Compare every fourth frame from the picture's on, at 360 pixels on the short side.

    performance: of the whole clip, a row for each of its frames; the take starts with the
    picture's frame.
    """
    width, height = character.size
    reduced = output_size(width, height, "std")
    factor = SHORT_SIDE / min(reduced)
    size = (round(reduced[0] * factor), round(reduced[1] * factor))
    taken = part(performance, slice(picture_frame, None))
    job = EngineJob(
        size=character.size,
        fps=clip.fps,
        frames=len(taken),
        orientation="video",
        character=character,
        performance=taken,
    )
    truth = (f.rgb for f in read_frames(clip) if f.index >= picture_frame)
    made: list[tuple[float, float, float]] = []
    held: list[tuple[float, float, float]] = []
    to_rgb = YuvConverter().rgb
    still = _reduced(character.picture, size)
    for index, (planes, wanted) in enumerate(zip(engine.frames(job), truth, strict=False)):
        if index % EVERY:
            continue
        reference = _reduced(wanted, size)
        made.append(_compare(_reduced(to_rgb(planes), size), reference))
        held.append(_compare(still, reference))
    return SelfReenactment(_mean(made), _mean(held), picture_frame)


def _compare(picture: Rgb, reference: Rgb) -> tuple[float, float, float]:
    return (
        psnr(picture, reference),
        ssim(picture, reference),
        mean_absolute_error(picture, reference),
    )


def _mean(rows: Iterable[tuple[float, float, float]]) -> Likeness:
    values = np.array([row for row in rows if np.isfinite(row).all()]).mean(axis=0)
    return Likeness(*(float(v) for v in values))


def _reduced(rgb: Rgb, size: tuple[int, int]) -> Rgb:
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
