"""A performance as COCO-WholeBody annotations: one image and one annotation for each frame.

The format is COCO's for keypoints with feet, face and hands beside the body
(https://github.com/jin-s13/COCO-WholeBody/blob/master/data_format.md): lists of x, y in pixels of
the clip and v, which is 2 for the body's visible points and 0 for what was not seen; those of the
other parts carry a confidence. Toes beside the big one are not tracked. A frame in which nobody was
seen has no annotation.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from understudy.geometry.joint_names import JOINTS
from understudy.geometry.landmarks import Float32
from understudy.media.output.atomic import UnfinishedFile
from understudy.tracking.formats.keypoints import (
    COCO_17,
    COCO_FEET,
    body_keypoints,
    face_keypoints,
    part_keypoints,
)
from understudy.tracking.performance import Performance

# COCO's own, numbered from 1.
_SKELETON = [
    [16, 14], [14, 12], [17, 15], [15, 13], [12, 13], [6, 12], [7, 13], [6, 7], [6, 8], [7, 9],
    [8, 10], [9, 11], [2, 3], [1, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7],
]  # fmt: skip
_VISIBLE = 2
_PERSON = 1
"""The category."""


def write_coco_wholebody(performance: Performance, path: Path) -> None:
    """Write the annotations of all frames, whole or not at all. Raises OSError."""
    with UnfinishedFile(path) as file:
        file.path.write_text(json.dumps(coco_wholebody(performance)) + "\n", "utf-8")


def coco_wholebody(performance: Performance) -> dict[str, Any]:
    """The annotations of a performance as JSON values."""
    width, height = performance.size
    images = [
        {
            "id": n + 1,
            "file_name": f"{n:012}.png",
            "width": width,
            "height": height,
            "time": round(float(time), 6),
        }
        for n, time in enumerate(performance.times)
    ]
    body = body_keypoints(performance.body, COCO_17)
    parts = {
        "foot": body_keypoints(performance.body, COCO_FEET),
        "face": face_keypoints(performance.face, pupils=False),
        "lefthand": part_keypoints(performance.left_hand),
        "righthand": part_keypoints(performance.right_hand),
    }
    annotations = [
        _annotation(n, body[n], {name: points[n] for name, points in parts.items()})
        for n in range(len(performance))
        if body[n].any()
    ]
    return {
        "info": {"description": "COCO-WholeBody annotations of a tracked clip"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": [
            {
                "id": _PERSON,
                "name": "person",
                "supercategory": "person",
                "keypoints": list(JOINTS),
                "skeleton": _SKELETON,
            }
        ],
    }


def _annotation(index: int, body: Float32, parts: dict[str, Float32]) -> dict[str, Any]:
    seen = body[:, 2] > 0
    keypoints = np.concatenate([body[:, :2], np.where(seen, _VISIBLE, 0)[:, None]], axis=1)
    box = _box(np.concatenate([body, *parts.values()]))
    annotation: dict[str, Any] = {
        "id": index + 1,
        "image_id": index + 1,
        "category_id": _PERSON,
        "iscrowd": 0,
        "bbox": box,
        "area": round(box[2] * box[3], 3),
        "keypoints": _flat(keypoints),
        "num_keypoints": int(seen.sum()),
    }
    for name, points in parts.items():
        annotation[f"{name}_kpts"] = _flat(points)
        annotation[f"{name}_valid"] = bool(points[:, 2].any())
        if name != "foot":
            annotation[f"{name}_box"] = _box(points)
    return annotation


def _box(points: Float32) -> list[float]:
    """Left, top, width and height of the points that are seen; zeros where none is."""
    seen = points[points[:, 2] > 0, :2]
    if not len(seen):
        return [0.0, 0.0, 0.0, 0.0]
    corner, size = seen.min(axis=0), np.ptp(seen, axis=0)
    return [round(float(value), 3) for value in (*corner, *size)]


def _flat(rows: Float32) -> list[float]:
    return [round(float(value), 4) for value in rows.ravel()]
