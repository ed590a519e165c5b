"""A performance as OpenPose JSON: in one file, or in a folder with a file for each frame.

A frame is what OpenPose writes with `--write_json` (version 1.3): `people` with one person, whose
`pose_keypoints_2d`, `face_keypoints_2d`, `hand_left_keypoints_2d` and `hand_right_keypoints_2d`
are flat lists of x, y in pixels of the clip and a confidence, zeros where a point was not seen.
`pose_keypoints_3d` holds x, y, z and a confidence: metres from between the hips, y down, z away
from the camera. Beside `people` stand `canvas_width` and `canvas_height`, which ComfyUI's pose
nodes write, and `time`, seconds from the start of the clip.

One file is the list of the frames, as those nodes save it. A folder has OpenPose's own names:
`NAME_000000000000_keypoints.json` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from understudy.geometry.landmarks import Float32
from understudy.media.output.atomic import UnfinishedFile, UnfinishedFolder
from understudy.tracking.formats import KeypointSet
from understudy.tracking.formats.keypoints import (
    BODY_25,
    COCO_18,
    Point,
    body_keypoints,
    body_points,
    face_keypoints,
    part_keypoints,
)
from understudy.tracking.performance import Performance

VERSION = 1.3
"""Of the format, as current OpenPose writes it."""
SETS: Mapping[KeypointSet, tuple[Point, ...]] = {"body_25": BODY_25, "coco_18": COCO_18}
"""The body's points that can be written."""


def write_openpose_file(
    performance: Performance, path: Path, keypoints: KeypointSet = "body_25"
) -> None:
    """Write one file with all frames, whole or not at all. Raises OSError."""
    with UnfinishedFile(path) as file:
        file.path.write_text(json.dumps(openpose_frames(performance, keypoints)) + "\n", "utf-8")


def write_openpose_folder(
    performance: Performance, folder: Path, keypoints: KeypointSet = "body_25"
) -> None:
    """Write a folder with a file for each frame, whole or not at all.

    The folder must be new or empty. Raises OSError.
    """
    with UnfinishedFolder(folder) as unfinished:
        for n, frame in enumerate(openpose_frames(performance, keypoints)):
            name = f"{folder.name}_{n:012}_keypoints.json"
            (unfinished.path / name).write_text(json.dumps(frame) + "\n", "utf-8")


def openpose_frames(
    performance: Performance, keypoints: KeypointSet = "body_25"
) -> list[dict[str, Any]]:
    """The frames of a performance as JSON values; keypoints: one of `SETS`."""
    points = SETS[keypoints]
    lists = {
        "pose_keypoints_2d": body_keypoints(performance.body, points),
        "face_keypoints_2d": face_keypoints(performance.face, pupils=True),
        "hand_left_keypoints_2d": part_keypoints(performance.left_hand),
        "hand_right_keypoints_2d": part_keypoints(performance.right_hand),
        "pose_keypoints_3d": _world_keypoints(performance, points),
    }
    nothing: dict[str, list[float]] = {
        f"{part}_keypoints_3d": [] for part in ("face", "hand_left", "hand_right")
    }
    seen = np.asarray(lists["pose_keypoints_2d"].any(axis=(1, 2)))
    width, height = performance.size
    frames = []
    for n in range(len(performance)):
        person = {"person_id": [-1], **{k: _flat(v[n]) for k, v in lists.items()}, **nothing}
        frame = {
            "version": VERSION,
            "people": [person] if seen[n] else [],
            "canvas_width": width,
            "canvas_height": height,
            "time": round(float(performance.times[n]), 6),
        }
        frames.append(frame)
    return frames


def _world_keypoints(performance: Performance, points: tuple[Point, ...]) -> Float32:
    """(T, N, 4): x, y and z in metres and the confidence, zeros where a point was not seen."""
    world, visibility = performance.world, performance.body[..., 3]
    # Two columns at a time, because a keypoint set is made for places in the image.
    level = body_points(_columns(world[..., 0], world[..., 1], visibility), points)
    depth = body_points(_columns(world[..., 2], world[..., 2], visibility), points)
    rows = np.concatenate([level[..., :2], depth[..., 1:]], axis=-1)
    seen = body_keypoints(performance.body, points)[..., 2:] > 0
    finite = np.isfinite(rows).all(axis=-1, keepdims=True)
    return np.where(seen & finite, rows, 0).astype(np.float32)


def _columns(x: Float32, y: Float32, visibility: Float32) -> Float32:
    return np.stack([x, y, np.zeros_like(x), visibility], axis=-1)


def _flat(rows: Float32) -> list[float]:
    return [round(float(value), 4) for value in rows.ravel()]
