"""Finding and tracking the driver, as far as the engine needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from understudy.cache import user_cache
from understudy.engines import Cancelled, Engine
from understudy.errors import InputRefused
from understudy.media.clip import Clip, count_frames
from understudy.processes.sharing import Board
from understudy.take.motion_scene import scene_of_motion
from understudy.take.options import TakeRequest
from understudy.tracking.cached import analyze_scene, follow_camera, track_clip
from understudy.tracking.clip_camera import ClipCamera, without_camera
from understudy.tracking.formats.motion_file import MotionFile
from understudy.tracking.looping import closed, closed_camera
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.scene.driver_choice import read_choice
from understudy.tracking.trackers import TrackerPool

# The options that change the motion, that choose whose it is, and what they are unless asked for.
_STEERING_OPTIONS = (
    "loop",
    "strength",
    "head",
    "hands",
    "face",
    "travel",
    "body",
    "smoothing",
    "camera",
)
_MOTION_OPTIONS = ("driver", *_STEERING_OPTIONS)
_DEFAULTS = TakeRequest().to_json()


def find_driver(  # noqa: PLR0913 - independent keyword options
    engine: Engine,
    clip: Clip | MotionFile,
    pool: TrackerPool,
    *,
    driver: str = "",
    camera: bool = False,
    cancelled: Cancelled | None = None,
    on_cached: Callable[[], None] | None = None,
    board: Board | None = None,
) -> SceneAnalysis:
    """What the clip shows, its driver and the run that can be used.

    driver: who of several people it is, see `TakeRequest`. camera: the clip's is carried over, so
    that it may move. on_cached: called when the result comes from the cache. board: shares the work
    on a long clip with other workers.

    Raises ClipUnusable, TakeCancelled, and InputRefused where the choice fits nobody, or where the
    engine needs a video and is given motion.
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
        camera_may_move=engine.info.moving_camera or camera,
        choice=read_choice(driver),
        on_cached=on_cached,
        board=board,
    )


def check_motion_options(request: TakeRequest, engine: Engine) -> None:
    """Refuse to change the motion for an engine that follows it as it is, and to choose whose it is
    for one that follows the clip by itself; raises InputRefused."""
    if engine.info.steered:
        return
    follows_clip = "performance" not in engine.info.inputs
    names = _MOTION_OPTIONS if follows_clip else _STEERING_OPTIONS
    asked = [name for name in names if getattr(request, name) != _DEFAULTS[name]]
    if asked:
        what = "the clip itself" if follows_clip else "the motion as it is"
        raise InputRefused(
            asked[0],
            found=f"the engine '{engine.info.name}' follows {what}",
            allowed="leave it out, or use an engine that can change the motion, such as 'puppet'",
        )


def carries_camera(request: TakeRequest, engine: Engine) -> bool:
    """Whether the clip's camera is to be carried over: by an option, or by the prompt's wording."""
    return request.camera or engine.read_prompt(request.prompt).follows_camera


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """The driver's performance, and the clip's camera where it is carried over: the performance is
    then as seen without it."""

    performance: Performance
    camera: ClipCamera | None = None


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
    loop: bool = False,
    camera: bool = False,
    board: Board | None = None,
) -> Followed | None:
    """The driver's performance, a row for each output frame, if the engine needs one.

    fps: of the output. on_share: called with the share done, in 0..1. on_cached: called when the
    result comes from the cache. loop: close the motion. camera: follow the clip's camera, too.
    board: shares the work with other workers. Raises TakeCancelled.
    """
    if "track" not in engine.info.stages:
        return None
    if isinstance(clip, MotionFile):
        on_share(1.0)
        motion = clip.at_rate(fps, count_frames(clip, fps=fps))
        return Followed(closed(motion) if loop else motion)
    performance = track_clip(
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
        board=board,
    )
    way = None
    if camera:
        way = follow_camera(
            clip,
            performance,
            cache=user_cache(),
            scene=scene,
            fps=fps,
            cancelled=cancelled,
            board=board,
        )
    if way is not None:
        performance = without_camera(performance, way)
        way = closed_camera(way, performance.times) if loop else way
    return Followed(closed(performance) if loop else performance, way)
