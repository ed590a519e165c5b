"""The watermark: a small visible mark that a video was generated."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

TEXT = "AI-generated · Understudy"


@dataclass(frozen=True, slots=True)
class WatermarkNumbers:
    """Where the mark stands and how it looks."""

    text_height: float = 0.024
    """Share of the frame's short side."""
    least_text: int = 10
    """px: smaller letters cannot be read."""
    margin: float = 0.022
    """Share of the frame's short side, to the frame's edges."""
    text_opacity: float = 0.94
    """Legible on white and on black, with the panel's."""
    panel_opacity: float = 0.42
    """Of the dark panel behind the letters."""
    padding: float = 0.45
    """Share of the letters' height, above and below them; half as much again at their sides."""
    corner: float = 0.32
    """Radius of the panel's corners, as a share of its height."""
    smoothing: int = 8
    """The panel is drawn this many times as large, for soft corners."""


NUMBERS = WatermarkNumbers()


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

    def stamp_rgba(self, pixels: NDArray[np.uint8]) -> None:
        """Mark a frame in place: (H, W * 4) uint8, R, G, B and alpha of each pixel in turn, colours
        not multiplied by alpha."""
        h, w = self.keep.shape
        part = pixels[self.y : self.y + h, self.x * 4 : (self.x + w) * 4].reshape(h, w, 4)
        keep = self.keep[..., None] / np.float32(256)
        below = part[..., 3:] * keep
        alpha = below + 255 * (1 - keep)
        colours = part[..., :3] * below + 255 * 255 * (self.letters[..., None] / np.float32(256))
        marked = np.concatenate([colours / np.maximum(alpha, 1), alpha], axis=-1)
        rows = np.rint(marked).astype(np.uint8).reshape(h, w * 4)
        pixels[self.y : self.y + h, self.x * 4 : (self.x + w) * 4] = rows


def make_watermark(size: tuple[int, int], text: str = TEXT) -> Watermark:
    """The mark for frames of `size` (w, h) pixels, both even."""
    width, height = size
    short = min(size)
    font = ImageFont.load_default(max(NUMBERS.least_text, round(short * NUMBERS.text_height)))
    left, top, right, bottom = font.getbbox(text)
    # The panel's height follows the font, not the letters that happen to be in the text.
    pad = round(NUMBERS.padding * (bottom - top))
    w, h = round(right - left) + 3 * pad, round(bottom - top) + 2 * pad
    w, h = w + w % 2, h + h % 2
    letters = Image.new("L", (w, h))
    at = ((w - (right - left)) / 2 - left, (h - (bottom - top)) / 2 - top)
    ImageDraw.Draw(letters).text(at, text, fill=255, font=font)
    white = np.asarray(letters, np.float32) / 255 * NUMBERS.text_opacity
    keep = (1 - white) * (1 - NUMBERS.panel_opacity * _rounded(w, h))
    margin = round(short * NUMBERS.margin)
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
    fine = NUMBERS.smoothing
    panel = Image.new("L", (w * fine, h * fine))
    ends = (0, 0, w * fine - 1, h * fine - 1)
    ImageDraw.Draw(panel).rounded_rectangle(ends, radius=h * fine * NUMBERS.corner, fill=255)
    return np.asarray(panel.reduce(fine), np.float32) / np.float32(255)
