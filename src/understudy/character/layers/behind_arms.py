"""What hangs behind the arms: long hair, a cape. It shows past an arm, and in gaps before it.

It is no part of the trunk, and it goes on where an arm hides it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_opening

from understudy.character.figure.anatomy import Anatomy
from understudy.character.figure.body_core import body_core
from understudy.character.image.colour import to_lab
from understudy.character.image.masks import Mask, box_of, grow, opened, touching, without_small
from understudy.character.image.palette import Colours
from understudy.character.layers.parts import ARMS, BODY, Parts
from understudy.geometry.landmarks import Float32

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BehindNumbers:
    """What is taken for hanging behind an arm. T is the torso's length. Set by eye."""

    beside: float = 1.1
    """Of the half width of shoulders or hips, the wider: what lies nearer to the trunk's axis may
    be the trunk, over which the arm lies."""
    strip: float = 0.02
    """T: half of how wide it is past the arm, at least: less is the arm's outline, or its cloth;"""
    least: float = 0.02
    """T²: and its area."""
    likely: float = 0.7
    """From this likelihood of its colours on, against the trunk's, it is seen before the arm, too;
    """
    blur: float = 1.5
    """px: deviation with which neighbours are made to agree."""
    unknown: float = 2e-5
    """Likelihood of a colour that neither has."""
    crumb: float = 0.008
    """T: half of how wide it is there, at least,"""
    near_arm: float = 0.04
    """T: and how near to the arm it begins."""
    contact: float = 0.04
    """T: how far from an arm what it hides is seen, at both its sides,"""
    covered: float = 0.5
    """in this share of the way at least."""
    curl: float = 0.08
    """T: half the length of the stretches along an arm where it is not seen, as between curls,"""
    stray: float = 0.03
    """T: and half of that of a stretch that is nothing."""
    round_about: float = 0.15
    """T: deviation over which its colours are taken together where it is hidden:"""
    coarse: int = 4
    """px: each as large as this,"""
    least_weight: float = 1e-6
    """as far as there is this much of it."""


NUMBERS = BehindNumbers()


def seen_behind(colours: Float32, alpha: Float32, parts: Parts, anatomy: Anatomy) -> Mask:
    """What is seen of what hangs behind the arms, (h, w) bool.

    colours: (h, w, 3) float32 sRGB 0..1. alpha: (h, w) float32.
    """
    n, unit = NUMBERS, anatomy.torso
    body = parts.labels == BODY
    past = np.zeros(body.shape, bool)
    rows = np.arange(body.shape[0])
    axis = anatomy.axis_x(rows)
    widest = n.beside * max(anatomy.shoulder_half_width, anatomy.hip_half_width)
    columns = np.arange(body.shape[1])
    for label, arm in zip(ARMS, anatomy.arms, strict=True):
        side = _side(anatomy, arm.shoulder)
        away = side * (columns[None] - axis[:, None])
        is_arm = (parts.labels == label) & (away > 0)
        first = np.where(is_arm, away, np.inf).min(axis=1)
        past |= body & (away > np.maximum(first, widest)[:, None])
    past = without_small(opened(past, n.strip * unit), n.least * unit**2)
    if not past.any():
        return past
    # The same before the arm: in the gap between arm and trunk.
    palettes = Colours(to_lab(colours))
    core = body_core(anatomy, (body.shape[0], body.shape[1])) & body & ~past & ~parts.hair
    behind, trunk = (palettes.look_up(palettes.palette(where)) for where in (past, core))
    ratio = cv2.GaussianBlur(behind / (behind + trunk + n.unknown), (0, 0), n.blur)
    shoulders = min(arm.shoulder[1] for arm in anatomy.arms)
    alike = (ratio > n.likely) & body & (rows[:, None] > shoulders)
    alike = opened(alike, n.crumb * unit)
    near = grow(np.isin(parts.labels, ARMS), n.near_arm * unit)
    return np.asarray(past | touching(alike, near & alike))


def _side(anatomy: Anatomy, shoulder: NDArray[np.float64]) -> int:
    """On which side of the trunk's axis an arm hangs: -1 left in the picture, 1 right."""
    return 1 if shoulder[0] >= (anatomy.neck + anatomy.pelvis)[0] / 2 else -1


def hidden_behind(parts: Parts, behind: Mask, anatomy: Anatomy) -> Mask:
    """Where what hangs behind the arms goes on under them, (h, w) bool.

    behind: what is seen of it. Row by row: an arm past which it is seen, and before which there is
    the body or more of it, hides it. Its lower end is rounded off.
    """
    hidden = np.zeros(behind.shape, bool)
    if not behind.any():
        return hidden
    for label, arm in zip(ARMS, anatomy.arms, strict=True):
        if not (parts.labels == label).any():
            continue
        _under_arm(hidden, parts, label, behind, _side(anatomy, arm.shoulder), anatomy)
    return hidden & np.isin(parts.labels, ARMS)


def colours_behind(colours: Float32, known: Mask, unit: float) -> Float32:
    """Its usual colours round about each place, (h, w, 3) float32 sRGB 0..1.

    A surface without strands: those that are seen end at the arm. known: (h, w) bool, what is
    surely of it. unit: the torso's length in pixels.
    """
    n, here = NUMBERS, known.astype(np.float32)
    h, w = here.shape
    small = max(1, w // n.coarse), max(1, h // n.coarse)
    weighed = cv2.resize(
        np.dstack([colours * here[..., None], here]), small, interpolation=cv2.INTER_AREA
    )
    weighed = cv2.GaussianBlur(weighed, (0, 0), n.round_about * unit / n.coarse)
    usual = weighed[..., :3] / np.maximum(weighed[..., 3:], n.least_weight)
    return np.asarray(cv2.resize(usual, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)


def _under_arm(  # noqa: PLR0913 - one arm and what lies round it
    hidden: Mask, parts: Parts, label: int, behind: Mask, side: int, anatomy: Anatomy
) -> None:
    """Mark in `hidden` what one arm hides."""
    n, unit = NUMBERS, anatomy.torso
    reach = max(2, round(n.contact * unit))
    view = box_of(parts.labels == label, reach + 1)
    if view is None:
        return
    # Seen from the trunk outwards, whatever side it is.
    turn = slice(None, None, side)
    arm = (parts.labels[view] == label)[:, turn]
    body = (parts.labels[view] == BODY)[:, turn]
    seen = behind[view][:, turn]
    marks = hidden[view][:, turn]
    rows = np.flatnonzero(arm.any(axis=1))
    width = arm.shape[1]
    first = np.argmax(arm, axis=1)
    last = width - 1 - np.argmax(arm[:, ::-1], axis=1)
    hides = np.zeros(arm.shape[0], bool)
    for y in map(int, rows):
        outside = seen[y, last[y] + 1 : last[y] + 1 + reach]
        inside = body[y, max(0, first[y] - reach) : first[y]]
        hides[y] = (
            outside.size > 0
            and inside.size > 0
            and outside.mean() >= n.covered
            and inside.mean() >= n.covered
        )
    hides = binary_closing(np.pad(hides, 1), np.ones(2 * round(n.curl * unit) + 1))[1:-1]
    hides = binary_opening(hides, np.ones(2 * max(1, round(n.stray * unit)) + 1))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hides.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        for y in range(begin, end):
            if not arm[y].any():
                continue
            wide = int(last[y]) + 1 - int(first[y])
            # A quarter of an ellipse at the lower end.
            t = max(0.0, 1 - (end - y) / max(1, wide))
            marks[y, last[y] + 1 - round(wide * float(np.sqrt(1 - t * t))) : last[y] + 1] = True
