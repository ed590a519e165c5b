"""The engine `wan-animate`: picture, clip and performance in, generated frames out."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from understudy.cache import user_cache
from understudy.engines.engine import EngineInfo, EngineJob
from understudy.engines.generating import generating_info
from understudy.engines.wan.animate.published import ANIMATE, LONG
from understudy.engines.wan.engine import NEEDS, ModelSource, WanEngine, WanTake, shown
from understudy.engines.wan.options import WanOptions
from understudy.engines.wan.published import SIDE_MULTIPLE, Sampling
from understudy.tracking.cached import PictureTracker

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from understudy.engines.wan.animate.conditions import Animating, Replacing
    from understudy.engines.wan.checkpoint import Checkpoint
    from understudy.engines.wan.drawing import Drawing
    from understudy.engines.wan.letterbox import FramePart
    from understudy.engines.wan.models import WanModels
    from understudy.geometry.landmarks import Landmarks
    from understudy.tracking.performance import Performance

VERSION = "1"
# The caption for no prompt: what the makers give for none ("the person in the video is acting").
DEFAULT_CAPTION = "视频中的人在做动作"
# The clip is read at this short side at most, in pixels: enough for the faces that are cut out of
# it, and a segment of it stays below 250 MB.
CLIP_SHORT_SIDE = 720


class WanAnimateEngine(WanEngine):
    """Generates the take with Wan2.2-Animate-14B on a GPU.

    It follows a skeleton video and the driver's face. It can also draw the character in the clip's
    own scene, in the driver's place.
    """

    published = ANIMATE

    def __init__(
        self,
        options: WanOptions | None = None,
        *,
        device: str = "cuda",
        source: ModelSource | None = None,
    ) -> None:
        super().__init__(options or WanOptions(long=LONG), device=device, source=source)

    @property
    def info(self) -> EngineInfo:
        info = generating_info(ANIMATE.name, VERSION, ANIMATE.fps, NEEDS)
        return replace(
            info,
            inputs=info.inputs | {"performance"},
            stages=("track", "render"),
            replaces=True,
        )

    def caption(self, job: EngineJob) -> str:
        """The prompt as it is."""
        return job.prompt.strip() or DEFAULT_CAPTION

    def load(self, checkpoint: Checkpoint) -> WanModels:
        """The models of a checkpoint, in host memory."""
        from understudy.engines.wan.animate.pipeline import load

        return load(checkpoint, self._device)

    def prepare(self, models: WanModels, take: WanTake) -> Drawing:
        """The take, ready to be drawn: its caption, its picture and its driver are read.

        Raises ValueError for a job without the driver's performance.
        """
        from understudy.engines.wan import driving
        from understudy.engines.wan.animate.drawer import AnimateDrawer
        from understudy.engines.wan.curves import Curves
        from understudy.engines.wan.drawing import Drawing
        from understudy.engines.wan.letterbox import fitted

        job = take.job
        rgb, clip = take.inputs.picture.rgb, take.inputs.clip
        picture_size = rgb.shape[1], rgb.shape[0]
        shown_size = (clip.width, clip.height) if job.replace else picture_size
        frame = frame_size(shown_size, take.sampling)
        picture_box = fitted(picture_size, frame)
        face_side = models.pipeline.transformer.config.motion_encoder_size
        conditions = _conditions(take, frame, picture_box, face_side)
        with take.meter.stage("caption"):
            texts = models.texts(self.caption(job))
        drawer = AnimateDrawer(
            models,
            texts,
            take.sampling,
            _on_black(rgb, picture_box, frame),
            conditions,
            fitted(shown_size, frame),
            self._options.overlap,
        )
        return Drawing(
            ANIMATE,
            models,
            drawer,
            driving.motion(clip, job),
            Curves(shown(rgb, (picture_box.width, picture_box.height)), drawer.embed),
            job,
            self._options,
            take.inputs.seed,
        )


def _conditions(
    take: WanTake, frame: tuple[int, int], picture_box: FramePart, face_side: int
) -> Animating | Replacing:
    """What the take's segments are drawn from. frame: (w, h) that is drawn, with the picture in
    `picture_box`."""
    from understudy.engines.wan.animate.conditions import ConditionReader
    from understudy.engines.wan.driving import Driving
    from understudy.engines.wan.letterbox import fitted

    job, clip = take.job, take.inputs.clip
    smaller = min(1.0, CLIP_SHORT_SIDE / min(clip.width, clip.height))
    size = round(clip.width * smaller), round(clip.height * smaller)
    clip_frames = take.resources.enter_context(closing(Driving(clip, job, size)))
    reader = ConditionReader(_performance_of(job), clip_frames, frame, face_side)
    if job.replace:
        find = take.resources.enter_context(PictureTracker(None, quick=True))
        return reader.replacing(fitted((clip.width, clip.height), frame), find)
    with PictureTracker(user_cache()) as find:
        landmarks = _landmarks(find, take.inputs.picture.rgb, picture_box)
    return reader.animating(landmarks, picture_box)


def frame_size(size: tuple[int, int], sampling: Sampling) -> tuple[int, int]:
    """(w, h) of the frame that is drawn: the shape of `size` (w, h) at the area of `sampling`, each
    side the nearest multiple of 16."""
    aspect = size[0] / size[1]
    area = sampling.height * sampling.width
    width, height = math.sqrt(area * aspect), math.sqrt(area / aspect)
    return _multiple(width), _multiple(height)


def _multiple(side: float) -> int:
    return max(1, round(side / SIDE_MULTIPLE)) * SIDE_MULTIPLE


def _performance_of(job: EngineJob) -> Performance:
    if job.performance is None:
        raise ValueError(f"{ANIMATE.name} needs the performance of the person in the clip")
    if len(job.performance) != job.frames:
        raise ValueError(
            f"the performance has {len(job.performance)} rows; the take has {job.frames} frames"
        )
    return job.performance


def _landmarks(tracker: PictureTracker, rgb: NDArray[np.uint8], box: FramePart) -> Landmarks | None:
    """The picture's landmarks in the frame that is drawn, where it lies in `box`."""
    import numpy as np

    found = tracker(rgb).landmarks
    if found is None:
        return None
    scaled = found.scaled(box.width / rgb.shape[1])
    scaled.body[:, :2] += np.array([box.left, box.top], np.float32)
    return scaled


def _on_black(rgb: NDArray[np.uint8], box: FramePart, frame: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture in the frame (w, h) that is drawn."""
    import cv2
    import numpy as np

    whole = np.zeros((frame[1], frame[0], 3), np.uint8)
    way = cv2.INTER_AREA if box.width < rgb.shape[1] else cv2.INTER_CUBIC
    sized = cv2.resize(rgb, (box.width, box.height), interpolation=way)
    whole[box.top : box.top + box.height, box.left : box.left + box.width] = sized
    return whole
