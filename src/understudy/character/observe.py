"""What the tracker and the learned models see of a picture, before anything is cut out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from understudy.cache import Cache
from understudy.character.arm_traits import arm_is_seen
from understudy.character.casting_processes import CastingProcesses
from understudy.character.figure.anatomy import measure
from understudy.character.figure.find import Figure, Track
from understudy.character.figure.other_person import find_other_person, what_may_be_others
from understudy.character.figure.placed import search_placed, with_joints
from understudy.character.figure.placed_joints import Joints
from understudy.character.figure.pointed import surroundings
from understudy.character.figure.unrecognized.find import find_unrecognized
from understudy.character.learned import LearnedModels
from understudy.character.learned.arm_masks import ArmMasks
from understudy.character.learned.segmenter import Prompt
from understudy.geometry.landmarks import Float32
from understudy.tracking.cached import PictureTracker

_UNSEEN_GROUND = 200
"""sRGB, 0..255: the grey on which a transparent picture is shown to the models."""

_CUT_WITH = (
    "Somebody else, at the {place} in the picture, is cut out together with the figure: use a "
    "picture of one figure, or paint the other one out of the matte."
)
_LEFT_OUT = (
    "Somebody else, at the {place} in the picture, stays in the background, and is guessed where "
    "the figure hides them: check the cut-out where the two touch."
)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What the learned models say of a picture, None where their weights are not on the machine.

    salient: (h, w) float32 in 0..1, the matte of what stands out. arms: the left and the right
    arm's masks.
    """

    salient: Float32 | None = None
    arms: ArmMasks = (None, None)


def observe(  # noqa: PLR0913 - who looks, at what, and what is known of it
    look: CastingProcesses,
    models: LearnedModels,
    rgb: NDArray[np.uint8],
    shape: Float32 | None,
    drawn: Float32 | None,
    placed: tuple[Joints, tuple[float, float] | None],
    cache: Cache | None,
) -> tuple[Figure, Learned]:
    """The figure, corrected, and what the learned models say of it.

    shape: (h, w) float32, the matte that is known; drawn: that which somebody drew. placed: joints
    and a point on the figure, canvas pixels. Raises InputRefused as `cast` does.
    """
    size = rgb.shape[1], rgb.shape[0]
    joints, point = placed
    if shape is None and point is None:
        # The net looks while the tracker searches.
        models.begin_salient(rgb)
    with look.tracker(cache) as tracker:
        also = None if tracker.is_quick else PictureTracker(cache, quick=True, beside=tracker)
        figure = search_placed(rgb, shape, joints, tracker, point, also)
    # Of several figures the net keeps the most striking one, so it sees the one that is meant
    # by itself.
    view = None if point is None or figure is None else surroundings(figure.landmarks, size)
    # Of a person the tracker's mask restores what the net drops; of others nothing does.
    salient = models.salient(rgb, view, both_ways=figure is None) if shape is None else None
    if figure is not None and salient is not None:
        figure, salient = without_others(look, models, rgb, figure, salient, cache)
    if figure is None:
        # What its many looks see is of no use to anybody else: only their result is kept.
        with look.tracker(None, quick=True) as tracker:
            figure = find_unrecognized(rgb, shape, salient, tracker)
    figure = corrected(figure, joints, drawn, size)
    return figure, Learned(salient, _arm_masks(models, rgb, shape, figure))


def found_by(
    track: Track,
    rgb: NDArray[np.uint8],
    shape: Float32 | None,
    drawn: Float32 | None,
    placed: tuple[Joints, tuple[float, float] | None],
) -> Figure:
    """The figure, corrected, as `track` alone finds it; otherwise as `observe`."""
    joints, point = placed
    figure = search_placed(rgb, shape, joints, track, point)
    if figure is None:
        figure = find_unrecognized(rgb, shape, None, track)
    return corrected(figure, joints, drawn, (rgb.shape[1], rgb.shape[0]))


def without_others(  # noqa: PLR0913 - who looks, at what, and what was found so far
    look: CastingProcesses,
    models: LearnedModels,
    rgb: NDArray[np.uint8],
    figure: Figure,
    salient: Float32,
    cache: Cache | None,
) -> tuple[Figure, Float32]:
    """The figure and the matte of what stands out, without somebody else who stands there."""
    rest = what_may_be_others(figure, salient)
    if rest is None:
        return figure, salient
    with look.tracker(cache) as tracker:
        other = find_other_person(rgb, figure, salient, rest, tracker)
    if other is None:
        return figure, salient
    on, off = other.clicks(figure)
    found = models.pieces(rgb, Prompt(on, off), Prompt(off, on)) if len(on) and len(off) else None
    place = other.place(figure)
    if found is None:
        said = (*figure.warnings, _CUT_WITH.format(place=place))
        return replace(figure, warnings=said), salient
    others = other.share(found[0].likely, found[1].likely, figure)
    mask = np.asarray(figure.mask * (1 - others), np.float32)
    said = (*figure.warnings, _LEFT_OUT.format(place=place))
    return replace(figure, mask=mask, warnings=said), np.asarray(salient * (1 - others), np.float32)


def _arm_masks(
    models: LearnedModels, rgb: NDArray[np.uint8], shape: Float32 | None, figure: Figure
) -> ArmMasks:
    """The masks of the arms that are seen; none of a figure whose arms its bones tell."""
    if figure.by_bones:
        return None, None
    anatomy = measure(figure.landmarks)
    size = rgb.shape[1], rgb.shape[0]
    seen = arm_is_seen(anatomy, 0, size, shape), arm_is_seen(anatomy, 1, size, shape)
    if shape is not None:
        # Under a transparent pixel any colour may lie.
        ground = np.float32(_UNSEEN_GROUND)
        rgb = np.round(rgb * shape[..., None] + ground * (1 - shape[..., None])).astype(np.uint8)
    return models.arms(rgb, anatomy, seen)


def corrected(
    figure: Figure, joints: Joints, drawn: Float32 | None, size: tuple[int, int]
) -> Figure:
    """The figure with the joints where they were placed and the matte that was drawn."""
    figure = with_joints(figure, joints, size)
    return figure if drawn is None else replace(figure, alpha=drawn)
