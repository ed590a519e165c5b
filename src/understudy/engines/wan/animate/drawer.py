"""Drawing one segment with Wan-Animate."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray

from understudy.engines.wan.animate.conditions import Conditions
from understudy.engines.wan.letterbox import FramePart, Image
from understudy.engines.wan.models import Texts, WanModels
from understudy.engines.wan.passes import OnPass, counting
from understudy.engines.wan.published import Sampling
from understudy.engines.wan.segments import Segment
from understudy.engines.wan.tensors import to_tensor

Rgb = NDArray[np.uint8]


class SegmentConditions(Protocol):
    """What a take's segments are drawn from."""

    def of(self, segment: Segment) -> Conditions:
        """A segment's conditions."""
        ...

    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person on what was read."""
        ...


class AnimateDrawer:
    """Draws the segments of one take."""

    def __init__(  # noqa: PLR0913 - what a take is drawn from, each part once
        self,
        models: WanModels,
        texts: Texts,
        sampling: Sampling,
        picture: Rgb,
        conditions: SegmentConditions,
        box: FramePart,
        overlap: int,
    ) -> None:
        """picture: the character, (H, W, 3) of the frame that is drawn. box: what is shown of that
        frame. overlap: frames that segments share."""
        self._pipeline = models.pipeline
        self._device = models.device
        self._texts = texts
        self._steps = sampling.steps
        self._picture = PIL.Image.fromarray(picture)
        self._conditions = conditions
        self._overlap = overlap
        self.box = box
        self.height, self.width = picture.shape[:2]

    def draw(self, segment: Segment, tail: list[Image], seed: int, on_pass: OnPass) -> list[Image]:
        """The frames of a segment, each (H, W, 3) sRGB in 0..1. See `drawing.SegmentDrawer`."""
        given = self._conditions.of(segment)
        pipeline = self._pipeline
        device = pipeline._execution_device
        pipeline.tail = to_tensor(tail).to(device) if tail else None
        with counting(pipeline.transformer, self._steps, on_pass):
            video = pipeline(
                image=self._picture,
                pose_video=_pictures(given.pose),
                face_video=_pictures(given.face),
                background_video=None if given.scene is None else _pictures(given.scene),
                mask_video=None
                if given.mask is None
                else _pictures([mask * np.uint8(255) for mask in given.mask]),
                mode="animate" if given.mask is None else "replace",
                height=self.height,
                width=self.width,
                segment_frame_length=segment.length,
                prev_segment_conditioning_frames=self._overlap,
                num_inference_steps=self._steps,
                generator=torch.Generator(self._device).manual_seed(seed),
                output_type="pt",
                **self._texts,
            ).frames[0]
        return [frame.float().permute(1, 2, 0).contiguous().cpu().numpy() for frame in video]

    def embed(self, image: Image) -> NDArray[np.float32]:
        """The image encoder's features of (H, W, 3) sRGB in 0..1, averaged over its patches."""
        pixels = np.clip(np.rint(np.nan_to_num(image) * 255), 0, 255).astype(np.uint8)
        with torch.no_grad():
            features: Any = self._pipeline.encode_image(PIL.Image.fromarray(pixels))
        averaged: NDArray[np.float32] = features.float().mean(dim=(0, 1)).cpu().numpy()
        return averaged

    def warnings(self) -> tuple[str, ...]:
        """What the conditions lack."""
        return self._conditions.warnings()


def _pictures(frames: list[Rgb]) -> list[PIL.Image.Image]:
    return [PIL.Image.fromarray(frame) for frame in frames]
