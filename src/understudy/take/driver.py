"""Finding and tracking the driver, as far as the engine needs it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from understudy.cache import user_cache
from understudy.engines import Cancelled, Engine
from understudy.media.clip import Clip
from understudy.tracking.cached import analyze_scene, track_clip
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.trackers import TrackerPool


def find_driver(
    engine: Engine,
    clip: Clip,
    pool: TrackerPool,
    *,
    cancelled: Cancelled | None = None,
    on_cached: Callable[[], None] | None = None,
) -> SceneAnalysis:
    """What the clip shows, its driver and the run that can be used.

    on_cached: called when the result comes from the cache. Raises ClipUnusable, TakeCancelled.
    """
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
    clip: Clip,
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
