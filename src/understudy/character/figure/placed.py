"""The figure that was placed by hand: by its joints or some of them, or by a point on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from understudy.character.figure.anatomy import draw_bones, draw_disc, measure
from understudy.character.figure.find import Figure, Track, search_figure
from understudy.character.figure.placed_joints import (
    WHOLE_SET,
    Joints,
    agree,
    landmarks_from_joints,
    move_joints,
)
from understudy.character.figure.pointed import search_pointed
from understudy.geometry.landmarks import Float32, Landmarks
from understudy.geometry.skeleton import LIMB_BONES
from understudy.tracking.trackers import Region

# How much larger than the joints' box the region is that the tracker sees.
_ROOM = 1.5
# T: how wide bones are drawn where nothing else says where the figure is.
_BONE = 0.3
# Face widths: the radius of the disc that stands for the head there.
_HEAD = 0.9


def with_joints(figure: Figure, joints: Joints, size: tuple[int, int]) -> Figure:
    """The figure with the joints that were placed where they were placed."""
    return replace(figure, landmarks=move_joints(figure.landmarks, joints, size))


def search_placed(  # noqa: PLR0913 - the picture, what is known of it, and who looks
    rgb: NDArray[np.uint8],
    alpha: Float32 | None,
    joints: Joints,
    track: Track,
    point: tuple[float, float] | None = None,
    also: Track | None = None,
) -> Figure | None:
    """The figure whose joints were placed, or else what a search finds; None where it finds none.

    rgb: (h, w, 3) uint8 sRGB. alpha: (h, w) float32, the matte if it is known. joints: canvas
    pixels. Joints for a whole figure are enough by themselves: hands and face come from the tracker
    if it sees the same figure, and a figure that it does not see bends in one piece. point: canvas
    pixels, on the figure that is meant, if somebody pointed at one. also: see `search_figure`.
    """
    size = rgb.shape[1], rgb.shape[0]
    if not joints.keys() >= WHOLE_SET:
        meant = None if point is None else search_pointed(rgb, point, track)
        return search_figure(rgb, alpha, track, also) if meant is None else meant
    found = search_figure(rgb, alpha, track, also)
    if found is not None and agree(found.landmarks, joints):
        return found
    places = np.array(list(joints.values()))
    middle = (places.min(axis=0) + places.max(axis=0)) / 2
    side = _ROOM * float((places.max(axis=0) - places.min(axis=0)).max())
    seen = track(rgb, Region(float(middle[0]), float(middle[1]), max(side, 8.0)))
    if seen.landmarks is not None and agree(seen.landmarks, joints):
        return Figure(seen.landmarks, seen.mask)
    landmarks = landmarks_from_joints(joints, size)
    mask = _bones(landmarks, size) if alpha is None else alpha
    return Figure(landmarks, mask, by_bones=True)


def _bones(landmarks: Landmarks, size: tuple[int, int]) -> Float32:
    """A mask of bones and head, which the figure's colours are found by."""
    anatomy = measure(landmarks)
    shape = size[1], size[0]
    pairs = [(anatomy.joints[a], anatomy.joints[b]) for a, b in LIMB_BONES.values() if b < 33]
    trunk = [(anatomy.neck, anatomy.pelvis), (anatomy.neck, anatomy.head)]
    mask = draw_bones(shape, pairs, _BONE * anatomy.torso)
    mask |= draw_bones(shape, trunk, 2 * anatomy.shoulder_half_width)
    mask |= draw_disc(shape, anatomy.head, _HEAD * anatomy.face_width)
    return mask.astype(np.float32)
