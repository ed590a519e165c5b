"""The model's parts in memory: loaded once for the process, used by one take at a time."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from diffusers.modular_pipelines import WanAnimate2Blocks, WanAnimate2DistilledBlocks
from diffusers.modular_pipelines.wan_animate_2 import denoise

from understudy.engines.wan.checkpoint import Checkpoint
from understudy.engines.wan.frame_attention import attend_by_frame
from understudy.engines.wan.placement import Placement
from understudy.errors import EngineUnavailable, TakeCancelled

Cancelled = Callable[[], bool]
Texts = dict[str, Any]

_BLOCKS = {"base": WanAnimate2Blocks, "distilled": WanAnimate2DistilledBlocks}
_WAITING_SECONDS = 0.2
# Captions whose encodings are kept: 4 MB each.
_CAPTIONS_KEPT = 16


@dataclass
class Models:
    """The pipeline without its text encoder, and what encodes captions.

    pipeline: of diffusers' blocks. load_text: makes the pipeline of the text encoder alone, on the
    device; it is dropped after each new caption, because the encoder takes 11 GB. device: `cuda`
    or `cpu`. placement: where the parts lie, None before the first take. confined: the placement to
    keep to since memory ran out.
    """

    pipeline: Any
    load_text: Callable[[], Any]
    device: str
    placement: Placement | None = None
    confined: Placement | None = None
    _texts: dict[str, Texts] = field(default_factory=dict)

    @property
    def guided(self) -> bool:
        """Whether every step takes a second pass, without the caption."""
        return bool(self.pipeline.requires_unconditional_embeds)

    @property
    def solver(self) -> str:
        return type(self.pipeline.scheduler).__name__

    def texts(self, caption: str) -> Texts:
        """The encodings of a caption and of what stands for none."""
        known = self._texts.pop(caption, None)
        if known is None:
            text = self.load_text()
            tokens = self.pipeline.transformer.config.text_len
            # Only the pipeline with the guider would ask for the second by itself.
            negative = {"negative_prompt": ""} if self.guided else {}
            state = text(prompt=caption, max_sequence_length=tokens, **negative)
            names = ("prompt_embeds", "negative_prompt_embeds", "prompt_ref_embeds")
            known = {name: state.get(name) for name in names}
            del text, state
            self.clean()
        self._texts[caption] = known
        while len(self._texts) > _CAPTIONS_KEPT:
            del self._texts[next(iter(self._texts))]
        return known

    def place(self, placement: Placement) -> None:
        """Put the parts where `placement` says; streamed weights stay so."""
        transformer = self.pipeline.transformer
        streamed = self.placement is not None and self.placement.weights == "host"
        if streamed:
            placement = replace(placement, weights="host")
        if placement == self.placement:
            return
        if not streamed:
            for part in (self.pipeline.vae, self.pipeline.image_encoder):
                part.to(self.device)
            if placement.weights == "host":
                _stream(transformer, self.device)
            else:
                transformer.to(self.device)
        attend_by_frame(transformer, self.device, on_host=placement.cache == "host")
        self.placement = placement
        self.clean()

    def clean(self) -> None:
        """Give back what nothing uses."""
        gc.collect()
        if self.device == "cuda":
            torch.cuda.empty_cache()


def load(checkpoint: Checkpoint, device: str) -> Models:
    """Load a checkpoint's parts into host memory, from its folder alone.

    Raises EngineUnavailable for a solver that cannot be used.
    """
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

    return Models(pipeline, load_text, device)


def check_solver(scheduler: Any) -> None:
    """Raise EngineUnavailable for a solver that takes no generator, such as UniPC: the pipeline
    gives it one with every step."""
    import inspect

    if "generator" not in inspect.signature(scheduler.step).parameters:
        raise EngineUnavailable(
            f"the checkpoint uses the solver {type(scheduler).__name__}, whose steps take no "
            "generator; use FlowMatchEulerDiscreteScheduler or DPMSolverMultistepScheduler"
        )


class Holder:
    """Holds the models of one checkpoint; takes wait for one another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[str, Models] | None = None

    @contextmanager
    def borrowed(
        self, key: str, make: Callable[[], Models], cancelled: Cancelled
    ) -> Iterator[Models]:
        """The models by that key, made where they are not held; what was held makes room.

        Raises TakeCancelled while it waits.
        """
        while not self._lock.acquire(timeout=_WAITING_SECONDS):
            if cancelled():
                raise TakeCancelled("the take was cancelled while it waited for the model")
        try:
            if self._held is None or self._held[0] != key:
                self._held = None
                gc.collect()
                self._held = key, make()
            yield self._held[1]
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Let go of what is held, once no take uses it."""
        with self._lock:
            self._held = None
        gc.collect()


# One for the process: a card holds one model.
HOLDER = Holder()


def _stream(transformer: Any, device: str) -> None:
    """Move the blocks to pinned host memory; each visits the card for its turn."""
    on_card = device == "cuda"
    transformer.enable_group_offload(
        onload_device=torch.device(device),
        offload_device=torch.device("cpu"),
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=on_card,
        record_stream=on_card,
    )


def _silence_bars() -> None:
    """The pipeline's own bars would write into the take's."""
    from functools import partial

    from tqdm import tqdm

    denoise.tqdm = partial(tqdm, disable=True)
