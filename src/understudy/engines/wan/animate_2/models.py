"""Loading Animate-2's parts from its checkpoint's folder."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from diffusers.modular_pipelines import WanAnimate2Blocks, WanAnimate2DistilledBlocks
from diffusers.modular_pipelines.wan_animate_2 import denoise

from understudy.engines.wan.animate_2.frame_attention import attend_by_frame
from understudy.engines.wan.checkpoint import Checkpoint
from understudy.engines.wan.models import Texts, WanModels, silence_loading
from understudy.engines.wan.placement import Placement
from understudy.errors import EngineUnavailable

_BLOCKS = {"base": WanAnimate2Blocks, "distilled": WanAnimate2DistilledBlocks}


def load(checkpoint: Checkpoint, device: str) -> WanModels:
    """Load a checkpoint's parts into host memory, from its folder alone.

    Raises EngineUnavailable for a solver that cannot be used.
    """
    silence_loading()
    _silence_bars()
    folder = str(checkpoint.folder)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    blocks = _BLOCKS[checkpoint.kind]()
    text_blocks = blocks.sub_blocks.pop("text_encoder")
    given = {
        "pretrained_model_name_or_path": folder,
        "local_files_only": True,
        "dtype": dtype,
    }
    pipeline = blocks.init_pipeline(folder)
    pipeline.load_components(**given)
    check_solver(pipeline.scheduler)

    def load_text() -> Any:
        text = text_blocks.init_pipeline(folder)
        text.load_components(**given)
        text.text_encoder.to(device)
        return text

    return models_of(pipeline, load_text, device)


def models_of(pipeline: Any, load_text: Any, device: str) -> WanModels:
    """Models of a loaded pipeline. load_text: makes the pipeline of the text encoder alone."""
    guided = bool(pipeline.requires_unconditional_embeds)

    def encode(caption: str) -> Texts:
        text = load_text()
        tokens = pipeline.transformer.config.text_len
        # Only the pipeline with the guider would ask for the second by itself.
        negative = {"negative_prompt": ""} if guided else {}
        state = text(prompt=caption, max_sequence_length=tokens, **negative)
        names = ("prompt_embeds", "negative_prompt_embeds", "prompt_ref_embeds")
        return {name: state.get(name) for name in names}

    def arrange(placement: Placement) -> None:
        attend_by_frame(pipeline.transformer, device, on_host=placement.cache == "host")

    return WanModels(pipeline, encode, device, guided, arrange)


def check_solver(scheduler: Any) -> None:
    """Raise EngineUnavailable for a solver that takes no generator, such as UniPC: the pipeline
    gives it one with every step."""
    import inspect

    if "generator" not in inspect.signature(scheduler.step).parameters:
        raise EngineUnavailable(
            f"the checkpoint uses the solver {type(scheduler).__name__}, whose steps take no "
            "generator; use FlowMatchEulerDiscreteScheduler or DPMSolverMultistepScheduler"
        )


def _silence_bars() -> None:
    """The pipeline's own bars would write into the take's."""
    from tqdm import tqdm

    denoise.tqdm = partial(tqdm, disable=True)
