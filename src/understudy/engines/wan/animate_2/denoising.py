"""Drawing one segment: diffusers' own blocks, called one by one.

The pipeline's loop draws all segments in one call, of one length, and cuts the driving video into
them itself. Calling its blocks a segment at a time lets lengths differ, colours be matched before
the next segment goes on from them, a segment be drawn again, and memory stay the same however long
the take is. No block is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import PIL.Image
import torch
from diffusers.modular_pipelines.modular_pipeline import BlockState, PipelineState
from diffusers.modular_pipelines.wan_animate_2.encoders import clip_visual_encode
from numpy.typing import NDArray

from understudy.engines.wan.driving import Driving
from understudy.engines.wan.letterbox import Image, fitted
from understudy.engines.wan.models import Texts, WanModels
from understudy.engines.wan.options import check_length
from understudy.engines.wan.passes import OnPass, counting
from understudy.engines.wan.published import SIDE_MULTIPLE, Sampling
from understudy.engines.wan.segments import Segment
from understudy.engines.wan.tensors import to_images, to_tensor

OpenDriving = Callable[[tuple[int, int]], Driving]


class Denoiser:
    """Draws the segments of one take."""

    def __init__(  # noqa: PLR0913 - what a take is drawn from, each part once
        self,
        models: WanModels,
        texts: Texts,
        sampling: Sampling,
        picture: PIL.Image.Image,
        first: PIL.Image.Image,
        open_driving: OpenDriving,
    ) -> None:
        """picture: the character. first: the first frame of the driving video. open_driving: opens
        that video, its frames fitted into a frame of (w, h)."""
        self._models = models
        self._pipeline = models.pipeline
        self._steps = sampling.steps
        self._blocks = models.pipeline.blocks.sub_blocks
        self._state = state = PipelineState()
        for name, value in texts.items():
            state.set(name, value)
        for name, value in {
            "image": picture,
            "driving_video": [first],
            "height": sampling.height,
            "width": sampling.width,
        }.items():
            state.set(name, value)
        for name in ("image_encoder", "video_encoder", "vae_encoder"):
            self._blocks[name](self._pipeline, state)
        self.height, self.width = int(state.get("height")), int(state.get("width"))
        if self.height % SIDE_MULTIPLE or self.width % SIDE_MULTIPLE:
            raise ValueError(f"sides are multiples of {SIDE_MULTIPLE} px")
        self.box = fitted(picture.size, (self.width, self.height))
        self._driving = open_driving((self.width, self.height))

    def draw(self, segment: Segment, tail: list[Image], seed: int, on_pass: OnPass) -> list[Image]:
        """The frames of a segment, each (H, W, 3) sRGB in 0..1 with the black bars.

        tail: the last frame of the segment before, as drawn; empty for the first. on_pass: may
        raise to stop.
        """
        driving = [PIL.Image.fromarray(rgb) for rgb in self._driving.of(segment)]
        check_length(len(driving))
        device = self._pipeline._execution_device
        pixels = self._pipeline.video_processor.preprocess_video(
            driving, height=self.height, width=self.width, resize_mode="fill"
        ).to(device, torch.float32)
        state = self._segment_state(pixels, len(driving), seed)
        # The blocks ask for a number only to tell the first segment from the others; none of them
        # reads further than the slice at `k * effective_segment`.
        follows = 1 if tail else 0
        if tail:
            state.out_frames = to_tensor(tail).to(device)
        loop = self._blocks["denoise"].sub_blocks["denoise"].sub_blocks
        passes = 1 + self._steps * (2 if self._models.guided else 1)
        with torch.no_grad(), counting(self._pipeline.transformer, passes, on_pass):
            for name, block in loop.items():
                # Decoding as a first segment keeps the frame that the one before ends with.
                block(self._pipeline, state, k=0 if name == "decode" else follows)
        return to_images(state.segment_frames[0][0])

    def embed(self, image: Image) -> NDArray[np.float32]:
        """The image encoder's features of (H, W, 3) sRGB in 0..1, averaged over its patches."""
        encoder = self._pipeline.image_encoder
        device = self._pipeline._execution_device
        with torch.no_grad():
            pixels = to_tensor([image])[0, :, 0].to(device)
            features = clip_visual_encode(encoder, pixels, device, encoder.dtype)
        averaged: NDArray[np.float32] = features.float().mean(dim=(0, 1)).cpu().numpy()
        return averaged

    def warnings(self) -> tuple[str, ...]:
        """None: it is given the clip as it is."""
        return ()

    def _segment_state(self, pixels: Any, length: int, seed: int) -> Any:
        device = "cuda" if self._models.device == "cuda" else "cpu"
        state = self._state
        state.set("segment_frame_length", length)
        state.set("driving_video_pixels", pixels)
        self._blocks["denoise"].sub_blocks["prepare_segments"](self._pipeline, state)
        names = (
            "prompt_embeds", "negative_prompt_embeds", "prompt_ref_embeds",
            "condition_clip_context", "reference_image_latents", "driving_video_pixels",
            "segment_frame_length",
            "grid_sizes_ref", "max_seq_len", "max_seq_len_ref", "height", "width",
        )  # fmt: skip
        return BlockState(
            **{name: state.get(name) for name in names},
            denoiser_input_fields=state.get_by_kwargs("denoiser_input_fields"),
            generator=torch.Generator(device).manual_seed(seed),
            num_inference_steps=self._steps,
            prev_segment_conditioning_frames=1,
            effective_segment=0,
            num_segments=1,
            segment_frames=[],
            out_frames=None,
        )
