"""How faithful a finished video is: the pose found again in it, its calm, its planted feet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understudy.character.character import Character
from understudy.engines.puppet.camera.reframing import reframe
from understudy.engines.puppet.retarget import retarget
from understudy.engines.puppet.rig.rig import build_rig, skeleton_of_character
from understudy.geometry.landmarks import Body
from understudy.judge.background import background_flicker, figure_reach
from understudy.judge.pose_metrics import (
    Joints,
    errors,
    foot_skate,
    jitter,
    pck,
    planted,
    torso_length,
)
from understudy.media.clip import open_clip, read_frames
from understudy.media.limits import Orientation
from understudy.tracking.performance import Performance
from understudy.tracking.scene.analysis import analyze_scene
from understudy.tracking.track import track_clip

SHOULDERS = [Body.LEFT_SHOULDER, Body.RIGHT_SHOULDER]
HIPS = [Body.LEFT_HIP, Body.RIGHT_HIP]
JOINTS = [
    *SHOULDERS,
    Body.LEFT_ELBOW,
    Body.RIGHT_ELBOW,
    Body.LEFT_WRIST,
    Body.RIGHT_WRIST,
    *HIPS,
    Body.LEFT_KNEE,
    Body.RIGHT_KNEE,
    Body.LEFT_ANKLE,
    Body.RIGHT_ANKLE,
]
FEET = [Body.LEFT_ANKLE, Body.RIGHT_ANKLE]
_VISIBLE = 0.5


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What became of a driver's motion in a finished video; NaN where nothing was found.

    pose_error: mean distance of the joints found again from those intended, in torso lengths.
    pck: share of them within a tenth. jitter, driver_jitter: of the joints found in the video and
    in the clip. flicker: mean change of the background from frame to frame, of 255. skate,
    driver_skate: speed of feet while the driver's stand, in torso lengths a second.
    """

    pose_error: float
    pck: float
    jitter: float
    driver_jitter: float
    flicker: float
    skate: float
    driver_skate: float


def measure_fidelity(
    video: Path, character: Character, performance: Performance, orientation: Orientation
) -> Fidelity:
    """Track a finished video and compare it with what was meant.

    performance: of the driver, a row for each frame of the video.
    """
    skeleton = skeleton_of_character(character)
    wanted = intended_joints(character, performance, orientation)
    found = track_video(video)
    frames = min(len(wanted), len(found))
    wanted, driver = wanted[:frames], performance.body[:frames, :, :2].astype(np.float64)
    body = found.body[:frames].astype(np.float64)
    seen = np.where(body[:, :, 3:] > _VISIBLE, body[:, :, :2], np.nan)

    torso = torso_length(wanted[:, SHOULDERS], wanted[:, HIPS])
    driver_torso = torso_length(driver[:, SHOULDERS], driver[:, HIPS])
    fps = 1 / float(np.median(np.diff(performance.times)))
    distances = errors(seen[:, JOINTS], _inside(wanted[:, JOINTS], character.size), torso)
    standing = planted(driver[:, FEET], driver_torso, fps)
    reach = figure_reach(character.alpha, skeleton.joints[JOINTS])
    frames_shown = (frame.rgb for frame in read_frames(open_clip(video, orientation="video")))
    return Fidelity(
        pose_error=float(np.nanmean(distances)) if np.isfinite(distances).any() else float("nan"),
        pck=pck(distances),
        jitter=jitter(seen[:, JOINTS], torso),
        driver_jitter=jitter(driver[:, JOINTS], driver_torso),
        flicker=background_flicker(frames_shown, wanted[:, JOINTS], reach),
        skate=foot_skate(seen[:, FEET], torso, fps, standing),
        driver_skate=foot_skate(driver[:, FEET], driver_torso, fps, standing),
    )


def intended_joints(
    character: Character, performance: Performance, orientation: Orientation
) -> Joints:
    """Where the puppet means the joints to be: (T, 33, 2), output pixels, framing included."""
    skeleton = skeleton_of_character(character)
    motion = retarget(performance, skeleton, orientation=orientation)
    rig = build_rig(character, skeleton)
    maps = reframe(motion, rig, character.size, head_cut=character.traits.head_cut)
    joints = np.einsum("tij,tkj->tki", maps[:, :, :2], motion.joints) + maps[:, None, :, 2]
    return np.asarray(joints[:, : len(Body)], np.float64)


def track_video(video: Path) -> Performance:
    """The performance of the figure in a finished video, from its first frame to its last."""
    clip = open_clip(video, orientation="video")
    scene = analyze_scene(clip)
    return track_clip(clip, scene=scene, start=0.0, end=clip.duration, fps=clip.fps)


def _inside(joints: Joints, size: tuple[int, int]) -> Joints:
    """The joints, NaN where they lie outside the frame and cannot be found."""
    inside = np.all((joints >= 0) & (joints < np.array(size)), axis=-1, keepdims=True)
    return np.where(inside, joints, np.nan)
