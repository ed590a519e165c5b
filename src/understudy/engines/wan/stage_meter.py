"""Seconds and memory of a pipeline's stages, as the device spends them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

GIB = 2**30


@dataclass
class Stage:
    """One stage's calls: seconds each, and the most memory that any had allocated, in GiB."""

    seconds: list[float] = field(default_factory=list)
    allocated_gib: float = 0.0


class StageMeter:
    """Times stages between two waits for the device and keeps the memory's peaks.

    On a CPU the memory figures stay 0.
    """

    def __init__(self, device: str) -> None:
        self._on_card = device == "cuda"
        self._stages: dict[str, Stage] = {}
        self._allocated = self._reserved = 0.0
        self._begun = 0.0
        self._reset()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside as one call of a stage."""
        self._begin()
        yield
        self._end(name)

    @contextmanager
    def watching(self, transformer: Any, vae: Any) -> Iterator[None]:
        """Count the transformer's passes and the autoencoder's calls while inside.

        The stages: `driving`, the pass that reads the driving video; `step`, a denoising pass;
        `encode` and `decode`.
        """

        def before(*_: Any) -> None:
            self._begin()

        def after(_module: Any, _inputs: Any, keywords: dict[str, Any], _outputs: Any) -> None:
            self._end("driving" if keywords.get("kv_cache_mode") == "extract" else "step")

        hooks = (
            transformer.register_forward_pre_hook(before),
            transformer.register_forward_hook(after, with_kwargs=True),
        )
        vae.encode = self._counted("encode", vae.encode)
        vae.decode = self._counted("decode", vae.decode)
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
            del vae.encode, vae.decode

    def figures(self) -> dict[str, Any]:
        """Everything counted, for a report."""
        self._keep_peaks()
        return {
            "allocated_gib": round(self._allocated, 2),
            "reserved_gib": round(self._reserved, 2),
            "stages": {
                name: {
                    "calls": len(stage.seconds),
                    "first": round(stage.seconds[0], 3),
                    "last": round(stage.seconds[-1], 3),
                    "total": round(sum(stage.seconds), 3),
                    "allocated_gib": round(stage.allocated_gib, 2),
                }
                for name, stage in self._stages.items()
            },
        }

    def _counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **keywords: Any) -> Any:
            with self.stage(name):
                return call(*arguments, **keywords)

        return counted

    def _begin(self) -> None:
        self._wait()
        self._keep_peaks()
        self._reset()
        self._begun = time.perf_counter()

    def _end(self, name: str) -> None:
        self._wait()
        stage = self._stages.setdefault(name, Stage())
        stage.seconds.append(time.perf_counter() - self._begun)
        if self._on_card:
            allocated = torch.cuda.max_memory_allocated() / GIB
            stage.allocated_gib = max(stage.allocated_gib, allocated)

    def _wait(self) -> None:
        if self._on_card:
            torch.cuda.synchronize()

    def _keep_peaks(self) -> None:
        if self._on_card:
            self._allocated = max(self._allocated, torch.cuda.max_memory_allocated() / GIB)
            self._reserved = max(self._reserved, torch.cuda.max_memory_reserved() / GIB)

    def _reset(self) -> None:
        if self._on_card:
            torch.cuda.reset_peak_memory_stats()
