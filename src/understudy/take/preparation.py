"""The stages of a take before it is drawn: open, inspect and track, cast beside that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from understudy.character.character import Character
from understudy.engines import Cancelled, Engine, load_engine
from understudy.errors import TakeCancelled
from understudy.media.clip import Clip
from understudy.media.picture import Picture
from understudy.processes.sharing import Board, never
from understudy.take.backgrounds import Background, on_background, open_background
from understudy.take.casting.concurrent import ConcurrentCasting
from understudy.take.casting.thread import CastingThread
from understudy.take.driver import (
    Followed,
    carries_camera,
    check_motion_options,
    find_driver,
    follow_driver,
)
from understudy.take.open import Opened, open_media
from understudy.take.options import TakeMedia, TakeRequest
from understudy.take.plan import OutputFormat, Plan, make_plan
from understudy.take.progress import ProgressLine
from understudy.take.stage_times import StageTimes
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.trackers import TrackerPool

OpenTrackers = Callable[[], AbstractContextManager[TrackerPool]]
"""Makes the processes that a take tracks with, or lends them."""

OpenCasting = Callable[[], AbstractContextManager[CastingThread]]
"""Makes the thread that a take casts in, or lends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeContext:
    """Whom a take tells, and what it works with.

    cancelled: called from time to time. board: shares a long take with other workers.
    """

    progress: ProgressLine
    times: StageTimes = field(default_factory=StageTimes)
    cancelled: Cancelled = never
    board: Board | None = None
    trackers: OpenTrackers = TrackerPool
    casting: OpenCasting = CastingThread


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """What drawing needs: the engine, and the rest as far as the engine needs it.

    background: what the take gets in place of the picture's own, if it does.
    """

    engine: Engine
    picture: Picture
    clip: Clip | MotionFile
    plan: Plan
    format: OutputFormat
    performance: Performance | None
    camera: ClipCamera | None
    character: Character | None
    background: Background | None


def prepare(media: TakeMedia, request: TakeRequest, context: TakeContext) -> Prepared:
    """Open a take's media, inspect, track and cast. Raises as `run_take` does."""
    context.progress.tell("open")
    engine = load_engine(request.engine)
    context.progress.skip_all_but(engine.info.stages)
    check_motion_options(request, engine)
    with context.times.measuring("open"):
        background = open_background(media, request, engine)
        opened = open_media(media, request)
    prepared = _cast_and_tracked(engine, request, opened, context)
    if background is None:
        return prepared
    character = prepared.character
    if character is not None:
        character = on_background(character, background)
    return replace(prepared, character=character, background=background)


def _cast_and_tracked(
    engine: Engine, request: TakeRequest, opened: Opened, context: TakeContext
) -> Prepared:
    clip = opened.clip
    with context.casting() as thread, context.trackers() as pool:
        casting = ConcurrentCasting(
            engine,
            request.mode,
            opened.picture,
            opened.element,
            thread,
            context.times.timing("cast"),
            opened.folder,
            context.board,
            context.cancelled,
        )
        beside = _BesideCasting(engine, request, clip, pool, casting, context)
        scene = beside.driver_found()
        picture = casting.settle(scene.framing)
        output = OutputFormat.of(picture, clip, request, engine.info)
        followed = beside.driver_followed(scene, output.fps)
        performance = None if followed is None else followed.performance
        character = casting.result(performance)
    has_element = opened.element is not None
    return Prepared(
        engine=engine,
        picture=picture,
        clip=clip,
        plan=make_plan(engine, request, output, clip, scene, character, casting.notes, has_element),
        format=output,
        performance=performance,
        camera=None if followed is None else followed.camera,
        character=character,
        background=None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _BesideCasting:
    """Inspecting and tracking the clip while the character is cast: a picture that is refused ends
    them at once."""

    engine: Engine
    request: TakeRequest
    clip: Clip | MotionFile
    pool: TrackerPool
    casting: ConcurrentCasting
    context: TakeContext

    def driver_found(self) -> SceneAnalysis:
        """What the clip shows, and who is its driver: see `find_driver`."""
        with self._stage("inspect"):
            return find_driver(
                self.engine,
                self.clip,
                self.pool,
                driver=self.request.driver,
                camera=carries_camera(self.request, self.engine),
                cancelled=self._is_over,
                on_cached=lambda: self.context.times.cached.append("inspect"),
                board=self.context.board,
            )

    def driver_followed(self, scene: SceneAnalysis, fps: Fraction) -> Followed | None:
        """The driver's performance: see `follow_driver`. fps: of the output."""
        with self._stage("track"):
            return follow_driver(
                self.engine,
                self.clip,
                scene,
                fps,
                self.pool,
                on_share=lambda share: self.context.progress.tell("track", share),
                cancelled=self._is_over,
                on_cached=lambda: self.context.times.cached.append("track"),
                loop=self.request.loop,
                camera=carries_camera(self.request, self.engine),
                board=self.context.board,
            )

    def _is_over(self) -> bool:
        return self.context.cancelled() or self.casting.has_failed

    @contextmanager
    def _stage(self, stage: Literal["inspect", "track"]) -> Iterator[None]:
        """Tell and measure a stage; where casting refused the picture and so ended it, raise that
        refusal in place of the cancellation."""
        self.context.progress.tell(stage)
        try:
            with self.context.times.measuring(stage):
                yield
        except TakeCancelled:
            self.casting.raise_failure()
            raise
