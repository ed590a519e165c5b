"""Where both arms lie: each by its learned mask where that is believed, else by its contour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from understudy.character.figure.anatomy import Anatomy, draw_bones
from understudy.character.image.masks import Mask, depth
from understudy.character.layers.arms import ArmRegion, find_arm
from understudy.character.layers.masked_arm import by_mask, is_believed, is_one_piece
from understudy.character.learned.arm_masks import ArmMasks
from understudy.character.matte.matte import Matte
from understudy.geometry.hand_landmarks import HAND_BONES
from understudy.geometry.landmarks import Float32

_NOT_THE_ARM = np.float32(-6)
"""Log odds: a vote that no likeness of colours outweighs."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundArm:
    """Where one arm lies. votes: (h, w) float32, its mask's log odds; None where it has none."""

    region: ArmRegion
    votes: Float32 | None


def find_regions(  # noqa: PLR0913 - the figure, and what is wanted of it
    lab: Float32,
    matte: Matte,
    hair: Mask,
    anatomy: Anatomy,
    movable: tuple[bool, bool],
    masks: ArmMasks,
) -> tuple[FoundArm | None, FoundArm | None]:
    """The left and the right arm, None for one that is not wanted.

    lab: (h, w, 3) float32, the figure's smoothed Lab colours. movable, masks: see
    `parts.find_parts`.
    """
    found: list[FoundArm | None] = []
    for side, (wanted, mask) in enumerate(zip(movable, masks, strict=True)):
        if not wanted:
            found.append(None)
            continue
        region = find_arm(lab, matte.alpha, hair, anatomy, anatomy.arms[side])
        votes = None
        if mask is not None and is_believed(mask):
            masked, its_votes = by_mask(mask, region, matte.colours, anatomy, side)
            # Cloth that hides a stretch of the arm cuts its mask in two, but not its contour.
            if is_one_piece(masked.whole):
                region, votes = masked, its_votes
        found.append(FoundArm(region, votes))
    left, right = found
    if left is None or right is None or left.votes is None or right.votes is None:
        return left, right
    return _told_apart(left, right, anatomy)


def _told_apart(left: FoundArm, right: FoundArm, anatomy: Anatomy) -> tuple[FoundArm, FoundArm]:
    """Both arms; what their masks both claim, as of folded hands, goes to the nearer bones."""
    both = left.region.whole & right.region.whole
    if not both.any():
        return left, right
    nearer_right = _from_bones(anatomy, 0, both.shape) > _from_bones(anatomy, 1, both.shape)
    return _without(left, both & nearer_right), _without(right, both & ~nearer_right)


def _without(arm: FoundArm, lost: Mask) -> FoundArm:
    region = arm.region
    kept = ArmRegion(
        region.whole & ~lost, region.sure & ~lost, region.even & ~lost, region.hand & ~lost
    )
    votes = None if arm.votes is None else np.where(lost, _NOT_THE_ARM, arm.votes)
    return FoundArm(kept, votes)


def _from_bones(anatomy: Anatomy, side: int, shape: tuple[int, ...]) -> Float32:
    """Distance in pixels from an arm's bones, those of its fingers included."""
    arm = anatomy.arms[side]
    bones = list(arm.segments)
    if arm.fingers is not None:
        bones += [(arm.fingers[a], arm.fingers[b]) for a, b in HAND_BONES]
    return depth(~draw_bones((shape[0], shape[1]), bones, 1))
