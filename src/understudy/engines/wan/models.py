"""A model's parts in memory: loaded once for the process, used by one take at a time."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from understudy.engines.wan.placement import Placement
from understudy.errors import TakeCancelled

Cancelled = Callable[[], bool]
Texts = dict[str, Any]

_WAITING_SECONDS = 0.2
# Captions whose encodings are kept: 4 MB each.
_CAPTIONS_KEPT = 16


@dataclass
class WanModels:
    """The pipeline without its text encoder, and what encodes captions.

    pipeline: of diffusers. encode: the encodings of a caption and of what stands for none, from a
    text encoder that is loaded for each new caption and dropped after it, because it takes 11 GB.
    device: `cuda` or `cpu`. guided: every step takes a second pass, without the caption. arrange:
    called with each new placement, for what the model itself has to change. placement: where the
    parts lie, None before the first take. confined: the placement to keep to since memory ran out.
    """

    pipeline: Any
    encode: Callable[[str], Texts]
    device: str
    guided: bool = False
    arrange: Callable[[Placement], None] = lambda _: None
    placement: Placement | None = None
    confined: Placement | None = None
    _texts: dict[str, Texts] = field(default_factory=dict)

    @property
    def solver(self) -> str:
        return type(self.pipeline.scheduler).__name__

    def texts(self, caption: str) -> Texts:
        """The encodings of a caption and of what stands for none."""
        known = self._texts.pop(caption, None)
        if known is None:
            known = self.encode(caption)
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
        self.arrange(placement)
        self.placement = placement
        self.clean()

    def clean(self) -> None:
        """Give back what nothing uses."""
        gc.collect()
        if self.device == "cuda":
            torch.cuda.empty_cache()


class Holder:
    """Holds the models of one checkpoint; takes wait for one another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[str, WanModels] | None = None

    @contextmanager
    def borrowed(
        self, key: str, make: Callable[[], WanModels], cancelled: Cancelled
    ) -> Iterator[WanModels]:
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


def silence_loading() -> None:
    """The bars that show how parts are loaded would write into the take's."""
    import diffusers.utils.logging
    import transformers.utils.logging

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()


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
