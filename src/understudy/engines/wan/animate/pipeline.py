"""The pipeline, a segment at a time, and its parts loaded from the checkpoint's folder."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import WanAnimatePipeline

from understudy.engines.wan.checkpoint import Checkpoint
from understudy.engines.wan.models import Texts, WanModels, silence_loading

# Tokens of a caption: what the pipeline pads to.
_CAPTION_TOKENS = 512


class SegmentPipeline(WanAnimatePipeline):  # type: ignore[misc] # diffusers has no types
    """The pipeline called for one segment of a take.

    The stock one draws all segments in one call and goes on from its own frames. Called with the
    frames of a single segment it draws just that; what it lacks is the end of the segment before.

    tail: its last frames, (1, 3, n, H, W) in -1..1, n as many as segments share; None for the
    first segment.
    """

    tail: Any = None

    def prepare_prev_segment_cond_latents(
        self, prev_segment_cond_video: Any = None, *, start_frame: int = 0, **given: Any
    ) -> Any:
        """As the stock pipeline's, going on from `tail`."""
        if self.tail is not None:
            # Any start but 0 says that frames come before.
            prev_segment_cond_video, start_frame = self.tail, 1
        return super().prepare_prev_segment_cond_latents(
            prev_segment_cond_video, start_frame=start_frame, **given
        )


def load(checkpoint: Checkpoint, device: str) -> WanModels:
    """Load a checkpoint's parts into host memory, from its folder alone."""
    silence_loading()
    folder = str(checkpoint.folder)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    pipeline = SegmentPipeline.from_pretrained(
        folder,
        text_encoder=None,
        tokenizer=None,
        local_files_only=True,
        # The autoencoder in full precision, as diffusers' documentation of the pipeline has it.
        dtype={"default": dtype, "vae": torch.float32},
    )
    pipeline.set_progress_bar_config(disable=True)

    def encode(caption: str) -> Texts:
        text = WanAnimatePipeline.from_pretrained(
            folder,
            image_encoder=None,
            image_processor=None,
            vae=None,
            transformer=None,
            local_files_only=True,
            dtype=dtype,
        )
        text.text_encoder.to(device)
        with torch.no_grad():
            embeds, _ = text.encode_prompt(
                caption,
                do_classifier_free_guidance=False,
                max_sequence_length=_CAPTION_TOKENS,
                device=torch.device(device),
            )
        return {"prompt_embeds": embeds}

    return WanModels(pipeline, encode, device)
