"""Drawing one segment: diffusers' own blocks, called one by one.

The pipeline's loop draws all segments in one call, of one length, and cuts the driving video into
them itself. Calling its blocks a segment at a time lets lengths differ, colours be matched before
the next segment goes on from them, a segment be drawn again, and memory stay the same however long
the take is. No block is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import torch
from diffusers.modular_pipelines.modular_pipeline import BlockState, PipelineState
from diffusers.modular_pipelines.wan_animate_2.encoders import clip_visual_encode
from numpy.typing import NDArray

from understudy.engines.wan.models import Models, Texts
from understudy.engines.wan.options import SIDE_MULTIPLE, Sampling, check_length
from understudy.engines.wan.segments import OVERLAP

Image = NDArray[np.float32]
# Called before each pass of the transformer: passes done, passes of the segment.
OnPass = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Box:
    """Where the picture lies in the frame that the model draws; the rest is black."""

    left: int
    top: int
    width: int
    height: int

    def of(self, frame: Image) -> Image:
        """That part of (H, W, 3)."""
        return frame[self.top : self.top + self.height, self.left : self.left + self.width]


class Denoiser:
    """Draws the segments of one take."""

    def __init__(
        self,
        models: Models,
        texts: Texts,
        sampling: Sampling,
        picture: PIL.Image.Image,
        first: PIL.Image.Image,
    ) -> None:
        """picture: the character. first: the first frame of the driving video."""
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

    def draw(
        self, driving: list[PIL.Image.Image], tail: Image | None, seed: int, on_pass: OnPass
    ) -> list[Image]:
        """The frames of a segment, each (H, W, 3) sRGB in 0..1 with the black bars.

        driving: its driving frames, 4 k + 1 of them. tail: the last frame of the segment before,
        as drawn; None for the first. on_pass: may raise to stop.
        """
        check_length(len(driving))
        device = self._pipeline._execution_device
        pixels = self._pipeline.video_processor.preprocess_video(
            driving, height=self.height, width=self.width, resize_mode="fill"
        ).to(device, torch.float32)
        state = self._segment_state(pixels, len(driving), seed)
        # The blocks ask for a number only to tell the first segment from the others; none of them
        # reads further than the slice at `k * effective_segment`.
        follows = 0 if tail is None else 1
        if tail is not None:
            state.out_frames = _to_tensor(tail).to(device)
        loop = self._blocks["denoise"].sub_blocks["denoise"].sub_blocks
        passes = 1 + self._steps * (2 if self._models.guided else 1)
        with torch.no_grad(), self._counting(passes, on_pass):
            for name, block in loop.items():
                # Decoding as a first segment keeps the frame that the one before ends with.
                block(self._pipeline, state, k=0 if name == "decode" else follows)
        frames = state.segment_frames[0][0]
        return [_to_image(frame) for frame in frames.unbind(1)]

    def embed(self, image: Image) -> NDArray[np.float32]:
        """The image encoder's features of (H, W, 3) sRGB in 0..1, averaged over its patches."""
        encoder = self._pipeline.image_encoder
        device = self._pipeline._execution_device
        with torch.no_grad():
            pixels = _to_tensor(image)[0, :, 0].to(device)
            features = clip_visual_encode(encoder, pixels, device, encoder.dtype)
        averaged: NDArray[np.float32] = features.float().mean(dim=(0, 1)).cpu().numpy()
        return averaged

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
            prev_segment_conditioning_frames=OVERLAP,
            effective_segment=0,
            num_segments=1,
            segment_frames=[],
            out_frames=None,
        )

    @contextmanager
    def _counting(self, passes: int, on_pass: OnPass) -> Iterator[None]:
        done = 0

        def count(*_: Any) -> None:
            nonlocal done
            on_pass(done, passes)
            done += 1

        hook = self._pipeline.transformer.register_forward_pre_hook(count)
        try:
            yield
        finally:
            hook.remove()


def fitted(size: tuple[int, int], frame: tuple[int, int]) -> Box:
    """Where the pipeline's letterbox puts a picture of `size` in a `frame`, both (w, h)."""
    width, height = frame
    wide = width / height < size[0] / size[1]
    inner_width = width if wide else size[0] * height // size[1]
    inner_height = size[1] * width // size[0] if wide else height
    return Box((width - inner_width) // 2, (height - inner_height) // 2, inner_width, inner_height)


def _to_tensor(image: Image) -> Any:
    """(H, W, 3) in 0..1 → (1, 3, 1, H, W) in -1..1."""
    return (torch.from_numpy(np.ascontiguousarray(image)) * 2 - 1).permute(2, 0, 1)[None, :, None]


def _to_image(frame: Any) -> Image:
    """(3, H, W) in -1..1 → (H, W, 3) in 0..1."""
    image: Image = ((frame.float() + 1) / 2).clamp(0, 1).permute(1, 2, 0).contiguous().numpy()
    return image
