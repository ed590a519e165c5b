"""Makes docs/pictures/demo.jpg of out/demo.mp4: the picture, moments of the clip, the results."""

from __future__ import annotations

import sys
from pathlib import Path

import av
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "examples" / "photo.jpg"
CLIP = ROOT / "examples" / "dance.mp4"
RESULT = ROOT / "out" / "demo.mp4"
TARGET = ROOT / "docs" / "pictures" / "demo.jpg"

COLUMN, CLIP_HEIGHT, RESULT_HEIGHT, GAP = 240, 250, 320, 6
MOMENTS = (0.16, 0.42, 0.58, 0.74, 0.92)


def main() -> None:
    """Write the picture; moments (shares of the clip) may be given on the command line."""
    moments = tuple(float(word) for word in sys.argv[1:]) or MOMENTS
    height = CLIP_HEIGHT + GAP + RESULT_HEIGHT
    picture = _fitted(Image.open(PICTURE).convert("RGB"), round(height * 3 / 4), height)
    width = picture.width + len(moments) * (COLUMN + GAP)
    sheet = Image.new("RGB", (width, height), "white")
    sheet.paste(picture, (0, 0))
    columns = zip(_frames(CLIP, moments), _frames(RESULT, moments), strict=True)
    for index, (driver, result) in enumerate(columns):
        left = picture.width + GAP + index * (COLUMN + GAP)
        sheet.paste(_fitted(driver, COLUMN, CLIP_HEIGHT), (left, 0))
        sheet.paste(_fitted(result, COLUMN, RESULT_HEIGHT), (left, CLIP_HEIGHT + GAP))
    TARGET.parent.mkdir(exist_ok=True)
    sheet.save(TARGET, quality=84, optimize=True, progressive=True)


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


def _fitted(image: Image.Image, width: int, height: int) -> Image.Image:
    """The image scaled to cover width x height, its middle kept."""
    scale = max(width / image.width, height / image.height)
    size = round(image.width * scale), round(image.height * scale)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    resized = image.resize(size, Image.Resampling.LANCZOS)
    return resized.crop((left, top, left + width, top + height))


if __name__ == "__main__":
    main()
