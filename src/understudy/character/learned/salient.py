"""What stands out in a picture, by a salient-object net.

ISNet: Qin, Dai, Hu, Fan, Shao and Van Gool, "Highly Accurate Dichotomous Image Segmentation", ECCV
2022. U²-Net: Qin, Zhang, Huang, Dehghan, Zaiane and Jagersand, "U²-Net: Going Deeper with Nested
U-Structure for Salient Object Detection", Pattern Recognition 2020.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from understudy.character.image.masks import Box, box_of, largest
from understudy.geometry.landmarks import Float32
from understudy.weights.inference import OpenModel


@dataclass(frozen=True, slots=True)
class SalientNumbers:
    """When a figure is looked at again from nearer: the net sees a square of fixed size."""

    small: float = 0.6
    """Share of the picture, in both directions, that such a figure's box fills at most."""
    room: float = 0.15
    """Room round it, as a share of the box's longer side."""
    figure: float = 0.5
    """Share from which on a pixel belongs to what stands out."""


NUMBERS = SalientNumbers()


@dataclass(frozen=True, slots=True)
class Net:
    """An open net. isnet: or else it is U²-Net."""

    model: OpenModel
    isnet: bool

    ISNET_SIDE: ClassVar[int] = 768
    """Pixels. At the full 1,024 ISNet takes twice the time and memory, for edges that the filter
    along the picture's own edges finds as well."""
    U2NET_SIDE: ClassVar[int] = 320
    """Pixels, as in its authors' code."""
    # ImageNet's, per channel, in 0..1: what U²-Net was trained with.
    _MEAN: ClassVar[tuple[float, ...]] = (0.485, 0.456, 0.406)
    _SPREAD: ClassVar[tuple[float, ...]] = (0.229, 0.224, 0.225)

    def begin(self, rgb: NDArray[np.uint8]) -> None:
        """Begin to look at a picture (h, w, 3) uint8 sRGB; `look` ends it."""
        self.model.begin(self._given(rgb))

    def look(self, rgb: NDArray[np.uint8], *, begun: bool = False) -> Float32:
        """The matte of a picture (h, w, 3) uint8 sRGB: (h, w) float32 in 0..1. begun: by `begin`,
        with the same picture."""
        h, w = rgb.shape[:2]
        side = self._side
        answers = self.model.end() if begun else self.model.run(self._given(rgb))
        (answer,) = answers.values()
        found = np.asarray(answer, np.float32).reshape(side, side)
        if not self.isnet:
            low, high = float(found.min()), float(found.max())
            found = (found - low) / max(high - low, 1e-6)
        alpha = cv2.resize(found, (w, h), interpolation=cv2.INTER_LINEAR)
        return np.clip(alpha, 0, 1).astype(np.float32)

    @property
    def _side(self) -> int:
        return self.ISNET_SIDE if self.isnet else self.U2NET_SIDE

    def _given(self, rgb: NDArray[np.uint8]) -> Float32:
        """What the net takes: (1, 3, side, side) float32."""
        side = self._side
        way = cv2.INTER_AREA if max(rgb.shape[:2]) > side else cv2.INTER_LINEAR
        small = cv2.resize(rgb, (side, side), interpolation=way).astype(np.float32)
        if self.isnet:
            values = np.asarray((small - 128) / 256, np.float64)
        else:
            bright = small.astype(np.float64) / max(1.0, float(small.max()))
            values = (bright - np.array(self._MEAN)) / np.array(self._SPREAD)
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)


def find_salient(
    rgb: NDArray[np.uint8], net: Net, *, both_ways: bool = False, begun: bool = False
) -> Float32:
    """The matte of what stands out, from nearer where it is small: (h, w) float32 in 0..1.

    both_ways: in the mirrored picture as well. A net that drops a limb often sees it there, and
    what either look sees stands out. begun: whether the net has begun to look at it.
    """
    alpha = _look(rgb, net, both_ways=both_ways, begun=begun)
    near = _near_view(alpha)
    if near is None:
        return alpha
    alpha[near] = _look(np.ascontiguousarray(rgb[near]), net, both_ways=both_ways)
    return alpha


def _look(rgb: NDArray[np.uint8], net: Net, *, both_ways: bool, begun: bool = False) -> Float32:
    alpha = net.look(rgb, begun=begun)
    if not both_ways:
        return alpha
    mirrored = net.look(np.ascontiguousarray(rgb[:, ::-1]))
    return np.maximum(alpha, mirrored[:, ::-1])


def _near_view(alpha: Float32) -> Box | None:
    """The box to look at again, None where the figure fills the picture."""
    h, w = alpha.shape
    box = box_of(largest(alpha > NUMBERS.figure), 0)
    if box is None:
        return None
    tall, wide = box[0].stop - box[0].start, box[1].stop - box[1].start
    if tall > NUMBERS.small * h or wide > NUMBERS.small * w:
        return None
    return box_of(largest(alpha > NUMBERS.figure), NUMBERS.room * max(tall, wide))
