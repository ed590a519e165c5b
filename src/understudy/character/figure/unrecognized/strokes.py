"""Stick figures: a head on strokes.

No net sees anybody in them, however they are rendered, and bones as far apart as a person's
shoulders lie outside of them. Drawn with a broad pen they are silhouettes as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import distance_transform_edt

from understudy.character.figure.anatomy import Points
from understudy.character.figure.joints import LIMBS, Joint
from understudy.character.figure.unrecognized.mask_energy import energy_of, prepare
from understudy.character.figure.unrecognized.mask_fit import fit_outline, settled
from understudy.character.image.masks import Mask, box_of, depth, grow
from understudy.geometry.transforms import segment_distance


@dataclass(frozen=True, slots=True)
class StrokeNumbers:
    """Lengths are shares of the figure's height. By eye, on drawn stick figures.

    thin: half the width up to which more than half of a figure is strokes.
    broad: by how much they are widened on each side.
    explained: energy up to which joints explain the widened figure.
    near: how far from the bones a stroke may lie, and head: from the head's middle; with feet and
        fingers, covered: share of the strokes that do. What is widened may have been a scribble.
    """

    thin: float = 0.012
    broad: float = 0.025
    explained: float = 0.4
    near: float = 0.05
    head: float = 0.16
    covered: float = 0.85


NUMBERS = StrokeNumbers()
_SHOULDERS = (Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)


def is_of_strokes(mask: Mask) -> bool:
    """Whether a silhouette (h, w) is strokes for the most part."""
    height = _height(mask)
    return height > 0 and float(np.median(depth(mask)[mask])) < NUMBERS.thin * height


def joints_of_strokes(mask: Mask) -> Points | None:
    """The joints (13, 2) of a stick figure in pixels, each on a stroke; None where it is none."""
    reach = NUMBERS.broad * _height(mask)
    rim = int(np.ceil(reach)) + 1
    prepared = prepare(grow(np.pad(mask, rim), reach))
    fits = fit_outline(prepared)
    if energy_of(prepared, fits[0]) > NUMBERS.explained:
        return None
    joints = prepared.to_picture(settled(prepared, fits)) - rim
    rows, columns = distance_transform_edt(~mask, return_distances=False, return_indices=True)
    x, y = np.clip(np.rint(joints).astype(int), 0, np.array(mask.shape)[::-1] - 1).T
    found = np.stack([columns[y, x], rows[y, x]], axis=1).astype(np.float64)
    return found if _covered(mask, found) > NUMBERS.covered else None


def _covered(mask: Mask, joints: Points) -> float:
    """The share of the strokes that bones and head explain."""
    places = np.argwhere(mask)[:, ::-1].astype(np.float64)
    height = _height(mask)
    neck = joints[[Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER]].mean(axis=0)
    pelvis = joints[[Joint.RIGHT_HIP, Joint.LEFT_HIP]].mean(axis=0)
    bones = [(joints[Joint.HEAD], neck), (neck, pelvis)]
    for limb in LIMBS.values():
        bones += [(joints[a], joints[b]) for a, b in pairwise(limb)]
    bones += [(neck, joints[limb[0]]) for limb in LIMBS.values() if limb[0] in _SHOULDERS]
    away = np.min([segment_distance(places, a, b) for a, b in bones], axis=0)
    of_head = np.linalg.norm(places - joints[Joint.HEAD], axis=1) < NUMBERS.head * height
    return float(((away < NUMBERS.near * height) | of_head).mean())


def _height(mask: Mask) -> int:
    box = box_of(mask, 0)
    return 0 if box is None else box[0].stop - box[0].start
