"""Animation as BVH (Biovision Hierarchy): one skeleton, its rest pose and a row for each frame.

Written with one space between words, positions for the root alone, and the root's offset at zero,
because programs disagree on whether it adds to the positions. Thus Blender's importer
(io_anim_bvh) opens it and AnimatedDrawings retargets it with its `fair1` configurations.

Angles are chosen nearest to those of the frame before, so that curves run on where the three turns
of a rotation could be had in another way, too.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from understudy.media.output.atomic import UnfinishedFile
from understudy.tracking.formats.animation.hierarchy import Animation, Hierarchy

Float64 = NDArray[np.float64]

# Orders in which the middle turn stays farthest from a quarter, where the other two merge.
_ARM_ORDER, _OTHER_ORDER = "ZYX", "YXZ"
_ARM = ("Shoulder", "Arm", "Hand", "HandEnd", "HandThumb1")
"""Endings of the names of an arm's joints."""


def write_bvh(animation: Animation, path: Path, frame_seconds: float) -> None:
    """Write an animation, whole or not at all. Raises OSError."""
    with UnfinishedFile(path) as file:
        file.path.write_text(bvh_text(animation, frame_seconds), "utf-8")


def bvh_text(animation: Animation, frame_seconds: float) -> str:
    """An animation as the text of a BVH file: lengths and places in metres, angles in degrees."""
    hierarchy = animation.hierarchy
    orders = [_ARM_ORDER if joint.name.endswith(_ARM) else _OTHER_ORDER for joint in hierarchy]
    angles = [running_angles(animation.rotations[:, n], order) for n, order in enumerate(orders)]
    rows = np.concatenate([animation.root, *angles], axis=1)
    lines = [
        "HIERARCHY",
        *_joint_lines(hierarchy, orders, 0, ""),
        "MOTION",
        f"Frames: {len(animation)}",
        f"Frame Time: {frame_seconds:.8f}",
        *(" ".join(f"{value:.5f}" for value in row) for row in rows.tolist()),
    ]
    return "\n".join(lines) + "\n"


def running_angles(rotations: Float64, order: str) -> Float64:
    """Angles (T, 3) in degrees of rotations (T, 3, 3), each nearest to the one before.

    order: of the axes, the first turned last; a rotation is the product of its turns in that order.
    """
    with warnings.catch_warnings():
        # Where two turns merge, scipy warns that it lets one of them be none, which is fine.
        warnings.simplefilter("ignore", UserWarning)
        first: Float64 = Rotation.from_matrix(rotations).as_euler(order, degrees=True)
    second = np.stack([first[:, 0] + 180, 180 - first[:, 1], first[:, 2] + 180], axis=1)
    angles = np.empty_like(first)
    before = np.zeros(3)
    for n, choices in enumerate(zip(first, second, strict=True)):
        near = [before + (choice - before + 180) % 360 - 180 for choice in choices]
        before = min(near, key=lambda angle: float(np.abs(angle - before).sum()))
        angles[n] = before
    return angles


def _joint_lines(hierarchy: Hierarchy, orders: list[str], index: int, indent: str) -> list[str]:
    joint = hierarchy[index]
    inner = indent + "\t"
    root = joint.parent is None
    channels = ["Xposition", "Yposition", "Zposition"] if root else []
    channels += [f"{axis}rotation" for axis in orders[index]]
    lines = [
        f"{indent}{'ROOT' if root else 'JOINT'} {joint.name}",
        indent + "{",
        f"{inner}OFFSET {_words(joint.offset)}",
        f"{inner}CHANNELS {len(channels)} {' '.join(channels)}",
    ]
    for child, below in enumerate(hierarchy):
        if below.parent == index:
            lines += _joint_lines(hierarchy, orders, child, inner)
    if joint.end is not None:
        end = f"{inner}\tOFFSET {_words(joint.end)}"
        lines += [f"{inner}End Site", inner + "{", end, inner + "}"]
    return [*lines, indent + "}"]


def _words(vector: tuple[float, float, float]) -> str:
    return " ".join(f"{value:.6f}" for value in vector)
