"""Wan2.2-Animate models with random weights, at their true size or tiny.

Memory and time of a model depend on its shapes alone, so neither needs trained weights to be
measured. The shapes of `FULL` are those of the published checkpoints (the classes' defaults, and
the text and image encoders' published configurations); `TINY` keeps only what the pipelines insist
on: an image encoder of 1280 channels that takes 224×224 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    WanAnimate2Transformer3DModel,
    WanAnimatePipeline,
    WanAnimateTransformer3DModel,
)
from diffusers.modular_pipelines import WanAnimate2Blocks, WanAnimate2DistilledBlocks
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModel,
    PreTrainedTokenizerFast,
    UMT5Config,
    UMT5EncoderModel,
)

# The flow shift that both models are sampled with.
SHIFT = 5.0


@dataclass(frozen=True)
class Shapes:
    """Arguments of the parts' classes that differ from their defaults."""

    text: Mapping[str, Any]
    image: Mapping[str, Any]
    vae: Mapping[str, Any] = field(default_factory=dict)
    transformer: Mapping[str, Any] = field(default_factory=dict)
    transformer_v1: Mapping[str, Any] = field(default_factory=dict)


FULL = Shapes(
    text={
        "vocab_size": 256384,
        "d_model": 4096,
        "d_kv": 64,
        "d_ff": 10240,
        "num_layers": 24,
        "num_heads": 64,
    },
    image={
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "projection_dim": 1024,
        "image_size": 224,
        "patch_size": 14,
        "hidden_act": "gelu",
    },
    transformer_v1={"added_kv_proj_dim": 5120},
)
TINY = Shapes(
    text={
        "vocab_size": 16,
        "d_model": 16,
        "d_kv": 8,
        "d_ff": 16,
        "num_layers": 1,
        "num_heads": 2,
    },
    image={
        "hidden_size": 1280,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "projection_dim": 8,
        "image_size": 224,
        "patch_size": 28,
    },
    vae={"base_dim": 3, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1},
    transformer={
        "text_len": 32,
        "text_dim": 16,
        "freq_dim": 16,
        "dim": 24,
        "ffn_dim": 32,
        "num_heads": 2,
        "num_layers": 2,
    },
    transformer_v1={
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "text_dim": 16,
        "freq_dim": 16,
        "ffn_dim": 32,
        "num_layers": 2,
        "rope_max_seq_len": 32,
        "motion_encoder_size": 16,
        "motion_style_dim": 8,
        "motion_dim": 4,
        "motion_encoder_dim": 16,
        "motion_encoder_channel_sizes": {"4": 4, "8": 4, "16": 4},
        "face_encoder_hidden_dim": 16,
        "face_encoder_num_heads": 2,
        "inject_face_latents_blocks": 2,
    },
)


# The first Animate takes an image encoder of any width.
TINY_V1 = replace(
    TINY,
    image={
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "projection_dim": 8,
        "image_size": 32,
        "patch_size": 8,
    },
    transformer_v1={**TINY.transformer_v1, "image_dim": 16},
)


def tokenizer() -> Any:
    """A tokenizer that knows no word: prompts keep their length, and nothing is fetched."""
    words = Tokenizer(models.WordLevel({"<pad>": 0, "</s>": 1, "<unk>": 2}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def scheduler() -> Any:
    """The sampler that the published checkpoints name."""
    return FlowMatchEulerDiscreteScheduler(shift=SHIFT)


def text_encoder(shapes: Shapes, device: str, dtype: Any) -> Any:
    """The text encoder alone: it is by far the largest part beside the transformer."""
    with _made_on(device, dtype):
        return UMT5EncoderModel(UMT5Config(**shapes.text)).eval()


def image_encoder(shapes: Shapes, device: str, dtype: Any) -> Any:
    """The image encoder."""
    with _made_on(device, dtype):
        return CLIPVisionModel(CLIPVisionConfig(**shapes.image)).eval()


def vae(shapes: Shapes, device: str, dtype: Any) -> Any:
    """The video autoencoder."""
    with _made_on(device, dtype):
        return AutoencoderKLWan(**shapes.vae).eval()


def transformer(shapes: Shapes, device: str, dtype: Any) -> Any:
    """Animate-2's transformer; what diffusers keeps in float32 when it loads weights is so here."""
    with _made_on(device, dtype):
        return _with_float32(WanAnimate2Transformer3DModel(**shapes.transformer).eval())


def transformer_v1(shapes: Shapes, device: str, dtype: Any) -> Any:
    """Animate's first transformer, which takes a skeleton and a face video."""
    with _made_on(device, dtype):
        return _with_float32(WanAnimateTransformer3DModel(**shapes.transformer_v1).eval())


def save_tiny_checkpoint(folder: Path, kind: Literal["base", "distilled"], seed: int = 0) -> None:
    """Save a tiny checkpoint of Animate-2 as the published ones are laid out."""
    torch.manual_seed(seed)
    blocks = WanAnimate2Blocks() if kind == "base" else WanAnimate2DistilledBlocks()
    made = blocks.init_pipeline()
    made.update_components(
        tokenizer=tokenizer(),
        scheduler=scheduler(),
        text_encoder=text_encoder(TINY, "cpu", torch.float32),
        image_encoder=image_encoder(TINY, "cpu", torch.float32),
        vae=vae(TINY, "cpu", torch.float32),
        transformer=transformer(TINY, "cpu", torch.float32),
    )
    made.save_pretrained(str(folder), overwrite_modular_index=True)


def pipeline_v1(shapes: Shapes, device: str, dtype: Any) -> Any:
    """Animate's first pipeline, whole."""
    return WanAnimatePipeline(
        tokenizer=tokenizer(),
        text_encoder=text_encoder(shapes, device, dtype),
        vae=vae(shapes, device, dtype),
        scheduler=scheduler(),
        image_processor=_image_processor(shapes),
        image_encoder=image_encoder(shapes, device, dtype),
        transformer=transformer_v1(shapes, device, dtype),
    )


def save_tiny_checkpoint_v1(folder: Path, seed: int = 0) -> None:
    """Save a tiny checkpoint of the first Animate as the published one is laid out."""
    torch.manual_seed(seed)
    pipeline_v1(TINY_V1, "cpu", torch.float32).save_pretrained(str(folder))


def _image_processor(shapes: Shapes) -> Any:
    side = shapes.image["image_size"]
    return CLIPImageProcessor(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    )


def _with_float32(model: Any) -> Any:
    kept = model._keep_in_fp32_modules
    for name, parameter in model.named_parameters():
        if any(part in name.split(".") for part in kept):
            parameter.data = parameter.data.float()
    return model


@contextmanager
def _made_on(device: str, dtype: Any) -> Iterator[None]:
    """Weights are drawn where they will be used: a CPU takes minutes for what a GPU does in one."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            yield
    finally:
        torch.set_default_dtype(before)
