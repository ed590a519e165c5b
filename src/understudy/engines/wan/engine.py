"""What the engines have in common that generate a take in this process, on a GPU."""

from __future__ import annotations

import importlib.util
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import (
    Cancelled,
    EngineInfo,
    EngineJob,
    EngineNeeds,
    EngineReport,
    OnProgress,
    OnReport,
    PromptReading,
    ignore_progress,
)
from understudy.engines.generating import Inputs, inputs_of, read_whole
from understudy.engines.wan.checkpoint import Checkpoint, find_checkpoint
from understudy.engines.wan.letterbox import Image
from understudy.engines.wan.options import WanOptions, checkpoint_folder, memory_limit
from understudy.engines.wan.placement import Placement, choose
from understudy.engines.wan.published import Published, Sampling
from understudy.errors import EngineUnavailable
from understudy.media.limits import Mode
from understudy.processes.sharing import never

if TYPE_CHECKING:
    from understudy.engines.wan.drawing import Drawing
    from understudy.engines.wan.models import WanModels
    from understudy.engines.wan.stage_meter import StageMeter

NEEDS = EngineNeeds(cpus=4.0, gpus=1.0, resident=True)
"""Cores for decoding, encoding and what the models keep in main memory."""
EXTRA = "understudy[gpu]"

_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Models that lie in no folder. checkpoint: what they are. load: makes them."""

    checkpoint: Checkpoint
    load: Callable[[], WanModels]


@dataclass(frozen=True, slots=True)
class WanTake:
    """A take of such an engine.

    inputs: of the job, all there. meter: for what is done before the first segment. resources:
    closes what was opened for the take.
    """

    job: EngineJob
    inputs: Inputs
    sampling: Sampling
    meter: StageMeter
    resources: ExitStack


class WanEngine(ABC):
    """Generates takes with one of Wan's models.

    Models stay in memory between takes of a process and serve one take at a time.
    """

    published: Published

    def __init__(
        self,
        options: WanOptions,
        *,
        device: str = "cuda",
        source: ModelSource | None = None,
    ) -> None:
        """device: `cpu` is for tiny checkpoints in tests. source: of the models; None for the
        checkpoint in its folder."""
        self._options = options
        self._device = device
        self._source = source

    @property
    @abstractmethod
    def info(self) -> EngineInfo:
        """Its name, version, inputs and abilities."""

    @abstractmethod
    def caption(self, job: EngineJob) -> str:
        """What the text encoder is given."""

    @abstractmethod
    def prepare(self, models: WanModels, take: WanTake) -> Drawing:
        """The take, ready to be drawn: its caption, picture and clip are read."""

    @abstractmethod
    def load(self, checkpoint: Checkpoint) -> WanModels:
        """The models of a checkpoint, in host memory."""

    def check(self) -> None:
        """Raise EngineUnavailable without the extra, the weights or a card."""
        name = self.published.name
        missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
        if missing:
            raise EngineUnavailable(f"{name} needs {', '.join(missing)}: pip install '{EXTRA}'")
        checkpoint = self._checkpoint()
        if self._device == "cuda":
            import torch

            if not torch.cuda.is_available():
                raise EngineUnavailable(f"{name} needs an NVIDIA GPU that PyTorch can use")
            self._placement(next(iter(self._sampling(checkpoint).values())))

    def warm_up(self) -> None:  # noqa: B027 - there is nothing to do, and no engine has to say so
        """The weights are loaded by the process that uses them; nothing would outlast this one."""

    def read_prompt(self, prompt: str) -> PromptReading:
        """It takes the prompt whole."""
        return read_whole(prompt)

    def frames(
        self,
        job: EngineJob,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield (h, w, 3) uint8 RGB. Raises TakeCancelled, EngineUnavailable."""
        # Torch takes seconds to load: only a take does.
        from understudy.engines.wan.models import HOLDER

        checkpoint = self._checkpoint()
        began = time.monotonic()
        key = f"{checkpoint.folder} {checkpoint.fingerprint} {self._device}"
        stop = cancelled or never
        with HOLDER.borrowed(key, lambda: self._load(checkpoint), stop) as models:
            loading = {"loading_seconds": round(time.monotonic() - began, 2)}
            try:
                with closing(self._take(models, checkpoint, job, on_progress, stop)) as outcomes:
                    for outcome in outcomes:
                        if not isinstance(outcome, EngineReport):
                            yield outcome
                        elif on_report is not None:
                            on_report(replace(outcome, details={**outcome.details, **loading}))
            finally:
                # What the segments took is for whoever uses the card next.
                models.clean()

    def _take(
        self,
        models: WanModels,
        checkpoint: Checkpoint,
        job: EngineJob,
        on_progress: OnProgress | None,
        cancelled: Cancelled,
    ) -> Generator[NDArray[np.uint8] | EngineReport]:
        """The take's frames, and last its report; nothing of it is held afterwards."""
        from understudy.engines.wan.stage_meter import StageMeter

        inputs = inputs_of(job, self.published.name)
        progress = _rising(on_progress or ignore_progress)
        sampling = self._sampling(checkpoint)[job.mode]
        models.place(models.confined or self._placement(sampling))
        meter = StageMeter(self._device)
        with ExitStack() as resources:
            take = WanTake(job, inputs, sampling, meter, resources)
            drawing = self.prepare(models, take)
            pipeline = models.pipeline
            with meter.watching(pipeline.transformer, pipeline.vae):
                yield from drawing.frames(progress, cancelled)
            progress(1.0)
            details = {
                **_identity(checkpoint),
                "caption": self.caption(job),
                "seed": inputs.seed,
                "steps": sampling.steps,
                "solver": models.solver,
                "guided": models.guided,
                **drawing.details(),
                "placement": _words(models),
                "measured": meter.figures(),
                "versions": {name: version(name) for name in _PACKAGES},
            }
            warnings = (*drawing.all_warnings, *_orientation_warning(job, self.published.name))
            yield EngineReport(details, warnings)

    def _checkpoint(self) -> Checkpoint:
        if self._source is not None:
            return self._source.checkpoint
        return find_checkpoint(checkpoint_folder(self._options, self.published), self.published)

    def _load(self, checkpoint: Checkpoint) -> WanModels:
        return self.load(checkpoint) if self._source is None else self._source.load()

    def _sampling(self, checkpoint: Checkpoint) -> Mapping[Mode, Sampling]:
        return self._options.sampling or self.published.sampling[checkpoint.kind]

    def _placement(self, sampling: Sampling) -> Placement:
        options = self._options
        if self._device == "cpu":
            return Placement("card", "card", options.long)
        import torch

        card = torch.cuda.get_device_properties(0).total_memory / _GIB
        limit = memory_limit(options)
        host = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        usable = card if limit is None else min(card, limit)
        return choose(usable, host, sampling, options, self.published)


def shown(picture: NDArray[np.uint8], size: tuple[int, int]) -> Image:
    """A picture (H, W, 3) as a model draws it, at (w, h), in 0..1."""
    import cv2

    resized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.float32) / np.float32(255)


def _rising(on_progress: OnProgress) -> Callable[[float], None]:
    """Progress that never falls back, as it would where a segment is drawn again."""
    most = 0.0

    def tell(share: float) -> None:
        nonlocal most
        most = max(most, share)
        on_progress("render", most)

    return tell


def _identity(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "model": checkpoint.kind,
        "repository": checkpoint.repository,
        "revision": checkpoint.revision,
        "fingerprint": checkpoint.fingerprint,
    }


def _words(models: WanModels) -> dict[str, Any]:
    placement = models.placement
    assert placement is not None
    return {
        "weights": placement.weights,
        "cache": placement.cache,
        "segment_frames": placement.frames,
    }


def _orientation_warning(job: EngineJob, name: str) -> tuple[str, ...]:
    if job.orientation == "image":
        return (
            f"{name} turns as the person in the clip does: it cannot keep the picture's facing.",
        )
    return ()
