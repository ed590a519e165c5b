"""Makes docs/pictures/demo.jpg: the samples' pictures, and what they make of moments of the dance.

Takes out/photo.mp4, out/cartoon.mp4 and out/drawing.mp4, each made of that picture and the dance.
"""

from __future__ import annotations

import sys
from pathlib import Path

import av
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
CLIP = EXAMPLES / "dance.mp4"
PICTURES = ("photo.jpg", "cartoon.png", "drawing.jpg")
TARGET = ROOT / "docs" / "pictures" / "demo.jpg"

COLUMN, ROW, GAP = 162, 212, 6
MOMENTS = (0.11, 0.36, 0.52, 0.70, 0.95)


def main() -> None:
    """Write the picture; moments (shares of the clip) may be given on the command line."""
    moments = tuple(float(word) for word in sys.argv[1:]) or MOMENTS
    rows = [[None, *_frames(CLIP, moments)]]
    for name in PICTURES:
        result = ROOT / "out" / f"{Path(name).stem}.mp4"
        rows.append([Image.open(EXAMPLES / name).convert("RGB"), *_frames(result, moments)])
    width = (1 + len(moments)) * (COLUMN + GAP) + GAP
    sheet = Image.new("RGB", (width, len(rows) * (ROW + GAP) - GAP), "white")
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            if image is not None:
                # What is given stands apart from what is made of it.
                left = x * (COLUMN + GAP) + (2 * GAP if x else 0)
                sheet.paste(_fitted(image), (left, y * (ROW + GAP)))
    TARGET.parent.mkdir(exist_ok=True)
    sheet.save(TARGET, quality=86, optimize=True, progressive=True)


def _frames(path: Path, moments: tuple[float, ...]) -> list[Image.Image]:
    with av.open(str(path)) as video:
        last = video.streams.video[0].frames - 1
        wanted = [round(moment * last) for moment in moments]
        found = {
            index: Image.fromarray(frame.to_ndarray(format="rgb24"))
            for index, frame in enumerate(video.decode(video=0))
            if index in wanted
        }
    return [found[index] for index in wanted]


def _fitted(image: Image.Image) -> Image.Image:
    """The image scaled to cover a cell, its middle kept."""
    scale = max(COLUMN / image.width, ROW / image.height)
    size = round(image.width * scale), round(image.height * scale)
    left, top = (size[0] - COLUMN) // 2, (size[1] - ROW) // 2
    resized = image.resize(size, Image.Resampling.LANCZOS)
    return resized.crop((left, top, left + COLUMN, top + ROW))


if __name__ == "__main__":
    main()
