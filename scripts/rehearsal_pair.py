"""Makes the picture and the clip that `understudy doctor --warm` rehearses with, of the samples.

Small, so that they travel in the wheel; the picture gets a rough ground, so that the kernels that
fill a rough ground are compiled as well.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from understudy.character.cast import cast
from understudy.media.picture import open_picture

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "understudy" / "cli" / "doctor" / "rehearsal"
SIZE = (360, 480)
CLIP_SIZE = (360, 640)
SECONDS, RATE = 3, 12


def main() -> None:
    """Write both files."""
    TARGET.mkdir(exist_ok=True)
    picture = open_picture(ROOT / "examples" / "photo.jpg", short_side=SIZE[0])
    character = cast(picture, SIZE)
    alpha = character.alpha[..., None]
    figure = character.picture * alpha + _rough_ground() * (1 - alpha)
    Image.fromarray(figure.astype(np.uint8)).save(TARGET / "picture.jpg", quality=80)
    _shorten(ROOT / "examples" / "dance.mp4", TARGET / "clip.mp4")


def _rough_ground() -> NDArray[np.float64]:
    """Noise on several scales, (H, W, 3) in 0..255."""
    noise = np.random.default_rng(0)
    ground = np.full((SIZE[1], SIZE[0], 3), 128.0)
    for cell in (4, 12, 40):
        cells = noise.normal(0, 16, (SIZE[1] // cell + 2, SIZE[0] // cell + 2, 3))
        ground += cv2.resize(cells, SIZE, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(ground, 0, 255), np.float64)


def _shorten(source: Path, target: Path) -> None:
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        every = round(float(reader.streams.video[0].average_rate or RATE) / RATE)
        options = {"crf": "27", "preset": "veryslow"}
        stream = writer.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height = CLIP_SIZE
        stream.pix_fmt = "yuv420p"
        for index, frame in enumerate(reader.decode(video=0)):
            if index % every or index // every >= SECONDS * RATE:
                continue
            small = frame.reformat(*CLIP_SIZE, format="yuv420p", interpolation="AREA")
            small.pts, small.time_base = index // every, Fraction(1, RATE)
            writer.mux(stream.encode(small))
        writer.mux(stream.encode(None))


if __name__ == "__main__":
    main()
