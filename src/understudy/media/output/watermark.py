"""A small visible mark that says what the video is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TEXT = "AI-generated · Understudy"

# Sizes of text and margin as shares of the frame's short side.
_TEXT_HEIGHT = 0.024
_MARGIN = 0.022
# Opacities, chosen to stay legible on white and on black.
_TEXT_OPACITY = 0.94
_PANEL_OPACITY = 0.42


@dataclass(frozen=True, slots=True, eq=False)
class Watermark:
    """The mark for one frame size: white letters on a dark glassy panel, lower right.

    x, y: the upper left corner, even. keep, add: (h, w) uint16, with which a sample of luma or of
    R, G or B becomes (sample x keep + add) / 256, h and w even. keep_chroma: the same for U and V
    (h / 2, w / 2), which only fade to grey.
    """

    x: int
    y: int
    keep: NDArray[np.uint16]
    letters: NDArray[np.uint16]
    keep_chroma: NDArray[np.uint16]

    def stamp_yuv420(
        self, luma: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]
    ) -> None:
        """Mark a frame in place: luma (H, W), u and v (H / 2, W / 2), uint8, BT.709 limited."""
        h, w = self.keep.shape
        part = luma[self.y : self.y + h, self.x : self.x + w]
        # The panel darkens towards black, which is 16 in limited range.
        shade = 256 - self.keep - self.letters
        part[:] = (part * self.keep + 235 * self.letters + 16 * shade + 128) >> 8
        rows = slice(self.y // 2, (self.y + h) // 2)
        columns = slice(self.x // 2, (self.x + w) // 2)
        for plane in (u, v):
            faded = plane[rows, columns]
            faded[:] = (faded * self.keep_chroma + 128 * (256 - self.keep_chroma) + 128) >> 8


def make_watermark(size: tuple[int, int], text: str = TEXT) -> Watermark:
    """The mark for frames of `size` (w, h) pixels, both even."""
    width, height = size
    short = min(size)
    font = ImageFont.load_default(max(10, round(short * _TEXT_HEIGHT)))
    left, top, right, bottom = font.getbbox(text)
    # The panel's height follows the font, not the letters that happen to be in the text.
    pad = round(0.45 * (bottom - top))
    w, h = round(right - left) + 3 * pad, round(bottom - top) + 2 * pad
    w, h = w + w % 2, h + h % 2
    letters = Image.new("L", (w, h))
    at = ((w - (right - left)) / 2 - left, (h - (bottom - top)) / 2 - top)
    ImageDraw.Draw(letters).text(at, text, fill=255, font=font)
    white = np.asarray(letters, np.float32) / 255 * _TEXT_OPACITY
    keep = (1 - white) * (1 - _PANEL_OPACITY * _rounded(w, h))
    margin = round(short * _MARGIN)
    return Watermark(
        x=max(0, (width - w - margin) // 2 * 2),
        y=max(0, (height - h - margin) // 2 * 2),
        keep=np.round(keep * 256).astype(np.uint16),
        letters=np.round(white * 256).astype(np.uint16),
        keep_chroma=np.round(
            256 * cv2.resize(keep, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
        ).astype(np.uint16),
    )


def _rounded(w: int, h: int) -> NDArray[np.float32]:
    """A panel of (h, w) with round ends, 0..1, its edge smooth."""
    fine = 8
    panel = Image.new("L", (w * fine, h * fine))
    ends = (0, 0, w * fine - 1, h * fine - 1)
    ImageDraw.Draw(panel).rounded_rectangle(ends, radius=h * fine * 0.32, fill=255)
    return np.asarray(panel.reduce(fine), np.float32) / np.float32(255)
