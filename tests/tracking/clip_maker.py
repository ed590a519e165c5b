"""Clips, thumbnails and detections for the tests of tracking."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Grey = NDArray[np.uint8]

EXAMPLES = Path(__file__).parents[2] / "examples"
SIZE = (360, 450)
FPS = 24


def write_clip(
    path: Path,
    frames: Iterable[Rgb],
    *,
    times: Iterable[float] | None = None,
    rotation: float | None = None,
) -> Path:
    """Write frames (H, W, 3) RGB, at 24 a second or at the times given.

    rotation: degrees, counterclockwise, by which players are told to turn the pictures.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 9600)
        if rotation is not None:
            stream.set_display_rotation(rotation, False)
        stamps = iter(times) if times is not None else None
        for number, rgb in enumerate(frames):
            if number == 0:
                stream.height, stream.width = rgb.shape[:2]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            seconds = number / FPS if stamps is None else next(stamps)
            frame.pts, frame.time_base = round(seconds * 9600), Fraction(1, 9600)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def dancer(count: int, *, size: tuple[int, int] = SIZE) -> list[Rgb]:
    """The first frames of the sample dance at that (width, height)."""
    frames: list[Rgb] = []
    with av.open(str(EXAMPLES / "dance.mp4")) as container:
        for frame in container.decode(video=0):
            frames.append(
                np.asarray(frame.to_ndarray(format="rgb24", width=size[0], height=size[1]))
            )
            if len(frames) == count:
                break
    return frames


def photo(height: int = 640) -> Rgb:
    """The sample photo (RGB) at that height."""
    bgr = cv2.imread(str(EXAMPLES / "photo.jpg"))
    assert bgr is not None
    width = round(bgr.shape[1] * height / bgr.shape[0])
    small = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small[..., ::-1])


def texture(size: tuple[int, int], seed: int, *, scale: int = 12) -> Grey:
    """A grey pattern of soft blobs of that (width, height), full of corners."""
    width, height = size
    rng = np.random.default_rng(seed)
    noise = rng.uniform(0, 255, (height // scale + 2, width // scale + 2)).astype(np.float32)
    return np.asarray(cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC).clip(0, 255), np.uint8)


def window(image: Grey, x: float, y: float, size: tuple[int, int], zoom: float = 1.0) -> Grey:
    """What a camera of that (width, height) sees whose middle looks at (x, y) of a large image."""
    width, height = size
    matrix = np.array(
        [[zoom, 0, width / 2 - zoom * x], [0, zoom, height / 2 - zoom * y]], np.float32
    )
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
