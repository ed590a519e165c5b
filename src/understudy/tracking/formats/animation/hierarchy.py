"""Hierarchies of joints and their animation.

Coordinates are metres, y up; of our own animations x is to the image's right and z towards the
camera. A rotation matrix has a joint's axes in its columns. In the rest pose every joint's axes are
those of the world, as in BVH.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Vector = tuple[float, float, float]


TO_ANIMATION = np.array([1.0, -1.0, -1.0])
"""From the axes of a performance (y down, z away) to those of an animation (y up, z near)."""


@dataclass(frozen=True, slots=True)
class HierarchyJoint:
    """One joint of a hierarchy.

    parent: its index, which is smaller than the joint's own; None of the root. offset: from the
    parent in the rest pose. end: where the bone of a joint without children ends, from the joint.
    """

    name: str
    parent: int | None
    offset: Vector
    end: Vector | None = None


Hierarchy = tuple[HierarchyJoint, ...]
"""Joints, the root first, each before its children, one branch after the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Animation:
    """A hierarchy's motion.

    times: (T,) float64 seconds, rising. root: (T, 3) place of the root. rotations: (T, J, 3, 3) of
    each joint against its parent, of the root against the world.
    """

    hierarchy: Hierarchy
    times: Float64
    root: Float64
    rotations: Float64

    def __len__(self) -> int:
        return len(self.times)


def joint_rotations(animation: Animation) -> Float64:
    """Rotations (T, J, 3, 3) of the joints against the world."""
    turned = animation.rotations.copy()
    for index, joint in enumerate(animation.hierarchy):
        if joint.parent is not None:
            turned[:, index] = turned[:, joint.parent] @ animation.rotations[:, index]
    return turned


def joint_positions(animation: Animation) -> Float64:
    """Places (T, J, 3) of the joints."""
    turned = joint_rotations(animation)
    places = np.empty((*turned.shape[:2], 3))
    for index, joint in enumerate(animation.hierarchy):
        if joint.parent is None:
            places[:, index] = animation.root
        else:
            places[:, index] = places[:, joint.parent] + turned[:, joint.parent] @ np.array(
                joint.offset
            )
    return places


def local_rotations(hierarchy: Hierarchy, turned: Float64) -> Float64:
    """Rotations against the parents of rotations against the world, both (T, J, 3, 3)."""
    local = turned.copy()
    for index, joint in enumerate(hierarchy):
        if joint.parent is not None:
            local[:, index] = turned[:, joint.parent].swapaxes(-1, -2) @ turned[:, index]
    return local
