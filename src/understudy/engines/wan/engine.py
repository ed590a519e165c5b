"""The engine `wan-animate-2`: picture and raw clip in, generated frames out."""

from __future__ import annotations

import importlib.util
import os
import secrets
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
)
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
    from understudy.engines.wan.models import Models

VERSION = "1"
EXTRA = "understudy[gpu]"

_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Source:
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
        source: Source | None = None,
    ) -> None:
        """device: `cpu` is for tiny checkpoints in tests. source: of the models; None for the
        checkpoint in its folder."""
        self._options = options or WanOptions()
        self._device = device
        self._source = source

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            name=NAME,
            version=VERSION,
            inputs=frozenset({"picture", "clip"}),
            stages=("render",),
            pixels="rgb",
            whole_prompt=True,
            moving_camera=True,
            max_fps=FPS,
        )

    def check(self) -> None:
        """Raise EngineUnavailable without the extra, the weights or a card."""
        missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
        if missing:
            raise EngineUnavailable(f"{NAME} needs {', '.join(missing)}: pip install '{EXTRA}'")
        self._checkpoint()
        if self._device == "cuda":
            import torch

            if not torch.cuda.is_available():
                raise EngineUnavailable(f"{NAME} needs an NVIDIA card that torch can use")
            self._placement(next(iter(self._sampling(self._checkpoint()).values())))

    def warm_up(self) -> None:
        """The weights are loaded by the process that uses them; nothing would outlast this one."""

    def read_prompt(self, prompt: str) -> PromptReading:
        """It takes the prompt whole, as a caption."""
        return PromptReading(understood=(prompt,) if prompt.strip() else ())

    def frames(
        self,
        job: Job,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield (h, w, 3) uint8 RGB. Raises TakeCancelled, EngineUnavailable."""
        # 0. What torch needs is loaded by who needs it.
        import PIL.Image

        from understudy.engines.wan import driving
        from understudy.engines.wan.curves import Curves
        from understudy.engines.wan.denoising import Denoiser
        from understudy.engines.wan.drawing import MOST_SEED, Drawing
        from understudy.engines.wan.models import HOLDER
        from understudy.engines.wan.stage_meter import StageMeter

        # 1. What was given.
        if job.picture is None or job.clip is None:
            raise ValueError(f"{NAME} is given a picture and a clip")
        progress = on_progress or (lambda stage, share: None)
        is_cancelled = cancelled or (lambda: False)
        seed = secrets.randbelow(MOST_SEED) if job.seed is None else job.seed % MOST_SEED
        checkpoint = self._checkpoint()
        sampling = self._sampling(checkpoint)[job.mode]
        text = caption(job.prompt)
        began = time.monotonic()

        with HOLDER.borrowed(self._key(checkpoint), self._load, is_cancelled) as models:
            loaded = time.monotonic()
            models.place(models.confined or self._placement(sampling))
            meter = StageMeter(self._device)

            # 2. The caption, the picture, the clip's motion.
            with meter.stage("caption"):
                texts = models.texts(text)
            denoiser = Denoiser(
                models,
                texts,
                sampling,
                PIL.Image.fromarray(job.picture.rgb),
                driving.first_frame(job.clip, job),
            )
            curves = Curves(_shown(job.picture.rgb, denoiser), denoiser.embed)
            drawing = Drawing(
                models,
                denoiser,
                driving.Driving(job.clip, job, (denoiser.width, denoiser.height)),
                driving.motion(job.clip, job),
                curves,
                job,
                self._options,
                seed,
            )

            # 3. Frames, segment by segment.
            def on_share(share: float) -> None:
                progress("render", share)

            pipeline = models.pipeline
            with meter.watching(pipeline.transformer, pipeline.vae):
                yield from drawing.frames(on_share, is_cancelled)
            progress("render", 1.0)

            # 4. What a person needs to repeat the take, and what it cost.
            if on_report is not None:
                details = {
                    **_identity(checkpoint),
                    "caption": text,
                    "seed": seed,
                    "steps": sampling.steps,
                    "solver": models.solver,
                    "guided": models.guided,
                    "drawn_size": [denoiser.width, denoiser.height],
                    "segments": drawing.segments,
                    **curves.to_json(),
                    "placement": _words(models),
                    "loading_seconds": round(loaded - began, 2),
                    "measured": meter.figures(),
                    "versions": {name: version(name) for name in _PACKAGES},
                }
                warnings = (*drawing.warnings, *_orientation_warning(job))
                on_report(EngineReport(details, warnings))

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
