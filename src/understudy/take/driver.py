"""Finding and tracking the driver, as far as the engine needs it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from understudy.cache import user_cache
from understudy.engines import Cancelled, Engine
from understudy.errors import InputRefused
from understudy.media.clip import Clip, count_frames
from understudy.take.motion_scene import scene_of_motion
from understudy.tracking.cached import analyze_scene, track_clip
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.trackers import TrackerPool


def find_driver(
    engine: Engine,
    clip: Clip | MotionFile,
    pool: TrackerPool,
    *,
    cancelled: Cancelled | None = None,
    on_cached: Callable[[], None] | None = None,
) -> SceneAnalysis:
    """What the clip shows, its driver and the run that can be used.

    on_cached: called when the result comes from the cache. Raises ClipUnusable, TakeCancelled, and
    InputRefused where the engine needs a video and is given motion.
    """
    if isinstance(clip, MotionFile):
        if "clip" in engine.info.inputs:
            raise InputRefused(
                clip.field,
                found=f"motion is given to the engine '{engine.info.name}', which follows a video",
                allowed="use a video, or another engine",
            )
        return scene_of_motion(clip)
    return analyze_scene(
        clip,
        cache=user_cache(),
        pool=pool,
        cancelled=cancelled,
        camera_may_move=engine.info.moving_camera,
        on_cached=on_cached,
    )


def follow_driver(  # noqa: PLR0913 - independent keyword options
    engine: Engine,
    clip: Clip | MotionFile,
    scene: SceneAnalysis,
    fps: Fraction,
    pool: TrackerPool,
    *,
    on_share: Callable[[float], None],
    cancelled: Cancelled,
    on_cached: Callable[[], None],
) -> Performance | None:
    """The driver's performance, a row for each output frame, if the engine needs one.

    fps: of the output. on_share: called with the share done, in 0..1. on_cached: called when the
    result comes from the cache. Raises TakeCancelled.
    """
    if "track" not in engine.info.stages:
        return None
    if isinstance(clip, MotionFile):
        on_share(1.0)
        return clip.at_rate(fps, count_frames(clip, fps=fps))
    return track_clip(
        clip,
        cache=user_cache(),
        scene=scene,
        start=scene.start,
        end=scene.end,
        fps=fps,
        pool=pool,
        on_progress=on_share,
        cancelled=cancelled,
        on_cached=on_cached,
    )
