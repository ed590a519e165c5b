"""The engine `wan-animate-2`: picture and raw clip in, generated frames out."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from understudy.engines.engine import (
    Cancelled,
    EngineInfo,
    EngineReport,
    Job,
    OnProgress,
    OnReport,
    PromptReading,
    ignore_progress,
    never,
)
from understudy.engines.generating import Inputs, generating_info, inputs_of, read_whole
from understudy.engines.wan.caption import caption
from understudy.engines.wan.checkpoint import Checkpoint, find_checkpoint
from understudy.engines.wan.options import (
    FPS,
    NAME,
    SAMPLING,
    Sampling,
    WanOptions,
    checkpoint_folder,
    memory_limit,
)
from understudy.engines.wan.placement import Placement, choose
from understudy.errors import EngineUnavailable

if TYPE_CHECKING:
    from understudy.engines.wan.drawing import Drawing
    from understudy.engines.wan.models import Models
    from understudy.engines.wan.stage_meter import StageMeter

VERSION = "1"
EXTRA = "understudy[gpu]"

_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Models that lie in no folder. checkpoint: what they are. load: makes them."""

    checkpoint: Checkpoint
    load: Callable[[], Models]


class WanAnimate2Engine:
    """Generates the take with Wan2.2-Animate-2-14B, base or distilled, on a GPU.

    It follows the raw clip, whose camera may move. Models stay in memory between takes of a process
    and serve one take at a time.
    """

    def __init__(
        self,
        options: WanOptions | None = None,
        *,
        device: str = "cuda",
        source: ModelSource | None = None,
    ) -> None:
        """device: `cpu` is for tiny checkpoints in tests. source: of the models; None for the
        checkpoint in its folder."""
        self._options = options or WanOptions()
        self._device = device
        self._source = source

    @property
    def info(self) -> EngineInfo:
        return generating_info(NAME, VERSION, FPS)

    def check(self) -> None:
        """Raise EngineUnavailable without the extra, the weights or a card."""
        missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            raise EngineUnavailable(f"{NAME} needs {', '.join(missing)}: pip install '{EXTRA}'")
        self._checkpoint()
        if self._device == "cuda":
            import torch

            if not torch.cuda.is_available():
                raise EngineUnavailable(f"{NAME} needs an NVIDIA GPU that PyTorch can use")
            self._placement(next(iter(self._sampling(self._checkpoint()).values())))

    def warm_up(self) -> None:
        """The weights are loaded by the process that uses them; nothing would outlast this one."""

    def read_prompt(self, prompt: str) -> PromptReading:
        """It takes the prompt whole, as a caption."""
        return read_whole(prompt)

    def frames(
        self,
        job: Job,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield (h, w, 3) uint8 RGB. Raises TakeCancelled, EngineUnavailable."""
        # Torch takes seconds to load: only a take does.
        from understudy.engines.wan.models import HOLDER
        from understudy.engines.wan.stage_meter import StageMeter

        inputs = inputs_of(job, NAME)
        progress = on_progress or ignore_progress
        is_cancelled = cancelled or never
        checkpoint = self._checkpoint()
        sampling = self._sampling(checkpoint)[job.mode]
        began = time.monotonic()
        with HOLDER.borrowed(self._key(checkpoint), self._load, is_cancelled) as models:
            loading = time.monotonic() - began
            models.place(models.confined or self._placement(sampling))
            meter = StageMeter(self._device)
            drawing = self._drawing(models, job, inputs, sampling, meter)
            pipeline = models.pipeline
            with meter.watching(pipeline.transformer, pipeline.vae):
                yield from drawing.frames(lambda share: progress("render", share), is_cancelled)
            progress("render", 1.0)
            if on_report is not None:
                details = {
                    **_identity(checkpoint),
                    "caption": caption(job.prompt),
                    "seed": inputs.seed,
                    "steps": sampling.steps,
                    "solver": models.solver,
                    "guided": models.guided,
                    **drawing.details(),
                    "placement": _words(models),
                    "loading_seconds": round(loading, 2),
                    "measured": meter.figures(),
                    "versions": {name: version(name) for name in _PACKAGES},
                }
                warnings = (*drawing.warnings, *_orientation_warning(job))
                on_report(EngineReport(details, warnings))

    def _drawing(
        self, models: Models, job: Job, inputs: Inputs, sampling: Sampling, meter: StageMeter
    ) -> Drawing:
        """The take, ready to be drawn: its caption, its picture and the clip's motion are read."""
        import PIL.Image

        from understudy.engines.wan import driving
        from understudy.engines.wan.curves import Curves
        from understudy.engines.wan.denoising import Denoiser
        from understudy.engines.wan.drawing import Drawing

        rgb, clip = inputs.picture.rgb, inputs.clip
        with meter.stage("caption"):
            texts = models.texts(caption(job.prompt))
        first = driving.first_frame(clip, job)
        denoiser = Denoiser(models, texts, sampling, PIL.Image.fromarray(rgb), first)
        return Drawing(
            models,
            denoiser,
            driving.Driving(clip, job, (denoiser.width, denoiser.height)),
            driving.motion(clip, job),
            Curves(_shown(rgb, denoiser), denoiser.embed),
            job,
            self._options,
            inputs.seed,
        )

    def _checkpoint(self) -> Checkpoint:
        if self._source is not None:
            return self._source.checkpoint
        return find_checkpoint(checkpoint_folder(self._options))

    def _key(self, checkpoint: Checkpoint) -> str:
        return f"{checkpoint.folder} {checkpoint.fingerprint} {self._device}"

    def _load(self) -> Models:
        if self._source is not None:
            return self._source.load()
        from understudy.engines.wan.models import load

        return load(self._checkpoint(), self._device)

    def _sampling(self, checkpoint: Checkpoint) -> Any:
        return self._options.sampling or SAMPLING[checkpoint.kind]

    def _placement(self, sampling: Sampling) -> Placement:
        if self._device == "cpu":
            return Placement("card", "card", self._options.long)
        import torch

        card = torch.cuda.get_device_properties(0).total_memory / _GIB
        limit = memory_limit(self._options)
        host = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        return choose(card if limit is None else min(card, limit), host, sampling, self._options)


def _shown(picture: NDArray[np.uint8], denoiser: Any) -> NDArray[np.float32]:
    """The picture as the model draws it, in 0..1."""
    import cv2

    size = denoiser.box.width, denoiser.box.height
    shown = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(shown, np.float32) / np.float32(255)


def _identity(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "model": checkpoint.kind,
        "repository": checkpoint.repository,
        "revision": checkpoint.revision,
        "fingerprint": checkpoint.fingerprint,
    }


def _words(models: Models) -> dict[str, Any]:
    placement = models.placement
    assert placement is not None
    return {
        "weights": placement.weights,
        "cache": placement.cache,
        "segment_frames": placement.frames,
    }


def _orientation_warning(job: Job) -> tuple[str, ...]:
    if job.orientation == "image":
        return (
            f"{NAME} turns as the person in the clip does: it cannot keep the picture's facing.",
        )
    return ()
