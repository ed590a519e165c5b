"""The puppet engine: picture and performance in, frames out, on the CPU."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from understudy.character.character import Character
from understudy.cores import usable_cores
from understudy.engines.engine import (
    Cancelled,
    EngineInfo,
    EngineJob,
    EngineNeeds,
    EngineReport,
    Judgement,
    OnProgress,
    OnReport,
    PromptReading,
    Range,
    TestPoses,
    ignore_progress,
)
from understudy.engines.puppet.camera.wording import read_camera
from understudy.errors import TakeCancelled
from understudy.geometry.landmarks import Aspect
from understudy.geometry.skeleton import Side
from understudy.processes.sharing import never
from understudy.tracking.performance import Performance

if TYPE_CHECKING:
    from understudy.engines.puppet.views.multi_view import Drawable

VERSION = "1"

THREADS = 2
"""Frames drawn at once where there are cores for them. Any number gives the same frames."""
_AHEAD_PER_THREAD = 2
"""Frames for each thread that are drawn or wait to be encoded: with a second one, a frame that is
slow to encode does not keep the thread from drawing."""
MEMORY_MB = 1536
"""What a take uses at most, its trackers included, but for clips of several minutes."""


class PuppetEngine:
    """Moves a layered cut-out of the picture by the driver's landmarks; needs no GPU."""

    def __init__(self, threads: int | None = None) -> None:
        """threads: frames drawn at once, None for two where there are cores for them; any number
        gives the same frames."""
        self._threads = threads or min(THREADS, usable_cores())

    @property
    def info(self) -> EngineInfo:
        return EngineInfo(
            name="puppet",
            version=VERSION,
            inputs=frozenset({"performance", "character"}),
            stages=("track", "cast", "retarget", "render"),
            pixels="i420",
            whole_prompt=False,
            moving_camera=False,
            needs=EngineNeeds(cpus=float(THREADS), memory_mb=MEMORY_MB, spreads=True),
            steered=True,
        )

    def check(self) -> None:
        """Does nothing: it runs wherever the package can be installed."""

    def warm_up(self) -> None:
        """Compile the drawing kernels, or load them from numba's cache."""
        from understudy.engines.puppet.warm_up import warm_up

        warm_up()

    def read_prompt(self, prompt: str) -> PromptReading:
        """The camera and motion wording of a prompt; the rest is ignored."""
        from understudy.engines.puppet.retarget.wording import read_motion

        script = read_camera(prompt)
        motion = read_motion(script.left_out)
        return PromptReading(
            (*script.understood, *motion.understood), motion.left_out, script.follows_clip
        )

    def views_wanted(
        self, performance: Performance, views: Collection[Aspect]
    ) -> frozenset[Aspect]:
        """Those of `views` that the driver turns towards the camera."""
        from understudy.engines.puppet.retarget.facing import ASPECTS, FRONT, aspects_seen

        seen = set(aspects_seen(performance, views).tolist()) - {FRONT}
        return frozenset(ASPECTS[index] for index in seen)

    @property
    def judging_version(self) -> str:
        """A digest of the puppet's sources."""
        from understudy.engines.puppet.judging.judge import judging_version

        return judging_version()

    def judge(self, character: Character, kept: Collection[Side] = ()) -> Judgement:
        """How far the character may be moved. kept: arms that move whatever comes of it."""
        from understudy.engines.puppet.judging.judge import judge

        return judge(character, kept)

    def test_poses(self, character: Character) -> TestPoses:
        """What the character performs where it is judged."""
        from understudy.engines.puppet.judging.poses import test_poses

        return test_poses(character.landmarks, character.size)

    def frames(
        self,
        job: EngineJob,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield I420 planes (H * 3 / 2, W), BT.709 limited, one for each row of the performance."""
        return self._draw(job, on_progress, cancelled, on_report, alone=False)

    def frames_alone(
        self,
        job: EngineJob,
        *,
        on_progress: OnProgress | None = None,
        cancelled: Cancelled | None = None,
        on_report: OnReport | None = None,
    ) -> Iterator[NDArray[np.uint8]]:
        """Yield the character and its shadow (H, W, 4) uint8 sRGB, alpha not premultiplied."""
        return self._draw(job, on_progress, cancelled, on_report, alone=True)

    def ranges(self, job: EngineJob, *, cancelled: Cancelled | None = None) -> Range:
        """Prepare the puppet; a frame is drawn from nothing but its number."""
        puppet = self._puppet(job)

        def drawn(first: int, count: int) -> Iterator[NDArray[np.uint8]]:
            return self._frames(puppet, range(first, first + count), cancelled or never)

        return drawn

    def _draw(
        self,
        job: EngineJob,
        on_progress: OnProgress | None,
        cancelled: Cancelled | None,
        on_report: OnReport | None,
        *,
        alone: bool,
    ) -> Iterator[NDArray[np.uint8]]:
        progress = on_progress or ignore_progress
        progress("retarget", 0.0)
        puppet = self._puppet(_on_nothing(job) if alone else job)
        progress("retarget", 1.0)
        frames = self._frames(puppet, range(len(puppet)), cancelled or never, alone=alone)
        for done, frame in enumerate(frames, 1):
            progress("render", done / len(puppet))
            yield frame
        if on_report is not None and puppet.camera_share is not None:
            on_report(_camera_report(puppet.camera_share))

    def _puppet(self, job: EngineJob) -> Drawable:
        """The driver's motion on the character's bones."""
        # Heavy imports belong to the stage that needs them.
        from understudy.engines.puppet.retarget.wording import read_motion, worded
        from understudy.engines.puppet.views.multi_view import build_puppet

        character, performance = job.character, job.performance
        if character is None or performance is None:
            raise ValueError("the puppet engine needs a character and a performance")
        if character.size != job.size:
            raise ValueError("the character was cast at a different size from the output")
        script = read_camera(job.prompt)
        controls = worded(job.controls, read_motion(script.left_out))
        return build_puppet(character, performance, job.orientation, script, controls, job.camera)

    def _frames(
        self,
        puppet: Drawable,
        indices: range,
        is_cancelled: Cancelled,
        *,
        alone: bool = False,
    ) -> Iterator[NDArray[np.uint8]]:
        """Draw frames, several at a time, in order."""
        from understudy.engines.puppet.render.canvas import Canvas

        canvases: SimpleQueue[Canvas] = SimpleQueue()
        for _ in range(self._threads):
            canvases.put(puppet.canvas(alone=alone))
        drawn = puppet.draw_alone if alone else puppet.draw
        ahead = _AHEAD_PER_THREAD * self._threads

        def draw(index: int) -> NDArray[np.uint8]:
            canvas = canvases.get()
            try:
                return drawn(canvas, index)
            finally:
                canvases.put(canvas)

        pending: deque[Future[NDArray[np.uint8]]] = deque()
        with ThreadPoolExecutor(self._threads, "puppet") as pool:
            try:
                for place in range(len(indices) + ahead):
                    if is_cancelled():
                        raise TakeCancelled("the take was cancelled while it was rendered")
                    if place < len(indices):
                        pending.append(pool.submit(draw, indices[place]))
                    if place >= ahead:
                        yield pending.popleft().result()
            finally:
                for future in pending:
                    future.cancel()


def _on_nothing(job: EngineJob) -> EngineJob:
    """The job of a character that is drawn alone: nothing is behind it, as far as a camera goes."""
    if job.character is None:
        return job
    nothing = np.zeros_like(job.character.background)
    return replace(job, character=replace(job.character, background=nothing))


def _camera_report(share: float) -> EngineReport:
    """What is said of the clip's camera, of whose way the video's camera goes a share."""
    details = {"camera_share": round(share, 2)}
    if share == 1.0:
        return EngineReport(details)
    went = f"goes {share:.0%} of the way" if share > 0 else "stands still"
    return EngineReport(
        details,
        (
            "The clip's camera moves further than the picture has room: the video's camera "
            f"{went}. A picture with more background round the character gives it more.",
        ),
    )
