"""Cached scene analysis and tracking: the same input with the same versions is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.media.clip import Clip
from understudy.processes.child import Child
from understudy.processes.sharing import Board, never
from understudy.tracking import serialization, track
from understudy.tracking.clip_camera import ClipCamera
from understudy.tracking.performance import Performance
from understudy.tracking.scene import analysis, camera_following
from understudy.tracking.scene.analysis import SceneAnalysis
from understudy.tracking.scene.driver_choice import DriverChoice
from understudy.tracking.shared_chunks import is_long
from understudy.tracking.trackers import (
    PictureTrack,
    Region,
    TrackerPool,
    start_tracker,
    track_picture,
)
from understudy.tracking.trackers.mediapipe_version import VERSION as TRACKER_VERSION
from understudy.tracking.trackers.picture_message import picture_message, picture_of
from understudy.weights import BLAZEPOSE_HEAVY, find


def analyze_scene(  # noqa: PLR0913 - those of the function that it caches, and two of its own
    clip: Clip,
    *,
    cache: Cache,
    pool: TrackerPool | None = None,
    cancelled: Callable[[], bool] | None = None,
    camera_may_move: bool = False,
    choice: DriverChoice | None = None,
    on_cached: Callable[[], None] | None = None,
    board: Board | None = None,
) -> SceneAnalysis:
    """`analysis.analyze_scene`, from the cache where it has been done before: `on_cached` then."""
    key = {
        "versions": [analysis.VERSION, TRACKER_VERSION],
        "clip": clip.digest,
        "camera_may_move": camera_may_move,
        "driver": None if choice is None else [choice.number, choice.point],
    }
    record = cache.load("scene", key)
    if record is not None:
        if on_cached is not None:
            on_cached()
        return serialization.scene_of(record)
    done = analysis.analyze_scene(
        clip,
        pool=pool,
        cancelled=cancelled,
        camera_may_move=camera_may_move,
        choice=choice,
        board=board,
    )
    cache.store("scene", key, serialization.scene_record(done))
    return done


def track_clip(  # noqa: PLR0913 - those of the function that it caches, and two of its own
    clip: Clip,
    *,
    cache: Cache,
    scene: SceneAnalysis,
    start: float | None = None,
    end: float | None = None,
    fps: Fraction | None = None,
    pool: TrackerPool | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_cached: Callable[[], None] | None = None,
    board: Board | None = None,
) -> Performance:
    """`track.track_clip`, from the cache where it has been done before: `on_cached` then."""
    key = {
        "versions": [track.VERSION, TRACKER_VERSION],
        "clip": clip.digest,
        "guides": [_digest(p.times, p.regions) for p in (scene.driver, *scene.others)],
        "run": [scene.start, scene.end],
        "range": [start, end],
        "fps": None if fps is None else str(fps),
    }
    record = cache.load("performance", key)
    if record is not None:
        if on_progress is not None:
            on_progress(1.0)
        if on_cached is not None:
            on_cached()
        return serialization.performance_of(record)
    done = track.track_clip(
        clip,
        scene=scene,
        start=start,
        end=end,
        fps=fps,
        pool=pool,
        on_progress=on_progress,
        cancelled=cancelled,
        board=board,
    )
    cache.store("performance", key, serialization.performance_record(done))
    return done


def follow_camera(  # noqa: PLR0913 - those of the function that it caches, and two of its own
    clip: Clip,
    performance: Performance,
    *,
    cache: Cache,
    scene: SceneAnalysis,
    fps: Fraction,
    cancelled: Callable[[], bool] | None = None,
    board: Board | None = None,
) -> ClipCamera | None:
    """`camera_following.follow_camera`, from the cache where it has been done before; None for a
    camera that stands still. board: of a long clip one worker follows it for all."""
    key = {
        "versions": [camera_following.VERSION, track.VERSION, TRACKER_VERSION],
        "clip": clip.digest,
        "guides": [_digest(p.times, p.regions) for p in (scene.driver, *scene.others)],
        "rows": [float(performance.times[0]), len(performance)],
        "fps": str(fps),
    }
    shared = board if board is not None and is_long(len(performance)) else None
    claimed = shared is None or shared.claim(_CAMERA_PIECE)
    if shared is None or claimed:
        record = cache.load("camera", key)
    else:
        record = shared.wait_for(_CAMERA_PIECE, cancelled or never)
    if record is None:
        done = camera_following.follow_camera(
            clip, performance, scene.driver, scene.others, fps=fps, cancelled=cancelled
        )
        record = serialization.camera_record(done)
        cache.store("camera", key, record)
    if shared is not None and claimed:
        shared.put(_CAMERA_PIECE, record)
    camera = serialization.camera_of(record)
    return None if camera.is_steady else camera


_CAMERA_PIECE = "camera"
"""Its name among the pieces that workers share."""


def picture_versions() -> list[str]:
    """What a picture's landmarks depend on: the tracker, and the heavy model if it is installed."""
    heavy = find(BLAZEPOSE_HEAVY)
    return [TRACKER_VERSION, *([] if heavy is None else [heavy.weight.name])]


class PictureTracker:
    """Tracks pictures as `trackers.track_picture` does, from the cache where it has been done.

    It uses BlazePose's heavy model if its weights are installed.

    A context manager; its process starts when it is first needed and belongs to that thread.
    """

    def __init__(
        self, cache: Cache | None, *, quick: bool = False, beside: PictureTracker | None = None
    ) -> None:
        """cache: None remembers nothing. quick: the full model even if the heavy one is there.
        beside: a tracker whose process is used, as long as that is open."""
        self._cache = cache
        self._beside = beside
        heavy = None if quick else find(BLAZEPOSE_HEAVY)
        self._heavy = None if heavy is None else heavy.paths[0]
        self._versions = [TRACKER_VERSION] if heavy is None else picture_versions()
        self._process: Child | None = None

    @property
    def is_quick(self) -> bool:
        """Whether the full model is used and not the heavy one."""
        return self._heavy is None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.close()

    def key(self, rgb: NDArray[np.uint8], region: Region | None) -> dict[str, object]:
        """What the landmarks are remembered by; see `__call__`."""
        return {
            "versions": self._versions,
            "picture": _digest(rgb),
            "region": None if region is None else [region.x, region.y, region.side, region.angle],
        }

    def __call__(self, rgb: NDArray[np.uint8], region: Region | None = None, /) -> PictureTrack:
        """Landmarks and mask of a picture (H, W, 3) uint8, or of whoever fills a region of it."""
        key = self.key(rgb, region)
        record = None if self._cache is None else self._cache.load("picture", key)
        if record is not None:
            return picture_of(record)
        done = track_picture(rgb, region, heavy=self._heavy, process=self._started())
        if self._cache is not None:
            self._cache.store("picture", key, picture_message(done))
        return done

    def _started(self) -> Child:
        if self._beside is not None:
            return self._beside._started()
        if self._process is None:
            self._process = start_tracker()
        return self._process


def _digest(*arrays: np.ndarray[Any, Any]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
