"""Parts of a picture by points on them and beside them, with a promptable segmenter.

MobileSAM: Zhang, Han, Qiao, Kim, Bae, Lee and Hong, "Faster Segment Anything: Towards Lightweight
SAM for Mobile Applications", 2023; prompts and low-resolution masks as in Kirillov et al., "Segment
Anything", ICCV 2023.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import Points
from understudy.geometry.landmarks import Float32
from understudy.weights.inference import OpenModel


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """Points (n, 2) of a picture in pixels: on the part, and on what is not the part."""

    on: Points
    off: Points


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a prompt found.

    likely: (h, w) float32 in 0..1, how likely each pixel is the part's. confidence: the segmenter's
    own estimate of how well its mask meets the part (intersection over union), 0..1.
    """

    likely: Float32
    confidence: float


class Segmenter:
    """One picture as the segmenter sees it: encoded once, asked by any number of prompts."""

    SIDE: ClassVar[int] = 1024
    """Pixels of the square that the encoder sees; the picture fills its upper left."""
    LOW: ClassVar[int] = 256
    """Pixels of the square masks that the decoder gives and takes back."""
    # ImageNet's, per channel, in 0..255: what the encoder was trained with.
    _MEAN: ClassVar[tuple[float, ...]] = (123.675, 116.28, 103.53)
    _SPREAD: ClassVar[tuple[float, ...]] = (58.395, 57.12, 57.375)
    _ON, _OFF, _PADDING = 1, 0, -1

    def __init__(self, rgb: NDArray[np.uint8], encoder: OpenModel, decoder: OpenModel) -> None:
        """Encode a picture (h, w, 3) uint8 sRGB."""
        self._shape = rgb.shape[0], rgb.shape[1]
        self._scale = self.SIDE / max(self._shape)
        h, w = (round(side * self._scale) for side in self._shape)
        way = cv2.INTER_AREA if self._scale < 1 else cv2.INTER_CUBIC
        values = cv2.resize(rgb, (w, h), interpolation=way).astype(np.float32)
        square = np.zeros((self.SIDE, self.SIDE, 3), np.float32)
        mean, spread = (np.array(of, np.float32) for of in (self._MEAN, self._SPREAD))
        square[:h, :w] = (values - mean) / spread
        given = np.ascontiguousarray(square.transpose(2, 0, 1)[None])
        (self._embedding,) = encoder.run(given).values()
        self._decoder = decoder

    def find(self, prompt: Prompt) -> Found:
        """The part that a prompt means. The first mask is shown to the decoder once more."""
        first, _ = self._decode(prompt, None)
        low, confidence = self._decode(prompt, first)
        side = self.LOW / self.SIDE * self._scale
        h, w = self._shape
        # Of a low-resolution pixel i the middle lies at i + 1/2.
        back = np.array([[side, 0, side / 2 - 0.5], [0, side, side / 2 - 0.5]])
        votes = cv2.warpAffine(
            low[0, 0],
            back,
            (w, h),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        likely = 1 / (1 + np.exp(-np.clip(votes, -20, 20)))
        return Found(likely.astype(np.float32), min(1.0, max(0.0, confidence)))

    def _decode(self, prompt: Prompt, seen: Float32 | None) -> tuple[Float32, float]:
        points = np.concatenate([prompt.on, prompt.off]) * self._scale
        labels = [self._ON] * len(prompt.on) + [self._OFF] * len(prompt.off)
        none = np.zeros((1, 1, self.LOW, self.LOW), np.float32)
        answer = self._decoder.run(
            {
                "image_embeddings": self._embedding,
                "point_coords": np.concatenate([points, [[0, 0]]])[None].astype(np.float32),
                "point_labels": np.array([[*labels, self._PADDING]], np.float32),
                "mask_input": none if seen is None else seen,
                "has_mask_input": np.array([seen is not None], np.float32),
                # The full-size mask is made here, from the small one.
                "orig_im_size": np.array([self.LOW, self.LOW], np.float32),
            },
            "low_res_masks",
            "iou_predictions",
        )
        low = np.asarray(answer["low_res_masks"], np.float32)[:, :1]
        return np.ascontiguousarray(low), float(answer["iou_predictions"].ravel()[0])
