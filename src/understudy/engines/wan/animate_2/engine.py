"""The engine `wan-animate-2`: picture and raw clip in, generated frames out."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from understudy.engines.engine import EngineInfo, EngineJob
from understudy.engines.generating import generating_info
from understudy.engines.wan.animate_2.caption import caption
from understudy.engines.wan.animate_2.published import ANIMATE_2
from understudy.engines.wan.engine import NEEDS, ModelSource, WanEngine, WanTake, shown
from understudy.engines.wan.options import WanOptions

if TYPE_CHECKING:
    from understudy.engines.wan.checkpoint import Checkpoint
    from understudy.engines.wan.drawing import Drawing
    from understudy.engines.wan.models import WanModels

VERSION = "1"


class WanAnimate2Engine(WanEngine):
    """Generates the take with Wan2.2-Animate-2-14B, base or distilled, on a GPU.

    It follows the raw clip, whose camera may move.
    """

    published = ANIMATE_2

    def __init__(
        self,
        options: WanOptions | None = None,
        *,
        device: str = "cuda",
        source: ModelSource | None = None,
    ) -> None:
        """As `WanEngine`. Raises ValueError for an overlap that the model was not made for."""
        options = options or WanOptions()
        if options.overlap != 1:
            raise ValueError(f"{ANIMATE_2.name} goes on from 1 frame, not from {options.overlap}")
        super().__init__(options, device=device, source=source)

    @property
    def info(self) -> EngineInfo:
        return generating_info(ANIMATE_2.name, VERSION, ANIMATE_2.fps, NEEDS)

    def caption(self, job: EngineJob) -> str:
        """The prompt as a caption of two parts."""
        return caption(job.prompt)

    def load(self, checkpoint: Checkpoint) -> WanModels:
        """The models of a checkpoint, in host memory."""
        from understudy.engines.wan.animate_2.models import load

        return load(checkpoint, self._device)

    def prepare(self, models: WanModels, take: WanTake) -> Drawing:
        """The take, ready to be drawn: its caption, its picture and the clip's motion are read."""
        import PIL.Image

        from understudy.engines.wan import driving
        from understudy.engines.wan.animate_2.denoising import Denoiser
        from understudy.engines.wan.curves import Curves
        from understudy.engines.wan.drawing import Drawing

        job = take.job
        rgb, clip = take.inputs.picture.rgb, take.inputs.clip
        with take.meter.stage("caption"):
            texts = models.texts(self.caption(job))
        denoiser = Denoiser(
            models,
            texts,
            take.sampling,
            PIL.Image.fromarray(rgb),
            PIL.Image.fromarray(driving.first_frame(clip, job)),
            lambda frame: take.resources.enter_context(closing(driving.Driving(clip, job, frame))),
        )
        box = denoiser.box
        return Drawing(
            ANIMATE_2,
            models,
            denoiser,
            driving.motion(clip, job),
            Curves(shown(rgb, (box.width, box.height)), denoiser.embed),
            job,
            self._options,
            take.inputs.seed,
        )
